import Model

extension Int {
  /// One more, but never more than there is room for: a streak may come from a file.
  var counted: Int { self == .max ? .max : self + 1 }
}

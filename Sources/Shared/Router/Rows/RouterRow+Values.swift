public import Model

extension RouterRow {
  /// A counter: digits only, in 63 bits; nil when the property is absent or something else.
  public func counter(_ property: String) -> Int64? {
    values[property].flatMap(RouterOSText.counter)
  }

  /// A duration (`6d23h19m23s`); nil when the property is absent or something else.
  public func duration(_ property: String) -> Milliseconds? {
    values[property].flatMap(RouterOSText.duration)
  }
}

/// A number of the configuration file that is quoted in text.
///
/// The reasons stored in the history print a threshold as the file had it, `45` or `45.0`, so
/// the kind of the number is kept beside its value.
public struct ConfiguredNumber: Sendable, Hashable {
  public var value: Double
  /// The file had a whole number without a point.
  public var isInteger: Bool

  public init(_ value: Double, isInteger: Bool) {
    self.value = value
    self.isInteger = isInteger
  }

  public init(integer: Int) {
    self.init(Double(integer), isInteger: true)
  }

  /// As the file had it: `45`, `45.0`, `12.5`.
  public var text: String { isInteger ? shortestInteger(value) : shortest(value) }
}

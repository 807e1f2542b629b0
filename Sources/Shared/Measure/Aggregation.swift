public import Model

/// How the answers of one round become one measurement.
public enum Aggregation: Sendable, Equatable {
  /// The first reflector in configured order that answered.
  case firstAnswer
  /// The median of the first three, in configured order, that answered: of three the middle one,
  /// of two their mean, of one itself.
  case medianOfThree

  /// The measurement of a round, or nil when nobody answered.
  ///
  /// - Parameter answers: a latency in ms per reflector in configured order, NaN where it is lost.
  public func measurement(of answers: UnsafeBufferPointer<Double>) -> Milliseconds? {
    var first = Double.nan
    var second = Double.nan
    for answer in answers where !answer.isNaN {
      if self == .firstAnswer { return Milliseconds(answer) }
      if first.isNaN {
        first = answer
      } else if second.isNaN {
        second = answer
      } else {
        return Milliseconds(Swift.max(min(first, second), min(Swift.max(first, second), answer)))
      }
    }
    if first.isNaN { return nil }
    return Milliseconds(second.isNaN ? first : (first + second) / 2)
  }

  /// The measurement of a round given as optional values.
  public func measurement(of answers: [Milliseconds?]) -> Milliseconds? {
    answers.map { $0?.rawValue ?? .nan }.withUnsafeBufferPointer(measurement(of:))
  }
}

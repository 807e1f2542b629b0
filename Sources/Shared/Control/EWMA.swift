/// An exponentially weighted moving average.
struct EWMA: Sendable {
  private(set) var value: Double

  init(_ value: Double) { self.value = value }

  /// The average after `sample` with weight `alpha`, 0...1.
  ///
  /// The two products are rounded before they are added, left to right and without a fused
  /// multiply-add: decisions are compared bit by bit with recorded ones.
  func following(_ sample: Double, alpha: Double) -> Double {
    let kept = (1 - alpha) * value
    let added = alpha * sample
    return kept + added
  }

  mutating func add(_ sample: Double, alpha: Double) {
    value = following(sample, alpha: alpha)
  }
}

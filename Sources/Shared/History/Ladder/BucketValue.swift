/// What the samples of a bucket come to, sample by sample: the mean of a metric; the most frequent
/// value of a state, of equally frequent ones the greatest, the worst.
///
/// A sample of a metric allocates nothing, and one of a state only when its value is new.
struct BucketValue {
  private let isState: Bool
  private var count = 0
  private var sum = 0.0
  private var finiteCount = 0
  private var finiteSum = 0.0
  private var greatest = -Double.infinity
  private var states: [(value: Double, count: Int)] = []

  init(isState: Bool) { self.isState = isState }

  mutating func add(_ value: Double) {
    if isState { return addState(value) }
    count += 1
    sum += value
    greatest = max(greatest, value)
    if value.isFinite {
      finiteCount += 1
      finiteSum += value
    }
  }

  private mutating func addState(_ value: Double) {
    if let last = states.indices.last, states[last].value == value {
      states[last].count += 1
    } else if let index = states.firstIndex(where: { $0.value == value }) {
      states[index].count += 1
      // The next one is likely the same.
      states.swapAt(index, states.count - 1)
    } else {
      states.append((value, 1))
    }
  }

  /// The mean is the plain sum of the samples in their order by their number, as SQLite's `avg` has
  /// it. Infinite values of both signs have no mean: then that of the finite ones, or one of them.
  var value: Double {
    if isState { return states.max { ($0.count, $0.value) < ($1.count, $1.value) }?.value ?? 0 }
    let mean = sum / Double(max(count, 1))
    if !mean.isNaN { return mean }
    return finiteCount > 0 ? finiteSum / Double(finiteCount) : greatest
  }
}

import Model

/// How often something happened in the last hour, to the minute, and in the last day, to the hour.
/// Counting allocates nothing.
struct RecentCount {
  private var minutes = Window(places: 60, width: Milliseconds(seconds: 60))
  private var hours = Window(places: 24, width: Milliseconds(seconds: 3600))

  var lastHour: Int { minutes.sum }
  var lastDay: Int { hours.sum }

  mutating func add(at now: MonotonicTime) {
    advance(to: now)
    minutes.addOne()
    hours.addOne()
  }

  /// Forgets what is too old by `now`.
  mutating func advance(to now: MonotonicTime) {
    minutes.advance(to: now)
    hours.advance(to: now)
  }

  private struct Window {
    private var places: [Int]
    private let width: Int64
    private var current: Int64?
    private(set) var sum = 0

    init(places: Int, width: Milliseconds) {
      self.places = Array(repeating: 0, count: places)
      self.width = width.nanoseconds
    }

    mutating func addOne() {
      guard let current else { return }
      places[place(of: current)] += 1
      sum += 1
    }

    mutating func advance(to now: MonotonicTime) {
      let number = now.rawValue / width
      guard let last = current, number != last else {
        current = number
        return
      }
      // The clock is monotonic: what went back is a caller that came late.
      guard number > last else { return }
      for passed in 1...min(number - last, Int64(places.count)) {
        let place = place(of: last + passed)
        sum -= places[place]
        places[place] = 0
      }
      current = number
    }

    private func place(of number: Int64) -> Int { Int(number % Int64(places.count)) }
  }
}

/// The six readings that RouterOS shows for a queue.
struct Statistics: Equatable {
  var bytes: Int64 = 0
  var packets: Int64 = 0
  var dropped: Int64 = 0
  /// Bits per second, averaged over the last second.
  var rate: Int64 = 0
  var packetRate: Int64 = 0
  var queuedBytes: Int64 = 0
  var queuedPackets: Int64 = 0
}

/// What a queue does with its traffic at one moment.
struct Shaping {
  /// Bits per second that may leave.
  var limit: Double
  /// Bytes that the leaf keeps.
  var capacity: Double
  var countsDrops: Bool
  /// A disabled queue lets everything pass and counts nothing.
  var isCounting: Bool
}

/// A fluid model of one queue: offered load goes in, at most the limit comes out, the rest waits up
/// to what the leaf keeps. Time goes on in steps of 10 ms, computed when somebody looks.
struct Flow {
  static let step = Nanoseconds.milliseconds(10)
  private static let stepSeconds = 0.01
  private static let window: Int = 100
  private static let packetBytes: Double = 1200

  /// Readings that stand still, or follow a script, instead of the model's.
  enum Source {
    case model
    case pinned([(at: Nanoseconds, readings: Statistics)])
  }

  private(set) var source: Source
  /// Offered load in bits per second, from each moment on.
  private var load: [(at: Nanoseconds, bitsPerSecond: Double)] = []
  /// What the line carries when the queue does not limit, in bits per second.
  var linkRate: Double = 1e9
  private(set) var backlog: Double = 0
  private var bytes: Double = 0
  private var packets: Double = 0
  private var dropped: Double = 0
  /// Bytes served in each of the last steps, oldest first once it is full.
  private var served: [Double] = []
  private var oldest = 0
  private var computed: Nanoseconds = 0

  init(pinned readings: Statistics) {
    source = .pinned([(at: Nanoseconds(0), readings: readings)])
  }

  /// Starts the model from what the queue shows now, with a new constant load.
  mutating func offer(_ bitsPerSecond: Double, at now: Nanoseconds) {
    script([(at: now, bitsPerSecond: bitsPerSecond)], at: now)
  }

  /// Starts the model from what the queue shows now; `steps` are in order of time.
  mutating func script(
    _ steps: [(at: Nanoseconds, bitsPerSecond: Double)], at now: Nanoseconds
  ) {
    if case .pinned = source {
      let shown = readings(at: now)
      bytes = Double(shown.bytes)
      packets = Double(shown.packets)
      dropped = Double(shown.dropped)
      backlog = Double(shown.queuedBytes)
      served = Array(repeating: Double(shown.rate) / 8 * Self.stepSeconds, count: Self.window)
      oldest = 0
      source = .model
      computed = now
    }
    load.removeAll { $0.at >= now }
    load.removeFirst(max(load.count - 1, 0))
    load += steps
  }

  /// From now on the queue shows exactly these readings.
  mutating func pin(_ series: [(at: Nanoseconds, readings: Statistics)]) {
    source = .pinned(series)
  }

  mutating func dropBacklog() {
    backlog = 0
  }

  /// Puts the counters to zero, as a reset or a reboot does.
  mutating func resetCounters(at now: Nanoseconds) {
    setCounters(at: now) {
      $0.bytes = 0
      $0.packets = 0
      $0.dropped = 0
    }
  }

  /// Changes readings in place, whether they come from the model or from a script.
  mutating func setCounters(at now: Nanoseconds, _ change: (inout Statistics) -> Void) {
    if case .pinned(let series) = source {
      source = .pinned(
        series.map { entry in
          var readings = entry.readings
          change(&readings)
          return (entry.at, readings)
        })
    } else {
      var shown = readings(at: now)
      change(&shown)
      bytes = Double(shown.bytes)
      packets = Double(shown.packets)
      dropped = Double(shown.dropped)
    }
  }

  func readings(at now: Nanoseconds) -> Statistics {
    if case .pinned(let series) = source {
      return (series.last { $0.at <= now } ?? series.first)?.readings ?? Statistics()
    }
    let rate = served.reduce(0, +) / (Double(Self.window) * Self.stepSeconds)
    return Statistics(
      bytes: Int64(bytes), packets: Int64(packets), dropped: Int64(dropped),
      rate: Int64(rate * 8), packetRate: Int64(rate / Self.packetBytes),
      queuedBytes: Int64(backlog), queuedPackets: Int64((backlog / 1500).rounded(.up)))
  }

  func queuedBytes(at now: Nanoseconds) -> Double {
    if case .model = source { return backlog }
    return Double(readings(at: now).queuedBytes)
  }

  /// Brings the model up to `now` under unchanged shaping.
  mutating func advance(to now: Nanoseconds, shaping: Shaping) {
    guard case .model = source else {
      computed = now
      return
    }
    var left = (now - computed) / Self.step
    while left > 0 {
      let offered = load.last { $0.at <= computed }?.bitsPerSecond ?? 0
      let before = backlog
      let out = tick(offered: offered, shaping: shaping)
      var repeats: Nanoseconds = 1
      // A queue in balance does the same in each step until its load changes.
      if backlog == before, left > 1 {
        let change = load.first { $0.at > computed }?.at ?? now
        repeats = max(1, min(left, (change - computed) / Self.step))
        count(out, times: Double(repeats - 1), shaping: shaping)
        remember(out.served, times: Int(min(repeats - 1, Nanoseconds(Self.window))))
      }
      computed += repeats * Self.step
      left -= repeats
    }
  }

  private typealias Outcome = (served: Double, excess: Double)

  private mutating func tick(offered: Double, shaping: Shaping) -> Outcome {
    let arriving = max(offered, 0) / 8 * Self.stepSeconds
    let room = max(shaping.limit, 0) / 8 * Self.stepSeconds
    let leaving = min(backlog + arriving, room)
    let wanted = backlog + arriving - leaving
    // What exceeds the leaf is dropped; a backlog that is too large already drains, never grows.
    let kept = min(wanted, max(shaping.capacity, backlog - leaving))
    backlog = max(kept, 0)
    let outcome = (served: leaving, excess: max(wanted - backlog, 0))
    count(outcome, times: 1, shaping: shaping)
    remember(leaving, times: 1)
    return outcome
  }

  private mutating func count(
    _ outcome: Outcome, times: Double, shaping: Shaping
  ) {
    guard shaping.isCounting else { return }
    bytes += outcome.served * times
    packets += outcome.served / Self.packetBytes * times
    if shaping.countsDrops { dropped += outcome.excess / Self.packetBytes * times }
  }

  private mutating func remember(_ bytes: Double, times: Int) {
    for _ in 0..<times {
      if served.count < Self.window {
        served.append(bytes)
      } else {
        served[oldest] = bytes
        oldest = (oldest + 1) % Self.window
      }
    }
  }
}

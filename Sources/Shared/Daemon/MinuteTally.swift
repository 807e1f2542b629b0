import History
import Model

/// What a minute of one WAN came to, for history: what single cycles do not tell.
struct MinuteTally {
  /// When the minute began; nil before the first cycle.
  private var start: Int64?
  private var lastCycle: UnixTime?
  private var writes = 0
  private var confirmation = Milliseconds.zero
  private var outage = Milliseconds.zero
  private var held = 0
  private var missed = 0
  private var sampleAge = Milliseconds.zero
  private var samples = 0

  /// A rate was confirmed by the router, so long after it was decided.
  mutating func countWrite(confirmedAfter age: Milliseconds) {
    writes += 1
    confirmation = confirmation + age
  }

  mutating func countMissedTicks(_ count: Int) { missed += count }

  /// Takes a cycle.
  ///
  /// - Parameters:
  ///   - sampleAge: of the newest answer that it rests on; nil = it rests on none.
  ///   - isRouterLost: whether contact with the router is lost.
  /// - Returns: the rows of the minute before, when another one has begun.
  mutating func take(
    _ decision: Decision, sampleAge: Milliseconds?, isRouterLost: Bool, wan: String
  ) -> [MetricRow] {
    let begun = Granularity.minute.bucket(of: decision.time.wholeSeconds)
    let rows = start.map { $0 == begun ? [] : self.rows(at: $0, wan) } ?? []
    if !rows.isEmpty { self = MinuteTally(after: lastCycle) }
    start = begun
    if decision.held { held += 1 }
    if let sampleAge {
      self.sampleAge = self.sampleAge + max(sampleAge, .zero)
      samples += 1
    }
    if isRouterLost, let lastCycle {
      // A clock that was set, or a host that slept, is no outage of the router.
      outage = outage + min(max(decision.time - lastCycle, .zero), Milliseconds(1000))
    }
    lastCycle = decision.time
    return rows
  }

  init() {}

  private init(after cycle: UnixTime?) { lastCycle = cycle }

  private func rows(at time: Int64, _ wan: String) -> [MetricRow] {
    var values: [(MetricName, Double)] = [
      (.routerWrites, Double(writes)), (.routerOutage, min(outage.seconds, 60)),
      (.heldCycles, Double(held)), (.missedTicks, Double(missed)),
    ]
    if writes > 0 { values.append((.confirmationAge, confirmation.rawValue / Double(writes))) }
    if samples > 0 { values.append((.sampleAge, sampleAge.rawValue / Double(samples))) }
    return values.map { metric, value in
      MetricRow(timestamp: time, wan: wan, metric: metric, value: value, granularity: .minute)
    }
  }
}

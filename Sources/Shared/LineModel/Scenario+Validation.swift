import Model

/// Why a scenario cannot be played.
public struct ScenarioError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The key as in the JSON form, e.g. `download.capacity_mbps`.
  public var key: String
  /// What is wrong and what would be right.
  public var message: String

  public init(key: String, message: String) {
    self.key = key
    self.message = message
  }

  public var description: String { key.isEmpty ? message : "\(key): \(message)" }
}

extension Scenario {
  /// The highest rate that a scenario may name, Mbit/s.
  private static let maximumMbps = 1e6
  /// The longest time, ms: a week.
  private static let maximumTime = 7 * 86_400_000.0

  /// Throws the first thing that no line could do.
  public func validate() throws(ScenarioError) {
    try Self.require(duration, "duration_s", above: 0)
    try Self.require(baseRTTms, "base_rtt_ms", atMost: 60_000)
    try Self.require(jitter, "jitter_ms")
    try Self.requireProbability(loss, "loss")
    try Self.requireProbability(fullBufferLoss, "full_buffer_loss")
    for extra in reflectorExtra { try Self.require(extra, "reflector_extra_ms") }
    try download.validate("download")
    try upload.validate("upload")
    var end = Milliseconds(-1)
    for window in outages {
      try Self.require(window, "outages")
      guard window.from > end else {
        throw ScenarioError(key: "outages", message: "must be in order and apart")
      }
      end = window.to
    }
    for fault in faults {
      try Self.require(fault.window, "faults")
      try Self.requireProbability(fault.loss, "faults.loss")
      try Self.require(fault.extra, "faults.extra_ms")
      if let reflector = fault.reflector, reflector < 0 {
        throw ScenarioError(key: "faults.reflector", message: "\(reflector) is not 0 or more")
      }
    }
  }

  fileprivate static func require(
    _ time: Milliseconds, _ key: String, above minimum: Double = -1
  ) throws(ScenarioError) {
    guard time.rawValue > minimum, time.rawValue >= 0, time.rawValue <= maximumTime else {
      throw ScenarioError(
        key: key,
        message: "\(shortest(time.rawValue)) ms is not a time from 0 to seven days"
          + (minimum >= 0 ? ", above 0" : ""))
    }
  }

  fileprivate static func requireProbability(
    _ value: Double, _ key: String
  ) throws(ScenarioError) {
    guard value >= 0, value <= 1 else {
      throw ScenarioError(
        key: key, message: "\(shortest(value)) is not a probability from 0 to 1")
    }
  }

  private static func require(_ window: Window, _ key: String) throws(ScenarioError) {
    try require(window.from, key + ".from_s")
    try require(window.to, key + ".to_s")
    guard window.from < window.to else {
      throw ScenarioError(
        key: key,
        message: "ends at \(shortest(window.to.seconds)) s, not after its beginning at "
          + "\(shortest(window.from.seconds)) s")
    }
  }

  fileprivate static func require(
    _ schedule: Schedule, _ key: String, atMost maximum: Double = maximumMbps
  ) throws(ScenarioError) {
    for value in schedule.values {
      guard value >= 0, value <= maximum else {
        throw ScenarioError(
          key: key, message: "\(shortest(value)) is not from 0 to \(shortestInteger(maximum))")
      }
    }
    var previous = Milliseconds.zero
    for change in schedule.changes {
      try require(change.at, key + ".at_s")
      try require(change.over, key + ".over_s")
      guard change.at >= previous else {
        throw ScenarioError(key: key, message: "the changes are not in order of at_s")
      }
      previous = change.at
    }
    if let period = schedule.period {
      try require(period, key + ".repeat_s", above: 0)
      // A shorter one would keep the model from getting on.
      guard period.rawValue >= 10 else {
        throw ScenarioError(
          key: key + ".repeat_s", message: "\(shortest(period.seconds)) is below 0.01")
      }
    }
  }
}

extension Scenario.Link {
  fileprivate func validate(_ name: String) throws(ScenarioError) {
    try Scenario.require(capacityMbps, "\(name).capacity_mbps")
    try Scenario.require(loadMbps, "\(name).load_mbps")
    try Scenario.require(bufferTime, "\(name).buffer_ms")
    try Scenario.require(shaperBacklog, "\(name).shaper_backlog_ms")
    try Scenario.require(senderLag, "\(name).sender_lag_ms")
    if let bufferBytes, !(bufferBytes >= 0 && bufferBytes <= 1e12) {
      throw ScenarioError(
        key: "\(name).buffer_bytes", message: "\(shortest(bufferBytes)) is not from 0 to 1e12")
    }
  }
}

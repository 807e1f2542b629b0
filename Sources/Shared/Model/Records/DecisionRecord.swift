/// One cycle's decision for one WAN.
public struct DecisionRecord: Sendable, Equatable {
  public struct Direction: Sendable, Equatable {
    public var zone: Zone
    public var rate: BitsPerSecond
    /// nil unless the zone changed.
    public var reason: String?
    /// Only with `--verbose`.
    public var streaks: Streaks?

    public init(zone: Zone, rate: BitsPerSecond, reason: String? = nil, streaks: Streaks? = nil) {
      self.zone = zone
      self.rate = rate
      self.reason = reason
      self.streaks = streaks
    }

    func write(to json: inout JSONWriter) {
      json.beginObject()
      json.field("state", zone.name)
      json.field("rate_bps", rate)
      json.field("reason", reason)
      if let streaks {
        json.key("streaks")
        json.beginObject()
        json.field("green", streaks.green)
        json.field("soft_red", streaks.softRed)
        json.field("red", streaks.red)
        json.endObject()
      }
      json.endObject()
    }
  }

  public var time: UnixTime
  public var wan: String?
  /// nil when held.
  public var rtt: Milliseconds?
  public var load: Milliseconds
  public var baseline: Milliseconds
  public var delta: Milliseconds
  public var held: Bool
  public var directions: PerDirection<Direction>

  public init(
    time: UnixTime, wan: String?, rtt: Milliseconds?, load: Milliseconds, baseline: Milliseconds,
    delta: Milliseconds, held: Bool, directions: PerDirection<Direction>
  ) {
    self.time = time
    self.wan = wan
    self.rtt = rtt
    self.load = load
    self.baseline = baseline
    self.delta = delta
    self.held = held
    self.directions = directions
  }

  /// - Parameter verbose: whether the streaks are told.
  public init(_ decision: Decision, wan: String?, verbose: Bool = false) {
    self.init(
      time: decision.time, wan: wan, rtt: decision.rtt, load: decision.load,
      baseline: decision.baseline, delta: decision.delta, held: decision.held,
      directions: PerDirection(
        download: Direction(decision, .download, verbose: verbose),
        upload: Direction(decision, .upload, verbose: verbose)))
  }

  public func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("type", "decision")
    json.field("t", time)
    if let wan { json.field("wan", wan) }
    json.field("rtt_ms", rtt)
    json.field("load_rtt_ms", load)
    json.field("baseline_rtt_ms", baseline)
    json.field("delta_ms", delta)
    json.field("held", held)
    json.key("download")
    directions.download.write(to: &json)
    json.key("upload")
    directions.upload.write(to: &json)
    json.endObject()
  }
}

extension DecisionRecord.Direction {
  fileprivate init(_ decision: Decision, _ direction: Model.Direction, verbose: Bool) {
    let part = decision.directions[direction]
    self.init(
      zone: part.zone, rate: part.rate, reason: part.transition?.reason,
      streaks: verbose ? decision.streaks[direction] : nil)
  }
}

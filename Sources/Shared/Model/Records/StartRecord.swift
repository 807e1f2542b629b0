/// The first line of a recording, and of the rest of it after a reload: what the decisions that
/// follow began with.
public struct StartRecord: Sendable, Equatable {
  public var time: UnixTime
  public var wan: String
  /// A digest of the effective configuration, to tell whether a replay uses the same.
  public var config: String
  /// The round that comes next.
  public var seq: Int
  /// The state that was restored; nil for a fresh start.
  public var state: LoopState?

  public init(time: UnixTime, wan: String, config: String, seq: Int, state: LoopState?) {
    self.time = time
    self.wan = wan
    self.config = config
    self.seq = seq
    self.state = state
  }

  public func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("type", "start")
    json.field("t", time)
    json.field("wan", wan)
    json.field("config", config)
    json.field("seq", seq)
    json.key("state")
    if let state { state.write(to: &json) } else { json.null() }
    json.endObject()
  }
}

extension LoopState {
  /// The four sections of the state file, without its timestamp.
  public func write(to json: inout JSONWriter) {
    json.beginObject()
    writeSections(to: &json)
    json.endObject()
  }

  /// The keys of the state file in its order, inside an object that the caller opened.
  public func writeSections(to json: inout JSONWriter) {
    for direction in Direction.allCases {
      let queue = queues[direction]
      json.key(direction.name)
      json.beginObject()
      json.field("green_streak", queue.streaks.green)
      json.field("soft_red_streak", queue.streaks.softRed)
      json.field("red_streak", queue.streaks.red)
      json.key("current_rate")
      json.literal(shortestInteger(queue.rate))
      json.endObject()
    }
    json.key("ewma")
    json.beginObject()
    json.field("baseline_rtt", baseline)
    json.field("load_rtt", load)
    json.endObject()
    json.key("last_applied")
    json.beginObject()
    json.field("dl_rate", lastApplied.download)
    json.field("ul_rate", lastApplied.upload)
    json.endObject()
  }
}

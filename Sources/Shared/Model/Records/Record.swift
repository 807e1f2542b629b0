/// One line of a JSON Lines stream between our tools. See wanctl-records(5).
///
/// Keys stand in a fixed order, `type` first, then `t`, then `wan` where one is known. Readers
/// ignore keys that they do not know.
public enum Record: Sendable, Equatable {
  case rtt(RTTRecord)
  case queue(QueueRecord)
  case decision(DecisionRecord)
  case set(SetRecord)
  case transport(TransportRecord)
  case start(StartRecord)
  case steer(SteerRecord)

  public func write(to json: inout JSONWriter) {
    switch self {
    case .rtt(let record): record.write(to: &json)
    case .queue(let record): record.write(to: &json)
    case .decision(let record): record.write(to: &json)
    case .set(let record): record.write(to: &json)
    case .transport(let record): record.write(to: &json)
    case .start(let record): record.write(to: &json)
    case .steer(let record): record.write(to: &json)
    }
  }
}

extension Record {
  /// The record as one line without its line end.
  public var line: String {
    var json = JSONWriter()
    write(to: &json)
    return json.text
  }
}

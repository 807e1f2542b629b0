import Model

/// The text of the state file of steering: the original's keys, order and number formats. Keys
/// that the original does not have stand behind its own, and only with more than one target.
enum SteeringStateText {
  /// Compact JSON without a newline at the end; moments become naive local time.
  static func encode(_ state: SteeringState) -> [UInt8] {
    var json = JSONWriter(escaping: .ascii, reserving: 1 << 14)
    json.beginObject()
    json.field("current_state", state.name)
    json.field("bad_count", state.badCount)
    json.field("good_count", state.goodCount)
    state.primary.writeRTT(to: &json)
    json.key("transitions")
    json.beginArray()
    for transition in state.transitions { transition.write(to: &json) }
    json.endArray()
    json.field("last_transition_time", state.lastTransition?.text)
    state.primary.writeQueue(to: &json)
    json.field("red_count", state.redCount)
    state.primary.writeZone(to: &json)
    if state.activeTarget != nil || !state.targets.isEmpty {
      json.field("active_target", state.activeTarget)
      json.key("wans")
      json.beginObject()
      for (name, line) in state.targets.sorted(by: { $0.key < $1.key }) {
        json.key(name)
        json.beginObject()
        line.writeRTT(to: &json)
        line.writeQueue(to: &json)
        line.writeZone(to: &json)
        json.endObject()
      }
      json.endObject()
    }
    json.endObject()
    return json.withBytes { Array($0) }
  }

  /// Reads what is there. A field that is missing keeps its default silently; one of a wrong type
  /// or without a finite value keeps it too, and is reported. A list is a file without any field,
  /// as the original takes it.
  static func decode(
    _ bytes: [UInt8], defaults: SteeringState
  ) throws(JSONValue.SyntaxError) -> (state: SteeringState, findings: [StateFileFinding]) {
    let root = try JSONValue(parsing: bytes)
    var fields = SteeringStateFields(root)
    switch root {
    case .object: break
    case .array:
      fields.findings.append(
        .badField(key: "the file", wanted: "an object", found: root.summary))
      return (defaults, fields.findings)
    default:
      throw JSONValue.SyntaxError(byte: 0, message: "expected an object, found \(root.summary)")
    }
    var state = defaults
    fields.stateName("current_state", &state.name)
    fields.count("bad_count", &state.badCount)
    fields.count("good_count", &state.goodCount)
    fields.count("red_count", &state.redCount)
    fields.transitions("transitions", &state.transitions)
    fields.moment("last_transition_time", &state.lastTransition)
    fields.line(&state.primary)
    fields.optionalText("active_target", &state.activeTarget)
    state.targets = fields.lines("wans")
    return (state, fields.findings)
  }
}

extension SteeringState.Line {
  fileprivate func writeRTT(to json: inout JSONWriter) {
    json.field("baseline_rtt", baseline)
    json.numbers("history_rtt", rtts)
    json.numbers("history_delta", deltas)
  }

  fileprivate func writeQueue(to json: inout JSONWriter) {
    json.field("rtt_delta_ewma", rttAverage)
    json.field("queue_ewma", queueAverage)
    json.integers("cake_drops_history", drops)
    json.integers("queue_depth_history", queuedPackets)
    json.key("cake_state_history")
    json.beginArray()
    for zone in zones { json.string(zone) }
    json.endArray()
  }

  fileprivate func writeZone(to json: inout JSONWriter) {
    json.field("congestion_state", zone)
    json.field("cake_read_failures", readFailures)
  }
}

extension SteeringState.Moment {
  fileprivate var text: String {
    switch self {
    case .text(let text): text
    case .at(let time): LocalTime(time).iso8601
    }
  }
}

extension SteeringState.Transition {
  fileprivate func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("timestamp", moment.text)
    json.field("from", from)
    json.field("to", to)
    json.field("bad_count", badCount)
    json.field("good_count", goodCount)
    json.endObject()
  }
}

extension JSONWriter {
  fileprivate mutating func numbers(_ name: String, _ values: [Double]) {
    key(name)
    beginArray()
    for value in values { number(value) }
    endArray()
  }

  fileprivate mutating func integers(_ name: String, _ values: [Int]) {
    key(name)
    beginArray()
    for value in values { integer(value) }
    endArray()
  }
}

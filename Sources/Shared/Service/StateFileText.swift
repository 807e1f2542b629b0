import Model

/// The text of a state file: the original's keys, order and number formats.
enum StateFileText {
  /// Streaks beyond this are cut off, so that no counter can overflow however long the loop runs.
  /// At 20 cycles a second it lies 14 million years away.
  static let maximumStreak: Int64 = 1 << 53

  /// Compact JSON without a newline at the end; `time` becomes naive local time.
  static func encode(_ state: LoopState, at time: UnixTime) -> [UInt8] {
    var json = JSONWriter(escaping: .ascii, reserving: 512)
    json.beginObject()
    state.writeSections(to: &json)
    json.field("timestamp", LocalTime(time).iso8601)
    json.endObject()
    return json.withBytes { Array($0) }
  }

  /// Reads what is there. A field that is missing keeps its default silently; one of a wrong type
  /// or without a finite value keeps it too, and is reported. A finite number is taken as it is.
  static func decode(
    _ bytes: [UInt8], defaults: LoopState
  ) throws(JSONValue.SyntaxError) -> (state: LoopState, findings: [StateFileFinding]) {
    let root = try JSONValue(parsing: bytes)
    guard case .object = root else {
      throw JSONValue.SyntaxError(byte: 0, message: "expected an object, found \(root.summary)")
    }
    var fields = Fields(root: root)
    var state = defaults
    for direction in Direction.allCases {
      fields.enter(direction.name)
      var queue = state.queues[direction]
      fields.streak("green_streak", &queue.streaks.green)
      fields.streak("soft_red_streak", &queue.streaks.softRed)
      fields.streak("red_streak", &queue.streaks.red)
      fields.number("current_rate", &queue.rate)
      state.queues[direction] = queue
    }
    fields.enter("ewma")
    fields.number("baseline_rtt", &state.baseline.rawValue)
    fields.number("load_rtt", &state.load.rawValue)
    fields.enter("last_applied")
    fields.rate("dl_rate", &state.lastApplied.download)
    fields.rate("ul_rate", &state.lastApplied.upload)
    return (state, fields.findings)
  }
}

/// Looks up the fields of one section after the other and notes what cannot be used.
private struct Fields {
  let root: JSONValue
  var findings: [StateFileFinding] = []
  private var section = ""
  private var values: JSONValue?

  init(root: JSONValue) { self.root = root }

  mutating func enter(_ name: String) {
    section = name
    values = root[name]
    if let values, case .object = values { return }
    if let values {
      findings.append(.badField(key: name, wanted: "an object", found: values.summary))
    }
    values = nil
  }

  mutating func number(_ name: String, _ field: inout Double) {
    guard let value = values?[name] else { return }
    guard let number = value.double, number.isFinite else {
      return reject(name, value, wanted: "a finite number")
    }
    field = number
  }

  mutating func streak(_ name: String, _ field: inout Int) {
    guard let value = values?[name] else { return }
    let limit = StateFileText.maximumStreak
    switch value {
    case .integer(let count): field = Int(min(max(count, -limit), limit))
    case .number(let count) where count.isFinite && count.rounded() == count:
      field = Int(min(max(count, -Double(limit)), Double(limit)))
    default: reject(name, value, wanted: "a whole number")
    }
  }

  /// A rate that was written to the router: null before the first one.
  mutating func rate(_ name: String, _ field: inout BitsPerSecond?) {
    guard let value = values?[name] else { return }
    switch value {
    case .null: field = nil
    case .integer(let rate): field = BitsPerSecond(rate)
    case .number(let number):
      guard let rate = Int64(exactly: number.rounded(.towardZero)) else { fallthrough }
      field = BitsPerSecond(rate)
    default: reject(name, value, wanted: "a rate in bit/s or null")
    }
  }

  private mutating func reject(_ name: String, _ value: JSONValue, wanted: String) {
    findings.append(.badField(key: "\(section).\(name)", wanted: wanted, found: value.summary))
  }
}

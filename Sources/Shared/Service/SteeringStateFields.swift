import Model

/// Looks up the fields of a state file of steering and notes what cannot be used.
struct SteeringStateFields {
  private let values: JSONValue
  /// What stands before the name of a field in a finding: `wans.wan2.`.
  private let prefix: String
  var findings: [StateFileFinding] = []

  init(_ values: JSONValue, prefix: String = "") {
    self.values = values
    self.prefix = prefix
  }

  mutating func stateName(_ name: String, _ field: inout String) {
    guard let value = values[name] else { return }
    guard case .string(let text) = value, SteeringState.isDegraded(text) != nil else {
      let found =
        if case .string(let text) = value { "'\(text.prefix(80))'" } else { value.summary }
      return reject(name, wanted: "a name that ends in _GOOD or _DEGRADED", found: found)
    }
    field = text
  }

  mutating func count(_ name: String, _ field: inout Int) {
    guard let value = values[name] else { return }
    guard let count = value.wholeNumber else {
      return reject(name, value, wanted: "a whole number")
    }
    field = count
  }

  mutating func number(_ name: String, _ field: inout Double) {
    guard let value = values[name] else { return }
    guard let number = value.double, number.isFinite else {
      return reject(name, value, wanted: "a finite number")
    }
    field = number
  }

  mutating func optionalText(_ name: String, _ field: inout String?) {
    switch values[name] {
    case nil, .null: break
    case .string(let text): field = text
    case .some(let value): reject(name, value, wanted: "a text or null")
    }
  }

  mutating func moment(_ name: String, _ field: inout SteeringState.Moment?) {
    var text: String?
    optionalText(name, &text)
    if let text { field = .text(text) }
  }

  private mutating func list<Element>(
    _ name: String, _ field: inout [Element], wanted: String,
    _ element: (JSONValue) -> Element?
  ) {
    guard let value = values[name] else { return }
    guard case .array(let items) = value else { return reject(name, value, wanted: wanted) }
    let elements = items.map(element)
    if let bad = elements.firstIndex(where: { $0 == nil }) {
      return reject("\(name).\(bad)", items[bad], wanted: wanted)
    }
    field = elements.compactMap(\.self)
  }

  mutating func transitions(_ name: String, _ field: inout [SteeringState.Transition]) {
    list(name, &field, wanted: "a list of transitions") { item in
      guard case .string(let time)? = item["timestamp"], case .string(let from)? = item["from"],
        case .string(let to)? = item["to"], let bad = item["bad_count"]?.wholeNumber,
        let good = item["good_count"]?.wholeNumber
      else { return nil }
      return SteeringState.Transition(
        moment: .text(time), from: from, to: to, badCount: bad, goodCount: good)
    }
  }

  /// The fields of one line.
  mutating func line(_ line: inout SteeringState.Line) {
    if case .null? = values["baseline_rtt"] {
      // As it is written before the first one.
    } else {
      var baseline = Double.nan
      number("baseline_rtt", &baseline)
      if baseline.isFinite { line.baseline = Milliseconds(baseline) }
    }
    list("history_rtt", &line.rtts, wanted: "a list of finite numbers", \.finite)
    list("history_delta", &line.deltas, wanted: "a list of finite numbers", \.finite)
    number("rtt_delta_ewma", &line.rttAverage)
    number("queue_ewma", &line.queueAverage)
    list("cake_drops_history", &line.drops, wanted: "a list of whole numbers", \.wholeNumber)
    list(
      "queue_depth_history", &line.queuedPackets, wanted: "a list of whole numbers", \.wholeNumber)
    list("cake_state_history", &line.zones, wanted: "a list of texts", \.text)
    if let value = values["congestion_state"] {
      if let text = value.text {
        line.zone = text
      } else {
        reject("congestion_state", value, wanted: "a text")
      }
    }
    count("cake_read_failures", &line.readFailures)
  }

  /// The lines of the targets, by name.
  mutating func lines(_ name: String) -> [String: SteeringState.Line] {
    guard let value = values[name] else { return [:] }
    guard case .object(let members) = value else {
      reject(name, value, wanted: "an object")
      return [:]
    }
    var lines: [String: SteeringState.Line] = [:]
    for (target, value) in members.sorted(by: { $0.key < $1.key }) {
      guard case .object = value else {
        reject("\(name).\(target)", value, wanted: "an object")
        continue
      }
      var fields = SteeringStateFields(value, prefix: "\(prefix)\(name).\(target).")
      var line = SteeringState.Line()
      fields.line(&line)
      lines[target] = line
      findings += fields.findings
    }
    return lines
  }

  private mutating func reject(_ name: String, _ value: JSONValue, wanted: String) {
    reject(name, wanted: wanted, found: value.summary)
  }

  private mutating func reject(_ name: String, wanted: String, found: String) {
    findings.append(.badField(key: prefix + name, wanted: wanted, found: found))
  }
}

extension JSONValue {
  /// Far from where a count could overflow.
  private static let maximumCount: Int64 = 1 << 53

  /// A number without a fraction, limited to ±2^53.
  fileprivate var wholeNumber: Int? {
    let limit = Self.maximumCount
    switch self {
    case .integer(let count): return Int(min(max(count, -limit), limit))
    case .number(let count) where count.isFinite && count.rounded() == count:
      return Int(min(max(count, -Double(limit)), Double(limit)))
    default: return nil
    }
  }

  fileprivate var finite: Double? { double.flatMap { $0.isFinite ? $0 : nil } }

  fileprivate var text: String? {
    if case .string(let text) = self { text } else { nil }
  }
}

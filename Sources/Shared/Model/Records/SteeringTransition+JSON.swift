/// A line of the transition log: one JSON object with `"type":"transition"`.
extension SteeringTransition {
  private static let type = "transition"

  /// Without the end of the line.
  public func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("type", Self.type)
    json.field("t", time)
    json.field("wan", wan)
    json.field("from", from)
    json.field("to", to)
    json.field("action", action.rawValue)
    json.field("reason", reason.rawValue)
    if let applied { json.field("applied", applied) } else { json.field("applied", nil as String?) }
    json.field("dry_run", isDryRun)
    json.field("target", target)
    if let replaced { json.field("replaced", replaced) }
    if let figures { figures.write(to: &json) }
    if let confidence {
      json.key("confidence")
      confidence.write(to: &json)
    }
    json.endObject()
  }

  /// Reads a line without its end. Never traps, whatever the bytes; keys that are not known are
  /// passed over.
  public init(_ line: some Collection<UInt8>) throws(RecordError) {
    guard line.count <= RecordReader.maximumLineBytes else {
      throw RecordError("the line is longer than \(RecordReader.maximumLineBytes) bytes")
    }
    do {
      try self.init(scanning: Array(line))
    } catch {
      throw RecordError(error)
    }
  }

  private init(scanning bytes: [UInt8]) throws(JSONScanner.Fault) {
    var json = JSONScanner(bytes)
    var type: String?
    var time: UnixTime?
    var wan: String?
    var from: String?
    var to: String?
    var action: SteeringAction.Kind?
    var reason: Reason?
    var rest = SteeringTransition(
      time: UnixTime(microseconds: 0), wan: "", from: "", to: "", action: .enable,
      reason: .hysteresis, applied: nil)
    var figures = Figures()
    var hasFigures = false
    try json.members { (key, json) throws(JSONScanner.Fault) in
      switch key {
      case "type": type = try json.string()
      case "t": time = UnixTime(seconds: try json.double())
      case "wan": wan = try json.string()
      case "from": from = try json.string()
      case "to": to = try json.string()
      case "action": action = try json.name()
      case "reason": reason = try json.name()
      case "applied": rest.applied = try json.null() ? nil : json.bool()
      case "dry_run": rest.isDryRun = try json.bool()
      case "target": rest.target = try json.null() ? nil : json.string()
      case "replaced": rest.replaced = try json.null() ? nil : json.string()
      case "confidence": rest.confidence = try Confidence(from: &json)
      default:
        if try figures.take(key, from: &json) {
          hasFigures = true
        } else {
          try json.skipValue()
        }
      }
    }
    try json.end()
    guard try required(type, "type") == Self.type else {
      throw JSONScanner.Fault(message: "the record is no \(Self.type)")
    }
    self.init(
      time: try required(time, "t"), wan: try required(wan, "wan"),
      from: try required(from, "from"), to: try required(to, "to"),
      action: try required(action, "action"), reason: try required(reason, "reason"),
      applied: rest.applied, isDryRun: rest.isDryRun, target: rest.target,
      replaced: rest.replaced, figures: hasFigures ? figures : nil, confidence: rest.confidence)
  }
}

extension SteeringTransition.Figures {
  fileprivate func write(to json: inout JSONWriter) {
    json.field("rtt_ms", rtt)
    json.field("baseline_rtt_ms", baseline)
    json.field("delta_ms", delta)
    json.field("rtt_ewma_ms", rttAverage)
    json.field("queue_ewma", queueAverage)
    json.field("drops", drops)
    json.field("queued_packets", queuedPackets)
    json.field("assessment", assessment?.name ?? SteerRecord.unknownAssessment)
  }

  /// Whether the key is one of these; its value is passed then.
  fileprivate mutating func take(
    _ key: String, from json: inout JSONScanner
  ) throws(JSONScanner.Fault) -> Bool {
    func milliseconds() throws(JSONScanner.Fault) -> Milliseconds? {
      try json.null() ? nil : Milliseconds(json.double())
    }
    switch key {
    case "rtt_ms": rtt = try milliseconds()
    case "baseline_rtt_ms": baseline = try milliseconds()
    case "delta_ms": delta = try milliseconds()
    case "rtt_ewma_ms": rttAverage = Milliseconds(try json.double())
    case "queue_ewma": queueAverage = try json.double()
    case "drops": drops = try json.null() ? nil : json.integer()
    case "queued_packets": queuedPackets = try json.integer()
    case "assessment": assessment = Zone(name: try json.string())
    default: return false
    }
    return true
  }
}

extension SteeringTransition.Confidence {
  fileprivate func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("score", score)
    json.key("contributors")
    json.beginArray()
    for contributor in contributors { json.string(contributor) }
    json.endArray()
    json.endObject()
  }

  fileprivate init(from json: inout JSONScanner) throws(JSONScanner.Fault) {
    var score: Int64?
    var contributors: [String] = []
    try json.members { (key, json) throws(JSONScanner.Fault) in
      switch key {
      case "score": score = try json.integer()
      case "contributors":
        try json.beginArray()
        while try json.nextElement() { contributors.append(try json.string()) }
      default: try json.skipValue()
      }
    }
    self.init(score: Int(try required(score, "score")), contributors: contributors)
  }
}

extension JSONScanner {
  /// One of the names of `Value`.
  fileprivate mutating func name<Value: RawRepresentable & CaseIterable>() throws(Fault) -> Value
  where Value.RawValue == String {
    let text = try string()
    guard let value = Value(rawValue: text) else {
      let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw Fault(message: "expected one of \(names), found '\(text.prefix(80))'")
    }
    return value
  }
}

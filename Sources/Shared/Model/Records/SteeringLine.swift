/// One line of the input of `wanctl-steer replay`: everything that a cycle of steering steps on,
/// and how a command to the router would end in it.
public struct SteeringLine: Sendable, Equatable {
  public var time: UnixTime?
  public var primary: LineSample
  /// By name; only what the line has of them.
  public var targets: [String: LineSample]
  /// Whether a command that switches a rule would succeed.
  public var ruleSucceeds: Bool

  public init(
    time: UnixTime?, primary: LineSample, targets: [String: LineSample] = [:],
    ruleSucceeds: Bool = true
  ) {
    self.time = time
    self.primary = primary
    self.targets = targets
    self.ruleSucceeds = ruleSucceeds
  }

  /// Reads a line. Never traps, whatever the bytes.
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
    var time: UnixTime?
    var sample = SampleFields()
    var targets: [String: LineSample] = [:]
    var ruleSucceeds = true
    try json.members { (key, json) throws(JSONScanner.Fault) in
      switch key {
      case "t": time = try json.null() ? nil : UnixTime(seconds: json.double())
      case "targets":
        try json.members { (name, json) throws(JSONScanner.Fault) in
          var sample = SampleFields()
          try json.members { (key, json) throws(JSONScanner.Fault) in
            if try !sample.take(key, from: &json) { try json.skipValue() }
          }
          targets[name] = try sample.checked()
        }
      case "rule": ruleSucceeds = try SteeringLine.outcome(from: &json)
      default: if try !sample.take(key, from: &json) { try json.skipValue() }
      }
    }
    try json.end()
    self.init(
      time: time, primary: try sample.checked(), targets: targets, ruleSucceeds: ruleSucceeds)
  }

  private static func outcome(
    from json: inout JSONScanner
  ) throws(JSONScanner.Fault) -> Bool {
    if try json.null() { return true }
    let text = try json.string()
    switch text {
    case "ok": return true
    case "fail": return false
    default: throw JSONScanner.Fault(message: "expected ok or fail, found '\(text)'")
    }
  }
}

/// The keys of one line's sample.
private struct SampleFields {
  private var sample = LineSample()
  /// `{"rtt_ms":null}` is a lost cycle, `{}` is a mistake.
  private var namesRTT = false

  /// Whether the key is one of these; its value is passed then.
  mutating func take(
    _ key: String, from json: inout JSONScanner
  ) throws(JSONScanner.Fault) -> Bool {
    switch key {
    case "baseline_rtt_ms":
      sample.baseline = try json.null() ? nil : Milliseconds(json.double())
    case "rtt_ms":
      sample.rtt = try json.null() ? nil : Milliseconds(json.double())
      namesRTT = true
    case "queue": sample.queue = try json.null() ? nil : QueueReading(from: &json)
    default: return false
    }
    return true
  }

  func checked() throws(JSONScanner.Fault) -> LineSample {
    guard namesRTT else { throw JSONScanner.Fault(message: "rtt_ms is missing") }
    return sample
  }
}

extension QueueReading {
  fileprivate init(from json: inout JSONScanner) throws(JSONScanner.Fault) {
    var dropped: Int64??
    var queuedPackets: Int64?
    try json.members { (key, json) throws(JSONScanner.Fault) in
      switch key {
      case "dropped": dropped = .some(try json.null() ? nil : json.integer())
      case "queued_packets": queuedPackets = try json.integer()
      default: try json.skipValue()
      }
    }
    self.init(
      dropped: try required(dropped, "dropped"),
      queuedPackets: try required(queuedPackets, "queued_packets"))
  }
}

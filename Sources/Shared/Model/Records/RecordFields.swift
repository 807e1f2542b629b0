/// Every key that a record may have, as the scanner delivers them.
struct RecordFields {
  enum Key: String, CaseIterable {
    case type, t, wan, host, seq, method, clock, error, hosts, queue, bytes, packets, dropped
    case leaf, applied, transport, configured, used, works, held, download, upload, config, state
    case rttMs = "rtt_ms"
    case waitedMs = "waited_ms"
    case owdUpMs = "owd_up_ms"
    case owdDownMs = "owd_down_ms"
    case lateMs = "late_ms"
    case maxLimitBps = "max_limit_bps"
    case rateBps = "rate_bps"
    case queuedBytes = "queued_bytes"
    case queuedPackets = "queued_packets"
    case intervalS = "interval_s"
    case dBytes = "d_bytes"
    case dPackets = "d_packets"
    case dDropped = "d_dropped"
    case confirmedBps = "confirmed_bps"
    case tookMs = "took_ms"
    case loadRttMs = "load_rtt_ms"
    case baselineRttMs = "baseline_rtt_ms"
    case deltaMs = "delta_ms"
    case drops, assessment, action, reason, target, confidence
    case rttEwmaMs = "rtt_ewma_ms"
    case queueEwma = "queue_ewma"
    case redCount = "red_count"
    case goodCount = "good_count"
    case badCount = "bad_count"

    static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
  }

  var type: String?
  var t: Double?
  var wan: String?
  // rtt
  var host: String?
  var seq: Int?
  var rttMs: Double?
  var waitedMs: Double?
  var method: String?
  var clock: String?
  var owdUpMs: Double?
  var owdDownMs: Double?
  var lateMs: Double?
  var error: String?
  var hosts: [Double?]?
  // queue and set
  var queue: String?
  var maxLimitBps: Int64?
  var rateBps: Int64?
  var bytes: Int64?
  var packets: Int64?
  var dropped: Int64?
  var queuedBytes: Int64?
  var queuedPackets: Int64?
  var intervalS: Double?
  var dBytes: Int64?
  var dPackets: Int64?
  var dDropped: Int64?
  var leaf: String?
  var confirmedBps: Int64?
  var applied: Bool?
  var tookMs: Double?
  var transport: String?
  // transport
  var configured: Bool?
  var used: Bool?
  var works: Bool?
  // decision
  var loadRttMs: Double?
  var baselineRttMs: Double?
  var deltaMs: Double?
  var held: Bool?
  var download: DirectionFields?
  var upload: DirectionFields?
  // start
  var config: String?
  var state: LoopState?
  // steer
  var rttEwmaMs: Double?
  var queueEwma: Double?
  var drops: Int64?
  var assessment: String?
  var stateName: String?
  var redCount: Int?
  var goodCount: Int?
  var badCount: Int?
  var action: String?
  var reason: String?
  var target: String??
  var confidence: SteerRecord.Confidence?
  /// `{"rtt_ms":null}` is a lost cycle, `{}` is a mistake: the two must be told apart.
  var namesRTT = false
}

extension RecordFields {
  /// Reads a whole line. The last of repeated keys wins.
  init(_ line: [UInt8]) throws(JSONScanner.Fault) {
    var scanner = JSONScanner(line)
    do {
      try scanner.beginObject()
    } catch {
      throw error.isSyntax ? error : JSONScanner.Fault(message: "not a JSON object")
    }
    while let name = try scanner.nextKey() {
      guard let key = Key.byName[name] else {
        try scanner.skipValue()
        continue
      }
      do {
        try take(key, from: &scanner)
      } catch {
        throw error.below(name)
      }
    }
    try scanner.end()
  }

  private mutating func take(
    _ key: Key, from json: inout JSONScanner
  ) throws(JSONScanner.Fault) {
    switch key {
    case .type: type = try json.optionalString()
    case .t: t = try json.optionalDouble()
    case .wan: wan = try json.optionalString()
    case .host: host = try json.optionalString()
    case .seq: seq = try json.optionalInteger().flatMap { Int(exactly: $0) }
    case .rttMs:
      rttMs = try json.optionalDouble()
      namesRTT = true
    case .waitedMs: waitedMs = try json.optionalDouble()
    case .method: method = try json.optionalString()
    case .clock: clock = try json.optionalString()
    case .owdUpMs: owdUpMs = try json.optionalDouble()
    case .owdDownMs: owdDownMs = try json.optionalDouble()
    case .lateMs: lateMs = try json.optionalDouble()
    case .error: error = try json.optionalString()
    case .hosts: hosts = try json.optionalDoubles()
    case .queue: queue = try json.optionalString()
    case .maxLimitBps: maxLimitBps = try json.optionalInteger()
    case .rateBps: rateBps = try json.optionalInteger()
    case .bytes: bytes = try json.optionalInteger()
    case .packets: packets = try json.optionalInteger()
    case .dropped: dropped = try json.optionalInteger()
    case .queuedBytes: queuedBytes = try json.optionalInteger()
    case .queuedPackets: queuedPackets = try json.optionalInteger()
    case .intervalS: intervalS = try json.optionalDouble()
    case .dBytes: dBytes = try json.optionalInteger()
    case .dPackets: dPackets = try json.optionalInteger()
    case .dDropped: dDropped = try json.optionalInteger()
    case .leaf: leaf = try json.optionalString()
    case .confirmedBps: confirmedBps = try json.optionalInteger()
    case .applied: applied = try json.optionalBool()
    case .configured: configured = try json.optionalBool()
    case .used: used = try json.optionalBool()
    case .works: works = try json.optionalBool()
    case .tookMs: tookMs = try json.optionalDouble()
    case .transport: transport = try json.optionalString()
    case .loadRttMs: loadRttMs = try json.optionalDouble()
    case .baselineRttMs: baselineRttMs = try json.optionalDouble()
    case .deltaMs: deltaMs = try json.optionalDouble()
    case .held: held = try json.optionalBool()
    case .download: download = try json.null() ? nil : DirectionFields(from: &json)
    case .upload: upload = try json.null() ? nil : DirectionFields(from: &json)
    case .config: config = try json.optionalString()
    case .state:
      // A text in `steer` records, an object in all others.
      if json.isText {
        stateName = try json.string()
      } else {
        state = try json.null() ? nil : LoopState(from: &json)
      }
    case .rttEwmaMs: rttEwmaMs = try json.optionalDouble()
    case .queueEwma: queueEwma = try json.optionalDouble()
    case .drops: drops = try json.optionalInteger()
    case .assessment: assessment = try json.optionalString()
    case .redCount: redCount = Int(try json.integer())
    case .goodCount: goodCount = Int(try json.integer())
    case .badCount: badCount = Int(try json.integer())
    case .action: action = try json.optionalString()
    case .reason: reason = try json.optionalString()
    case .target: target = .some(try json.optionalString())
    case .confidence:
      confidence = try json.null() ? nil : SteerRecord.Confidence(from: &json)
    }
  }
}

extension JSONScanner {
  fileprivate mutating func optionalString() throws(Fault) -> String? {
    try null() ? nil : string()
  }
  fileprivate mutating func optionalDouble() throws(Fault) -> Double? {
    try null() ? nil : double()
  }
  fileprivate mutating func optionalInteger() throws(Fault) -> Int64? {
    try null() ? nil : integer()
  }
  fileprivate mutating func optionalBool() throws(Fault) -> Bool? { try null() ? nil : bool() }

  fileprivate mutating func optionalDoubles() throws(Fault) -> [Double?]? {
    if try null() { return nil }
    var values: [Double?] = []
    try beginArray()
    while try nextElement() {
      do {
        values.append(try optionalDouble())
      } catch {
        throw error.below("\(values.count)")
      }
    }
    return values
  }
}

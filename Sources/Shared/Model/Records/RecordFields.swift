/// Every key that a record may have, as the decoder delivers them.
struct RecordFields: Decodable {
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
  // decision
  var loadRttMs: Double?
  var baselineRttMs: Double?
  var deltaMs: Double?
  var held: Bool?
  var download: DirectionFields?
  var upload: DirectionFields?
  // start
  var config: String?
  var state: StateFields?
  /// `{"rtt_ms":null}` is a lost cycle, `{}` is a mistake: the decoder must tell them apart.
  var namesRTT = false

  enum CodingKeys: String, CodingKey {
    case type, t, wan, host, seq, method, clock, error, hosts, queue, bytes, packets, dropped
    case leaf, applied, transport, held, download, upload, config, state
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
  }

  struct DirectionFields: Decodable {
    enum CodingKeys: String, CodingKey {
      case state, reason, streaks
      case rateBps = "rate_bps"
    }

    struct StreakFields: Decodable {
      enum CodingKeys: String, CodingKey {
        case green, red
        case softRed = "soft_red"
      }

      var green: Int
      var softRed: Int
      var red: Int
    }
    var state: String
    var rateBps: Int64
    var reason: String?
    var streaks: StreakFields?
  }

  struct StateFields: Decodable {
    enum CodingKeys: String, CodingKey {
      case download, upload, ewma
      case lastApplied = "last_applied"
    }

    struct Queue: Decodable {
      enum CodingKeys: String, CodingKey {
        case greenStreak = "green_streak"
        case softRedStreak = "soft_red_streak"
        case redStreak = "red_streak"
        case currentRate = "current_rate"
      }

      var greenStreak: Int
      var softRedStreak: Int
      var redStreak: Int
      var currentRate: Double
    }
    struct EWMA: Decodable {
      enum CodingKeys: String, CodingKey {
        case baselineRtt = "baseline_rtt"
        case loadRtt = "load_rtt"
      }

      var baselineRtt: Double
      var loadRtt: Double
    }
    struct LastApplied: Decodable {
      enum CodingKeys: String, CodingKey {
        case dlRate = "dl_rate"
        case ulRate = "ul_rate"
      }

      var dlRate: Int64?
      var ulRate: Int64?
    }
    var download: Queue
    var upload: Queue
    var ewma: EWMA
    var lastApplied: LastApplied
  }
}

extension RecordFields {
  init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    type = try keys.decodeIfPresent(String.self, forKey: .type)
    t = try keys.decodeIfPresent(Double.self, forKey: .t)
    wan = try keys.decodeIfPresent(String.self, forKey: .wan)
    host = try keys.decodeIfPresent(String.self, forKey: .host)
    seq = try keys.decodeIfPresent(Int.self, forKey: .seq)
    rttMs = try keys.decodeIfPresent(Double.self, forKey: .rttMs)
    waitedMs = try keys.decodeIfPresent(Double.self, forKey: .waitedMs)
    method = try keys.decodeIfPresent(String.self, forKey: .method)
    clock = try keys.decodeIfPresent(String.self, forKey: .clock)
    owdUpMs = try keys.decodeIfPresent(Double.self, forKey: .owdUpMs)
    owdDownMs = try keys.decodeIfPresent(Double.self, forKey: .owdDownMs)
    lateMs = try keys.decodeIfPresent(Double.self, forKey: .lateMs)
    error = try keys.decodeIfPresent(String.self, forKey: .error)
    hosts = try keys.decodeIfPresent([Double?].self, forKey: .hosts)
    queue = try keys.decodeIfPresent(String.self, forKey: .queue)
    maxLimitBps = try keys.decodeIfPresent(Int64.self, forKey: .maxLimitBps)
    rateBps = try keys.decodeIfPresent(Int64.self, forKey: .rateBps)
    bytes = try keys.decodeIfPresent(Int64.self, forKey: .bytes)
    packets = try keys.decodeIfPresent(Int64.self, forKey: .packets)
    dropped = try keys.decodeIfPresent(Int64.self, forKey: .dropped)
    queuedBytes = try keys.decodeIfPresent(Int64.self, forKey: .queuedBytes)
    queuedPackets = try keys.decodeIfPresent(Int64.self, forKey: .queuedPackets)
    intervalS = try keys.decodeIfPresent(Double.self, forKey: .intervalS)
    dBytes = try keys.decodeIfPresent(Int64.self, forKey: .dBytes)
    dPackets = try keys.decodeIfPresent(Int64.self, forKey: .dPackets)
    dDropped = try keys.decodeIfPresent(Int64.self, forKey: .dDropped)
    leaf = try keys.decodeIfPresent(String.self, forKey: .leaf)
    confirmedBps = try keys.decodeIfPresent(Int64.self, forKey: .confirmedBps)
    applied = try keys.decodeIfPresent(Bool.self, forKey: .applied)
    tookMs = try keys.decodeIfPresent(Double.self, forKey: .tookMs)
    transport = try keys.decodeIfPresent(String.self, forKey: .transport)
    loadRttMs = try keys.decodeIfPresent(Double.self, forKey: .loadRttMs)
    baselineRttMs = try keys.decodeIfPresent(Double.self, forKey: .baselineRttMs)
    deltaMs = try keys.decodeIfPresent(Double.self, forKey: .deltaMs)
    held = try keys.decodeIfPresent(Bool.self, forKey: .held)
    download = try keys.decodeIfPresent(DirectionFields.self, forKey: .download)
    upload = try keys.decodeIfPresent(DirectionFields.self, forKey: .upload)
    config = try keys.decodeIfPresent(String.self, forKey: .config)
    state = try keys.decodeIfPresent(StateFields.self, forKey: .state)
    namesRTT = keys.contains(.rttMs)
  }
}

extension RecordFields {
  func recordLine() throws(RecordError) -> RecordLine {
    switch type {
    case nil: return try bareLine()
    case "rtt": return .record(.rtt(try rttRecord()))
    case "queue": return .record(.queue(try queueRecord()))
    case "decision": return .record(.decision(try decisionRecord()))
    case "set": return .record(.set(try setRecord()))
    case "start": return .record(.start(try startRecord()))
    case .some(let other): return .unknown(type: other)
    }
  }

  private func bareLine() throws(RecordError) -> RecordLine {
    let time = t.map { UnixTime(seconds: $0) }
    if let hosts { return .bareHosts(hosts.map { $0.map { Milliseconds($0) } }, time: time) }
    guard namesRTT else {
      throw RecordError("neither type, rtt_ms nor hosts is there; see wanctl-records(5)")
    }
    return .bareRTT(rttMs.map { Milliseconds($0) }, time: time)
  }

  private func rttRecord() throws(RecordError) -> RTTRecord {
    let method = ProbeMethod(name: method ?? "icmp")
    guard let method else { throw RecordError("method: unknown name '\(self.method ?? "")'") }
    let seq = try require(seq, "seq")
    guard seq >= 0 else { throw RecordError("seq: \(seq) is negative") }
    return RTTRecord(
      time: try requireTime(), wan: wan, host: try require(host, "host"), seq: seq,
      rtt: rttMs.map { Milliseconds($0) }, waited: waitedMs.map { Milliseconds($0) },
      method: method, clock: clock.flatMap { TimestampSource(name: $0) },
      upstreamDelay: owdUpMs.map { Milliseconds($0) },
      downstreamDelay: owdDownMs.map { Milliseconds($0) },
      loss: error.map { ProbeLoss(name: $0) ?? .timeout }, late: lateMs.map { Milliseconds($0) })
  }

  private func queueRecord() throws(RecordError) -> QueueRecord {
    let row = QueueRow(
      name: try require(queue, "queue"),
      maxLimit: BitsPerSecond(try require(maxLimitBps, "max_limit_bps")),
      rate: rateBps.map { BitsPerSecond($0) }, bytes: bytes, packets: packets, dropped: dropped,
      queuedBytes: queuedBytes, queuedPackets: queuedPackets, leaf: leaf)
    var change: QueueRecord.Change?
    if let dBytes, let dPackets {
      change = QueueRecord.Change(bytes: dBytes, packets: dPackets, dropped: dDropped)
    }
    return QueueRecord(
      time: try requireTime(), wan: wan, row: row,
      interval: intervalS.map { Milliseconds(seconds: $0) }, change: change)
  }

  private func decisionRecord() throws(RecordError) -> DecisionRecord {
    DecisionRecord(
      time: try requireTime(), wan: wan, rtt: rttMs.map { Milliseconds($0) },
      load: Milliseconds(try require(loadRttMs, "load_rtt_ms")),
      baseline: Milliseconds(try require(baselineRttMs, "baseline_rtt_ms")),
      delta: Milliseconds(try require(deltaMs, "delta_ms")), held: held ?? false,
      directions: PerDirection(
        download: try direction(download, "download"), upload: try direction(upload, "upload")))
  }

  private func direction(
    _ fields: DirectionFields?, _ name: String
  ) throws(RecordError) -> DecisionRecord.Direction {
    let fields = try require(fields, name)
    guard let zone = Zone(name: fields.state) else {
      throw RecordError("\(name).state: unknown zone '\(fields.state)'")
    }
    return DecisionRecord.Direction(
      zone: zone, rate: BitsPerSecond(fields.rateBps), reason: fields.reason,
      streaks: fields.streaks.map { Streaks(green: $0.green, softRed: $0.softRed, red: $0.red) })
  }

  private func setRecord() throws(RecordError) -> SetRecord {
    SetRecord(
      time: t.map { UnixTime(seconds: $0) } ?? UnixTime(microseconds: 0),
      queue: try require(queue, "queue"),
      maxLimit: BitsPerSecond(try require(maxLimitBps, "max_limit_bps")),
      confirmed: confirmedBps.map { BitsPerSecond($0) }, applied: applied ?? false,
      took: tookMs.map { Milliseconds($0) },
      transport: transport.flatMap { Transport(rawValue: $0) }, error: error)
  }

  private func startRecord() throws(RecordError) -> StartRecord {
    StartRecord(
      time: try requireTime(), wan: try require(wan, "wan"), config: config ?? "", seq: seq ?? 0,
      state: state.map { LoopState($0) })
  }

  private func requireTime() throws(RecordError) -> UnixTime {
    UnixTime(seconds: try require(t, "t"))
  }

  private func require<Value>(_ value: Value?, _ key: String) throws(RecordError) -> Value {
    guard let value else { throw RecordError("\(key) is missing") }
    return value
  }
}

extension LoopState {
  fileprivate init(_ fields: RecordFields.StateFields) {
    func queue(_ fields: RecordFields.StateFields.Queue) -> Queue {
      Queue(
        streaks: Streaks(
          green: fields.greenStreak, softRed: fields.softRedStreak, red: fields.redStreak),
        rate: fields.currentRate)
    }
    self.init(
      queues: PerDirection(download: queue(fields.download), upload: queue(fields.upload)),
      baseline: Milliseconds(fields.ewma.baselineRtt), load: Milliseconds(fields.ewma.loadRtt),
      lastApplied: PerDirection(
        download: fields.lastApplied.dlRate.map { BitsPerSecond($0) },
        upload: fields.lastApplied.ulRate.map { BitsPerSecond($0) }))
  }
}

extension RecordFields {
  func recordLine() throws(RecordError) -> RecordLine {
    switch type {
    case nil: return try bareLine()
    case "rtt": return .record(.rtt(try rttRecord()))
    case "queue": return .record(.queue(try queueRecord()))
    case "decision": return .record(.decision(try decisionRecord()))
    case "set": return .record(.set(try setRecord()))
    case "transport": return .record(.transport(try transportRecord()))
    case "start": return .record(.start(try startRecord()))
    case "steer": return .record(.steer(try steerRecord()))
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
      streaks: fields.streaks)
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

  private func transportRecord() throws(RecordError) -> TransportRecord {
    let name = try require(transport, "transport")
    guard let transport = Transport(rawValue: name) else {
      throw RecordError("transport: unknown name '\(name)'")
    }
    return TransportRecord(
      time: try requireTime(), wan: wan, transport: transport, isConfigured: configured ?? false,
      isUsed: used ?? false, works: works ?? false, error: error)
  }

  private func startRecord() throws(RecordError) -> StartRecord {
    if stateName != nil { throw RecordError("state: expected an object") }
    return StartRecord(
      time: try requireTime(), wan: try require(wan, "wan"), config: config ?? "", seq: seq ?? 0,
      state: state)
  }

  private func steerRecord() throws(RecordError) -> SteerRecord {
    let name = try require(assessment, "assessment")
    let zone = Zone(name: name)
    if zone == nil, name != SteerRecord.unknownAssessment {
      throw RecordError("assessment: unknown zone '\(name)'")
    }
    return SteerRecord(
      time: try requireTime(), wan: wan, delta: deltaMs.map { Milliseconds($0) },
      rttAverage: Milliseconds(try require(rttEwmaMs, "rtt_ewma_ms")),
      queueAverage: try require(queueEwma, "queue_ewma"), drops: drops,
      queuedPackets: try require(queuedPackets, "queued_packets"), assessment: zone,
      state: try require(stateName, "state"), redCount: try require(redCount, "red_count"),
      goodCount: try require(goodCount, "good_count"),
      badCount: try require(badCount, "bad_count"),
      action: try named(action, "action", SteeringAction.Kind.init), applied: applied,
      reason: try named(reason, "reason", SteeringAction.Reason.init), target: target,
      confidence: confidence)
  }

  private func named<Value>(
    _ text: String?, _ key: String, _ value: (String) -> Value?
  ) throws(RecordError) -> Value? {
    guard let text else { return nil }
    guard let value = value(text) else { throw RecordError("\(key): unknown name '\(text)'") }
    return value
  }

  private func requireTime() throws(RecordError) -> UnixTime {
    UnixTime(seconds: try require(t, "t"))
  }

  private func require<Value>(_ value: Value?, _ key: String) throws(RecordError) -> Value {
    guard let value else { throw RecordError("\(key) is missing") }
    return value
  }
}

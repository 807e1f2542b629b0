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

  private func startRecord() throws(RecordError) -> StartRecord {
    StartRecord(
      time: try requireTime(), wan: try require(wan, "wan"), config: config ?? "", seq: seq ?? 0,
      state: state)
  }

  private func requireTime() throws(RecordError) -> UnixTime {
    UnixTime(seconds: try require(t, "t"))
  }

  private func require<Value>(_ value: Value?, _ key: String) throws(RecordError) -> Value {
    guard let value else { throw RecordError("\(key) is missing") }
    return value
  }
}

/// What became of one probe.
public struct RTTRecord: Sendable, Equatable {
  /// When it was sent.
  public var time: UnixTime
  public var wan: String?
  /// The reflector as configured or named on the command line.
  public var host: String
  public var seq: Int
  /// nil = lost.
  public var rtt: Milliseconds?
  /// How long was waited for a lost probe.
  public var waited: Milliseconds?
  public var method: ProbeMethod
  public var clock: TimestampSource?
  /// One-way delays where the method tells them.
  public var upstreamDelay: Milliseconds?
  public var downstreamDelay: Milliseconds?
  public var loss: ProbeLoss?
  /// The latency of an answer that came after its round was closed.
  public var late: Milliseconds?

  public init(
    time: UnixTime, wan: String? = nil, host: String, seq: Int, rtt: Milliseconds?,
    waited: Milliseconds? = nil, method: ProbeMethod, clock: TimestampSource? = nil,
    upstreamDelay: Milliseconds? = nil, downstreamDelay: Milliseconds? = nil,
    loss: ProbeLoss? = nil, late: Milliseconds? = nil
  ) {
    self.time = time
    self.wan = wan
    self.host = host
    self.seq = seq
    self.rtt = rtt
    self.waited = waited
    self.method = method
    self.clock = clock
    self.upstreamDelay = upstreamDelay
    self.downstreamDelay = downstreamDelay
    self.loss = loss
    self.late = late
  }

  public func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("type", "rtt")
    json.field("t", time)
    if let wan { json.field("wan", wan) }
    json.field("host", host)
    json.field("seq", seq)
    json.field("rtt_ms", rtt)
    if let waited { json.field("waited_ms", waited) }
    json.field("method", method.name)
    if let clock { json.field("clock", clock.name) }
    if let upstreamDelay { json.field("owd_up_ms", upstreamDelay) }
    if let downstreamDelay { json.field("owd_down_ms", downstreamDelay) }
    if let loss { json.field("error", loss.name) }
    if let late { json.field("late_ms", late) }
    json.endObject()
  }
}

extension RTTRecord {
  /// The record of an outcome of a probe to `host`.
  public init(_ outcome: ProbeOutcome, wan: String?, host: String, late: Milliseconds? = nil) {
    self.init(
      time: outcome.sentAt, wan: wan, host: host, seq: outcome.seq, rtt: outcome.rtt,
      method: outcome.method, late: late)
    switch outcome.result {
    case .answered(_, let source): clock = source
    case .lost(let loss, let waited):
      self.loss = loss
      self.waited = waited
    }
  }

  /// The outcome that the record tells of; `target` is the index of its host.
  public func outcome(target: Int) -> ProbeOutcome {
    let result: ProbeOutcome.Result =
      if let rtt {
        .answered(rtt, clock ?? .user)
      } else {
        .lost(loss ?? .timeout, waited: waited ?? late ?? .zero)
      }
    return ProbeOutcome(target: target, method: method, seq: seq, sentAt: time, result: result)
  }
}

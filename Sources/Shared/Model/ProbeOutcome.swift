/// How a latency was measured.
public enum ProbeMethod: UInt8, Sendable, Hashable, CaseIterable {
  case icmp
  case icmpTimestamp
  case tcp
  case gateway

  /// The name in an `rtt` record.
  public var name: String {
    switch self {
    case .icmp: "icmp"
    case .icmpTimestamp: "icmp-timestamp"
    case .tcp: "tcp"
    case .gateway: "gateway"
    }
  }

  public init?(name: String) {
    guard let method = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = method
  }
}

/// Who read the clock when a reply arrived.
public enum TimestampSource: UInt8, Sendable, Hashable, CaseIterable {
  case kernel
  case user

  public var name: String { self == .kernel ? "kernel" : "user" }

  public init?(name: String) {
    guard let source = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = source
  }
}

/// Why a probe counts as lost.
public enum ProbeLoss: UInt8, Sendable, Hashable, CaseIterable {
  /// Nothing came within the probe timeout.
  case timeout
  /// An answer came after its round was closed.
  case late
  /// An ICMP error or a refused or unreachable TCP connection.
  case unreachable
  /// The kernel refused to send (no route, interface down, no buffer).
  case sendFailed
  /// The clock stepped while the probe was under way.
  case clockStep

  /// The name in an `rtt` record.
  public var name: String {
    switch self {
    case .timeout: "timeout"
    case .late: "late"
    case .unreachable: "unreachable"
    case .sendFailed: "send-failed"
    case .clockStep: "clock-step"
    }
  }

  public init?(name: String) {
    guard let loss = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = loss
  }
}

/// What became of one probe: exactly one outcome for each probe that was sent.
public struct ProbeOutcome: Sendable, Equatable {
  /// An answer, or how the probe was lost and how long was waited for it.
  public enum Result: Sendable, Equatable {
    case answered(Milliseconds, TimestampSource)
    case lost(ProbeLoss, waited: Milliseconds)
  }

  /// Index of the reflector, gateway or TCP target in configured order.
  public var target: Int
  public var method: ProbeMethod
  /// The round that the probe belongs to; counts up from 0.
  public var seq: Int
  /// When it was sent, in the loop's time.
  public var sentAt: UnixTime
  public var result: Result

  public init(target: Int, method: ProbeMethod, seq: Int, sentAt: UnixTime, result: Result) {
    self.target = target
    self.method = method
    self.seq = seq
    self.sentAt = sentAt
    self.result = result
  }

  /// The answer's latency; nil when lost.
  public var rtt: Milliseconds? {
    if case .answered(let rtt, _) = result { rtt } else { nil }
  }

  /// When this became known: `sentAt` plus the latency or the time waited.
  public var time: UnixTime {
    switch result {
    case .answered(let rtt, _): sentAt + rtt
    case .lost(_, let waited): sentAt + waited
    }
  }
}

/// What happened to probes and what came without being asked for. Counts since the start.
public struct ProbeCounters: Sendable, Equatable {
  /// Probes that left, and of them: how each ended.
  public var sent = 0
  public var answered = 0
  public var timeouts = 0
  public var unreachable = 0
  public var clockSteps = 0
  /// Probes that the kernel refused to send.
  public var sendFailed = 0
  /// Answers with a transmit stamp of the kernel.
  public var transmitStamps = 0
  /// Times that a socket was opened anew.
  public var reopened = 0

  // Replies that were ignored.

  /// A second answer to the same probe.
  public var duplicates = 0
  /// An answer to a probe that was given up.
  public var late = 0
  /// Our identifier, but not what we sent: wrong cookie, number, payload or source.
  public var forged = 0
  /// Shorter than what we sent.
  public var truncated = 0
  public var wrongChecksum = 0
  /// Replies to other programs, should the kernel let one through.
  public var foreign = 0

  public init() {}
}

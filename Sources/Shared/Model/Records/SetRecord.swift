/// A queue's limit that was written, or that is asked for (on the input of `wanctl-setq`, where
/// only `queue` and `max_limit_bps` matter).
public struct SetRecord: Sendable, Equatable {
  public var time: UnixTime
  public var queue: String
  public var maxLimit: BitsPerSecond
  /// What the router told afterwards; nil when nothing is known.
  public var confirmed: BitsPerSecond?
  /// Whether the router confirmed the limit that was asked for.
  public var applied: Bool
  public var took: Milliseconds?
  public var transport: Transport?
  public var error: String?

  public init(
    time: UnixTime, queue: String, maxLimit: BitsPerSecond, confirmed: BitsPerSecond? = nil,
    applied: Bool = false, took: Milliseconds? = nil, transport: Transport? = nil,
    error: String? = nil
  ) {
    self.time = time
    self.queue = queue
    self.maxLimit = maxLimit
    self.confirmed = confirmed
    self.applied = applied
    self.took = took
    self.transport = transport
    self.error = error
  }

  public func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("type", "set")
    json.field("t", time)
    json.field("queue", queue)
    json.field("max_limit_bps", maxLimit)
    json.field("confirmed_bps", confirmed)
    json.field("applied", applied)
    json.field("took_ms", took)
    json.field("transport", transport?.rawValue)
    json.field("error", error)
    json.endObject()
  }
}

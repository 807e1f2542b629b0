/// A row of `/queue/tree` as the router tells it: counters since boot or reset.
public struct QueueRow: Sendable, Equatable {
  public var name: String
  /// The router's own name of the row; a queue that is made anew gets another one. nil = unknown.
  public var id: String?
  /// `0` = unlimited.
  public var maxLimit: BitsPerSecond
  /// The router's average over about a second; nil where it does not tell.
  public var rate: BitsPerSecond?
  public var bytes: Int64?
  public var packets: Int64?
  /// nil where the leaf queue does not count drops (CAKE).
  public var dropped: Int64?
  public var queuedBytes: Int64?
  public var queuedPackets: Int64?
  public var isDisabled: Bool
  public var isInvalid: Bool
  public var parent: String
  /// The queue type that the row names.
  public var queueType: String
  /// RouterOS's kind of that type: `cake`, `fq-codel`, …; nil = unknown.
  public var leaf: String?

  public init(
    name: String, id: String? = nil, maxLimit: BitsPerSecond, rate: BitsPerSecond? = nil,
    bytes: Int64? = nil, packets: Int64? = nil, dropped: Int64? = nil, queuedBytes: Int64? = nil,
    queuedPackets: Int64? = nil, isDisabled: Bool = false, isInvalid: Bool = false,
    parent: String = "", queueType: String = "", leaf: String? = nil
  ) {
    self.name = name
    self.id = id
    self.maxLimit = maxLimit
    self.rate = rate
    self.bytes = bytes
    self.packets = packets
    self.dropped = dropped
    self.queuedBytes = queuedBytes
    self.queuedPackets = queuedPackets
    self.isDisabled = isDisabled
    self.isInvalid = isInvalid
    self.parent = parent
    self.queueType = queueType
    self.leaf = leaf
  }

  /// What waits, as the time that it takes at the limit; nil without a limit.
  public var backlog: Milliseconds? {
    guard let queuedBytes, maxLimit > .zero else { return nil }
    return Milliseconds(seconds: Double(queuedBytes) * 8 / Double(maxLimit.rawValue))
  }
}

/// One read of one queue with the change since the read before.
public struct QueueRecord: Sendable, Equatable {
  /// The change of the counters over `interval`; none on the first read and after a reset.
  public struct Change: Sendable, Equatable {
    public var bytes: Int64
    public var packets: Int64
    public var dropped: Int64?

    public init(bytes: Int64, packets: Int64, dropped: Int64?) {
      self.bytes = bytes
      self.packets = packets
      self.dropped = dropped
    }
  }

  public var time: UnixTime
  public var wan: String?
  public var row: QueueRow
  /// Since the read before.
  public var interval: Milliseconds?
  public var change: Change?

  public init(
    time: UnixTime, wan: String?, row: QueueRow, interval: Milliseconds? = nil,
    change: Change? = nil
  ) {
    self.time = time
    self.wan = wan
    self.row = row
    self.interval = interval
    self.change = change
  }

  public func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("type", "queue")
    json.field("t", time)
    if let wan { json.field("wan", wan) }
    json.field("queue", row.name)
    json.field("max_limit_bps", row.maxLimit)
    json.field("rate_bps", row.rate)
    json.field("bytes", row.bytes)
    json.field("packets", row.packets)
    json.field("dropped", row.dropped)
    json.field("queued_bytes", row.queuedBytes)
    json.field("queued_packets", row.queuedPackets)
    json.field("interval_s", interval?.seconds)
    json.field("d_bytes", change?.bytes)
    json.field("d_packets", change?.packets)
    json.field("d_dropped", change?.dropped)
    json.field("leaf", row.leaf)
    json.endObject()
  }
}

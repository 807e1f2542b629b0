public import Model

/// What a router tells of the queue that shapes one direction.
public struct ShaperReading: Sendable, Equatable {
  /// Zero = unlimited.
  public var maxLimit: BitsPerSecond
  /// The average over about the last second, as RouterOS's `rate`.
  public var rate: BitsPerSecond
  /// Bytes carried since the beginning.
  public var bytes: Int64
  public var queuedBytes: Int64

  public init(maxLimit: BitsPerSecond, rate: BitsPerSecond, bytes: Int64, queuedBytes: Int64) {
    self.maxLimit = maxLimit
    self.rate = rate
    self.bytes = bytes
    self.queuedBytes = queuedBytes
  }
}

/// The truth about one direction of the line, which no router and no probe tells.
public struct LinkTruth: Sendable, Equatable {
  /// What the provider's link carries now; zero in an outage.
  public var capacity: BitsPerSecond
  /// What the users would send if nothing held them back.
  public var load: BitsPerSecond
  /// Zero = unlimited.
  public var shaper: BitsPerSecond
  /// Bytes that wait in the provider's buffer.
  public var bufferedBytes: Int64
  /// How long these bytes delay whatever comes behind them; infinite in an outage.
  public var bloat: Milliseconds
  /// Bytes that the line has carried, and that its buffers have dropped, since the beginning.
  public var carriedBytes: Int64
  public var droppedBytes: Int64
}

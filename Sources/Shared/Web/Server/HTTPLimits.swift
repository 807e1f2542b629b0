public import Model

/// What a client may ask of a server. Whoever asks for more is refused or cut off; the control
/// thread notices nothing of either.
public struct HTTPLimits: Sendable {
  /// Open connections, of all clients and of one address.
  public var connections = 256
  public var connectionsPerAddress = 192
  /// Request line and headers, bytes.
  public var requestBytes = 16_384
  /// A connection on which nothing happens.
  public var idle = Milliseconds(15_000)
  /// From the beginning of a connection, or the end of a request, to the end of the headers.
  public var headers = Milliseconds(10_000)
  /// From there to the end of the answer; event streams may take longer.
  public var answer = Milliseconds(30_000)
  /// Requests that wait for a disk.
  public var waiting = 16

  public init() {}
}

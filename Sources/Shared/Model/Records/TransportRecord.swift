/// How one of the ways to a router stands.
public struct TransportRecord: Sendable, Equatable {
  public var time: UnixTime
  public var wan: String?
  public var transport: Transport
  /// Whether it is the one that is configured.
  public var isConfigured: Bool
  /// Whether the router was reached in this way.
  public var isUsed: Bool
  public var works: Bool
  /// Why it does not.
  public var error: String?

  public init(
    time: UnixTime, wan: String? = nil, transport: Transport, isConfigured: Bool, isUsed: Bool,
    works: Bool, error: String? = nil
  ) {
    self.time = time
    self.wan = wan
    self.transport = transport
    self.isConfigured = isConfigured
    self.isUsed = isUsed
    self.works = works
    self.error = error
  }

  public func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("type", "transport")
    json.field("t", time)
    if let wan { json.field("wan", wan) }
    json.field("transport", transport.rawValue)
    json.field("configured", isConfigured)
    json.field("used", isUsed)
    json.field("works", works)
    json.field("error", error)
    json.endObject()
  }
}

public import Model

/// A router that is read but never written to: it confirms every limit and rule, and remembers it
/// for the next read, as if it had been set.
public final class DryRunPort: RouterPort {
  private let port: any RouterPort
  private var pretended: [Identifier: BitsPerSecond] = [:]
  private var pretendedRules: [RuleComment: RuleStatus] = [:]

  public init(_ port: any RouterPort) { self.port = port }

  public var transport: Transport { port.transport }
  public var notBefore: MonotonicTime? { port.notBefore }
  public var interrupter: @Sendable () -> Void { port.interrupter }
  public func disconnect() { port.disconnect() }
  public func attend() -> MonotonicTime? { port.attend() }
  public func pause(after failure: RouterFailure, failures: Int) -> Milliseconds {
    port.pause(after: failure, failures: failures)
  }

  public func probe() throws(RouterFailure) -> RouterIdentity { try port.probe() }
  public func readResource() throws(RouterFailure) -> RouterResource { try port.readResource() }
  public func queueNames() throws(RouterFailure) -> [String] { try port.queueNames() }
  public func leafKind(ofType queueType: String) throws(RouterFailure) -> String? {
    try port.leafKind(ofType: queueType)
  }

  public func readQueues(_ names: [Identifier]) throws(RouterFailure) -> [QueueRow?] {
    var rows = try port.readQueues(names)
    for (index, name) in names.enumerated() {
      if let limit = pretended[name] { rows[index]?.maxLimit = limit }
    }
    return rows
  }

  public func setLimit(_ limit: BitsPerSecond, of queue: Identifier) throws(RouterFailure) {
    pretended[queue] = limit
  }

  public func readRows(
    _ menu: RouterMenu, properties: [String]
  ) throws(RouterFailure) -> [RouterRow] {
    try port.readRows(menu, properties: properties)
  }

  public func ruleStatus(_ comment: RuleComment) throws(RouterFailure) -> RuleStatus {
    let status = try port.ruleStatus(comment)
    switch status {
    case .enabled, .disabled: return pretendedRules[comment] ?? status
    case .missing, .ambiguous: return status
    }
  }

  public func setRule(_ comment: RuleComment, enabled: Bool) throws(RouterFailure) {
    let refusal = try port.ruleStatus(comment).refusal(
      comment, transport: port.transport,
      operation: RuleStatus.operation(comment, enabled: enabled))
    if let refusal { throw refusal }
    pretendedRules[comment] = enabled ? .enabled : .disabled
  }

  /// Counts the connections that would be removed.
  public func flushConnections(ports: [UInt16]) throws(RouterFailure) -> Int {
    guard !ports.isEmpty else { return 0 }
    let rows = try port.readRows(.connections, properties: TrackedConnections.properties)
    return TrackedConnections.ids(Set(ports), in: rows).count
  }
}

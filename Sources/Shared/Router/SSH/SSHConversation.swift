public import Model
public import SSHClient

/// Lines for a router's console and its output as it is, for whoever examines what a router says.
/// What keeps queues or rules uses `SSHRouter`.
public final class SSHConversation {
  private let client: SSHClient
  private let failures: SSHFailures
  private let timeout: Milliseconds

  /// - Parameter knownHosts: where the router's key must be found.
  public init(_ settings: RouterSettings, knownHosts: KnownHosts = .standard) {
    client = SSHClient(SSHServer(settings, knownHosts: knownHosts))
    failures = SSHFailures(settings)
    timeout = settings.operationTimeout
  }

  /// Runs a line that only reads.
  public func send(_ line: String) throws(RouterFailure) -> SSHReply {
    do {
      return try client.execute(line, timeout: timeout)
    } catch {
      throw failures.failure(error, operation: line, isWrite: false)
    }
  }
}

import CSSH2
public import Model
import Platform

/// Runs commands on one SSH server: one connection that is kept, total deadlines, bounded memory.
/// It belongs to one thread and blocks it; only its canceller may be used by others.
///
/// The server's key must be known before anything is said to it. Nothing is ever learned by itself.
public final class SSHClient {
  /// Longer output is refused.
  public static let maximumOutputBytes = 4 << 20

  public let canceller = SSHCanceller()
  private let server: SSHServer
  private var connection: SSHConnection?

  public init(_ server: SSHServer) { self.server = server }

  /// libssh2's version as it runs here, e.g. `1.10.0`.
  public static var libraryVersion: String {
    libssh2_version(0).map { String(cString: $0) } ?? ""
  }

  /// Whether the library signs with RSA keys by SHA-2: 1.11 and later. SHA-1 signatures are refused
  /// by many servers.
  public static var signsRSAWithSHA2: Bool { libssh2_version(0x01_0B00) != nil }

  /// Closes the connection; the next command opens a new one.
  public func disconnect() { connection = nil }

  /// Opens the connection and logs in, unless that has been done.
  ///
  /// - Parameter timeout: for everything together.
  public func connect(timeout: Milliseconds) throws(SSHFailure) {
    _ = try connected(until: Clock.monotonic() + timeout)
  }

  /// Runs a command and waits for the end of its output.
  ///
  /// A connection that the server has closed meanwhile is replaced, as long as the server cannot
  /// have got the command.
  ///
  /// - Parameter timeout: for everything together, from the name's lookup to the last byte.
  public func execute(
    _ command: String, timeout: Milliseconds
  ) throws(SSHFailure) -> SSHReply {
    let deadline = Clock.monotonic() + timeout
    guard !canceller.isCancelled else { throw SSHFailure(.cancelled) }
    if let connection, connection.isAlive {
      do throws(SSHFailure) {
        return try execute(command, on: connection, until: deadline)
      } catch {
        guard error.kind == .reset, !error.mayHaveBeenSent else { throw error }
      }
    }
    connection = nil
    let fresh = try connected(until: deadline)
    var reply = try execute(command, on: fresh, until: deadline)
    reply.openedConnection = true
    return reply
  }

  private func execute(
    _ command: String, on connection: SSHConnection, until deadline: MonotonicTime
  ) throws(SSHFailure) -> SSHReply {
    do throws(SSHFailure) {
      let (reply, isReusable) = try connection.execute(command, until: deadline)
      if !isReusable { self.connection = nil }
      return reply
    } catch {
      // What still comes on this connection would be taken for the next answer.
      self.connection = nil
      var failure = error
      failure.mayHaveBeenSent = connection.isCommandSent
      throw failure
    }
  }

  private func connected(until deadline: MonotonicTime) throws(SSHFailure) -> SSHConnection {
    if let connection { return connection }
    guard !canceller.isCancelled else { throw SSHFailure(.cancelled) }
    if let trouble = canceller.trouble { throw SSHFailure(.unusable, detail: "\(trouble)") }
    let (host, port) = (server.host, server.port)
    let types = try server.knownHosts.types(host: host, port: port)
    let fresh = try SSHConnection(
      server, preferring: types, until: deadline, canceller: canceller)
    let key = try fresh.hostKey()
    switch try server.knownHosts.standing(of: key, host: host, port: port) {
    case .known: break
    case .unknown: throw SSHFailure(.hostKeyUnknown(key))
    case .changed(let place): throw SSHFailure(.hostKeyChanged(key, place))
    case .revoked(let place): throw SSHFailure(.hostKeyRevoked(key, place))
    }
    try fresh.authenticate(server, until: deadline)
    connection = fresh
    return fresh
  }

  /// The key that a server shows, whatever it is worth. Nothing is sent but the key exchange.
  public static func hostKey(
    of server: SSHServer, timeout: Milliseconds
  ) throws(SSHFailure) -> HostKey {
    let types = try server.knownHosts.types(host: server.host, port: server.port)
    let connection = try SSHConnection(
      server, preferring: types, until: Clock.monotonic() + timeout, canceller: SSHCanceller())
    return try connection.hostKey()
  }
}

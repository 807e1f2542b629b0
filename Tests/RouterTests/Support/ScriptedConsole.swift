import Foundation
import Model
import Platform
import Router
import SSHClient
import TestSupport

/// A router's console over a real `sshd` that answers with what a test has prepared, one text per
/// command, and keeps the commands.
final class ScriptedConsole {
  let server: PrivateSSHServer

  private static let script = """
    printf '%s\\n' "$SSH_ORIGINAL_COMMAND" >> commands
    next=$(ls replies | sort -n | head -n 1)
    [ -n "$next" ] || { echo 'script error: no reply is left'; exit 0; }
    [ -s "replies/$next" ] && [ "$(cat "replies/$next")" = hang ] && exec cat
    cat "replies/$next"
    rm "replies/$next"
    """
  private var count = 0

  /// Of nobody: the first command finds no reply.
  init(_ replies: String...) throws {
    server = try PrivateSSHServer(script: Self.script)
    try FileManager.default.createDirectory(
      at: server.folder.appending(path: "replies"), withIntermediateDirectories: true)
    for text in replies { try reply(text) }
  }

  deinit { server.close() }

  /// One more reply. Its lines end as on a router.
  func reply(_ text: String) throws {
    count += 1
    let bytes = text.replacing("\n", with: "\r\n")
    try Data(bytes.utf8).write(to: server.folder.appending(path: "replies/\(count)"))
  }

  /// What was sent, in order.
  var commands: [String] {
    let text = try? String(
      contentsOf: server.folder.appending(path: "commands"), encoding: .utf8)
    return (text ?? "").split(separator: "\n").map(String.init)
  }

  func settings(_ change: (inout RouterSettings) -> Void = { _ in }) -> RouterSettings {
    var settings = RouterSettings(
      host: "127.0.0.1", user: server.user, transport: .ssh, sshPort: server.port,
      sshKeyFile: PrivateSSHServer.Keys.file("user_ed25519"),
      operationTimeout: Milliseconds(seconds: 30))
    change(&settings)
    return settings
  }

  func knownHosts(_ text: String? = nil) throws -> KnownHosts {
    KnownHosts(
      systemFile: nil, userFile: try server.knownHosts(text ?? server.knownHostsLine()))
  }

  func port(_ change: (inout RouterSettings) -> Void = { _ in }) throws -> SSHRouter {
    SSHRouter(settings(change), now: Clock.monotonic, knownHosts: try knownHosts())
  }
}

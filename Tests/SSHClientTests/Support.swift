import Foundation
import Model
import SSHClient
import TestSupport
import Testing

/// Answers the commands that the tests send.
let script = """
  case "$SSH_ORIGINAL_COMMAND" in
    "say "*) printf '%s\\r\\n' "${SSH_ORIGINAL_COMMAND#say }" ;;
    hang) : > hanging; exec cat ;;
    split) for part in 1 2 3 4 5; do printf 'part%s ' $part; sleep 0.02; done ;;
    "zeros "*) head -c "${SSH_ORIGINAL_COMMAND#zeros }" /dev/zero ;;
    fail) echo spoken; echo bad >&2; exit 3 ;;
    nothing) ;;
    killed) printf 612; kill -9 $$ ;;
  esac
  """

extension PrivateSSHServer {
  convenience init(hostKeys: [String] = ["host_ed25519"], settings: [String] = []) throws {
    try self.init(hostKeys: hostKeys, settings: settings, script: script)
  }

  /// A client that knows the server's key and has a key that the server takes.
  func client(
    key: String? = "user_ed25519", password: String = "", knownHosts: String? = nil
  ) throws -> SSHClient {
    SSHClient(try server(key: key, password: password, knownHosts: knownHosts))
  }

  func server(
    key: String? = "user_ed25519", password: String = "", knownHosts: String? = nil
  ) throws -> SSHServer {
    let known = knownHosts ?? knownHostsLine() + knownHostsLine("host_rsa")
    return SSHServer(
      host: "127.0.0.1", port: port, user: user, keyFile: key.map(Keys.file),
      password: Secret(password),
      knownHosts: KnownHosts(systemFile: nil, userFile: try self.knownHosts(known)))
  }
}

/// Generous: the machine may be busy.
let patience = Milliseconds(seconds: 30)

func text(_ reply: SSHReply) -> String { String(decoding: reply.output, as: UTF8.self) }

func failure<Result>(_ body: () throws -> Result) -> SSHFailure? {
  do {
    _ = try body()
  } catch let failure as SSHFailure {
    return failure
  } catch {
    Issue.record(error)
  }
  return nil
}

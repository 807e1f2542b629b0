import Model
import SSHClient

/// Which failure a broken command is, and the words for it.
struct SSHFailures {
  var host: String
  var port: Int
  var user: String

  init(_ settings: RouterSettings) {
    host = settings.host
    port = settings.sshPort
    user = settings.user
  }

  /// - Parameter isWrite: the outcome of a write is unknown once it may have been sent.
  func failure(_ failure: SSHFailure, operation: String, isWrite: Bool) -> RouterFailure {
    RouterFailure(
      failureClass(failure.kind), transport: .ssh, operation: operation,
      message: message(failure),
      outcome: isWrite && failure.mayHaveBeenSent ? .unknown : .notDone)
  }

  private func failureClass(_ kind: SSHFailure.Kind) -> RouterFailure.Class {
    switch kind {
    case .refused: .connectionRefused
    case .unreachable: .networkUnreachable
    case .nameNotFound: .dnsFailure
    case .timeout, .cancelled: .timeout
    case .reset: .reset
    case .noCommonAlgorithm, .handshake, .hostKeyUnknown, .hostKeyChanged, .hostKeyRevoked,
      .knownHosts:
      .tls
    case .keyFile, .authentication: .authFailure
    case .commandRefused: .permission
    case .notSSH, .tooLarge, .protocolError, .unusable: .protocolError
    }
  }

  private func message(_ failure: SSHFailure) -> String {
    let detail = failure.detail
    let trust = "wanctl-setq trust --config FILE"
    return switch failure.kind {
    case .refused:
      "nothing listens on port \(port) of \(host): enable the service there "
        + "(/ip/service enable ssh), or correct router.ssh_port"
    case .unreachable:
      "\(host) cannot be reached (\(detail)): check router.host and the route to it"
    case .nameNotFound: "the name '\(host)' has no address: check router.host"
    case .timeout: "no answer in time from \(host) port \(port)"
    case .cancelled: "given up because the program ends"
    case .reset:
      "\(host) port \(port) broke the connection (\(detail)); if it always does, the service's "
        + "allowed addresses (/ip/service set ssh address=) leave this host out"
    case .notSSH:
      "what answers on \(host) port \(port) is no SSH server (\(detail)): correct router.ssh_port"
    case .noCommonAlgorithm:
      "the router and libssh2 \(SSHClient.libraryVersion) have no algorithm in common (\(detail)): "
        + "on the router, /ip/ssh set host-key-type=ed25519 (RouterOS 7.9 and later) and "
        + "ciphers=auto, then \(trust)"
        + (SSHClient.signsRSAWithSHA2 ? "" : "; or install libssh2 1.11 or later here")
    case .handshake: "no key exchange with \(host) port \(port) (\(detail))"
    case .hostKeyUnknown(let key):
      "the router's \(key.type) key \(key.fingerprint) is not known here: "
        + "\(trust) shows how to compare and accept it"
    case .hostKeyChanged(let key, let place):
      "the router shows the \(key.type) key \(key.fingerprint), not the one in \(place): somebody "
        + "may stand between; if the router was set up anew, \(trust) shows how to accept it"
    case .hostKeyRevoked(let key, let place):
      "the router's key \(key.fingerprint) is revoked by \(place): give the router another one"
    case .knownHosts: "the list of known hosts cannot be used (\(detail))"
    case .keyFile(let problem): keyFileMessage(problem, detail)
    case .authentication(let refusal): refusalMessage(refusal)
    case .commandRefused:
      "the router runs no command for user '\(user)' (\(detail)): its group needs the policy ssh "
        + "(/user/group set)"
    case .tooLarge: "the answer is larger than \(SSHClient.maximumOutputBytes >> 20) MiB"
    case .protocolError: "what the router sent cannot be used (\(detail))"
    case .unusable: "the connection cannot be set up (\(detail))"
    }
  }

  private func keyFileMessage(_ problem: SSHFailure.KeyFileProblem, _ detail: String) -> String {
    switch problem {
    case .unreadable: "router.ssh_key cannot be read (\(detail))"
    case .hasPassphrase:
      "router.ssh_key has a passphrase (\(detail)): make a key without one "
        + "(ssh-keygen -t ed25519 -N '')"
    case .unknownFormat:
      "router.ssh_key is in a format that libssh2 cannot read (\(detail)): make a new one "
        + "(ssh-keygen -t ed25519 -N '')"
    }
  }

  private func refusalMessage(_ refusal: SSHFailure.Refusal) -> String {
    guard refusal.keyType != nil || refusal.triedPassword || refusal.offered.isEmpty else {
      return "neither router.ssh_key nor router.ssh_password is set"
    }
    let offered =
      refusal.offered.isEmpty ? "" : " (it offers \(refusal.offered.joined(separator: ", ")))"
    var hints: [String] = []
    if refusal.keyType == "ssh-rsa", !SSHClient.signsRSAWithSHA2 {
      hints.append(
        "libssh2 \(SSHClient.libraryVersion) signs with RSA keys by SHA-1 only, which the router "
          + "may refuse: use an ed25519 user key (RouterOS 7.12 and later)")
    }
    if refusal.triedPassword, !refusal.offered.isEmpty, !refusal.offered.contains("password") {
      hints.append(
        "it takes no password, as for every user with a key: set router.ssh_key, or change "
          + "password-authentication in /ip/ssh")
    }
    if hints.isEmpty {
      hints.append(
        "check router.user"
          + (refusal.triedPassword ? ", router.ssh_password" : "")
          + ", the user's key on the router (/user/ssh-keys print), the policy ssh of its group, "
          + "and the user's allowed address")
    }
    return "the router refuses user '\(user)'\(offered): " + hints.joined(separator: "; ")
  }
}

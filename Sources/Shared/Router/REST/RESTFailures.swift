import HTTPClient
import Model

/// Which failure an answer or a broken request is, and the words for it.
struct RESTFailures {
  var host: String
  var port: Int
  var user: String
  var usesTLS: Bool

  init(_ settings: RouterSettings) {
    host = settings.host
    port = settings.port
    user = settings.user
    usesTLS = settings.usesTLS
  }

  /// - Parameter isWrite: the outcome of a write is unknown once it may have been sent.
  func failure(_ failure: HTTPFailure, operation: String, isWrite: Bool) -> RouterFailure {
    RouterFailure(
      failureClass(failure.kind), transport: .rest, operation: operation,
      message: message(failure),
      outcome: isWrite && failure.mayHaveBeenSent ? .unknown : .notDone)
  }

  private func failureClass(_ kind: HTTPFailure.Kind) -> RouterFailure.Class {
    switch kind {
    case .refused: .connectionRefused
    case .unreachable: .networkUnreachable
    case .nameNotFound: .dnsFailure
    case .timeout, .cancelled: .timeout
    case .reset: .reset
    case .tls: .tls
    case .notHTTP, .tooLarge, .unusable: .protocolError
    }
  }

  private func message(_ failure: HTTPFailure) -> String {
    let service = usesTLS ? "www-ssl" : "www"
    return switch failure.kind {
    case .refused:
      "nothing listens on port \(port) of \(host): enable the service there "
        + "(/ip/service enable \(service)), or correct router.port"
    case .unreachable:
      "\(host) cannot be reached (\(failure.detail)): check router.host and the route to it"
    case .nameNotFound: "the name '\(host)' has no address: check router.host"
    case .timeout: "no answer in time from \(host) port \(port) (\(failure.detail))"
    case .cancelled: "given up because the program ends"
    case .reset:
      "\(host) port \(port) broke the connection (\(failure.detail)); if it always does, "
        + (usesTLS && !failure.mayHaveBeenSent
          ? "it does not speak TLS (then router.tls: no), or " : "")
        + "the service's allowed addresses (/ip/service set \(service) address=) leave this host out"
    case .tls(let problem): tlsMessage(problem, failure.detail)
    case .notHTTP:
      "what answers on \(host) port \(port) is no HTTP (\(failure.detail))"
        + (usesTLS ? "" : "; if it speaks TLS, set router.tls: yes")
    case .tooLarge: "the answer is larger than \(HTTPClient.maximumBodyBytes >> 20) MiB"
    case .unusable: "the connection cannot be set up (\(failure.detail))"
    }
  }

  private func tlsMessage(_ problem: HTTPFailure.TLSProblem, _ detail: String) -> String {
    let pin = "pin its key (wanctl-setq trust shows it)"
    return switch problem {
    case .expired: "the router's certificate has expired: renew it on the router, or \(pin)"
    case .notYetValid:
      "the router's certificate is not valid yet: check the clocks of the router and of this host"
    case .wrongName:
      "the router's certificate is not made out for '\(host)': put a name that it carries in "
        + "router.host, or \(pin)"
    case .unknownAuthority:
      "nobody known here signed the router's certificate: name its authority in router.ca_file, "
        + "or \(pin)"
    case .pinMismatch:
      "the router's key is not the one in router.pin_sha256; if it was changed on purpose, "
        + "wanctl-setq trust shows the new one"
    case .handshake:
      "no TLS handshake with \(host) port \(port) (\(detail)): the service www-ssl needs a "
        + "certificate (/ip/service set www-ssl certificate=NAME)"
    case .tooOld:
      "\(host) port \(port) speaks no TLS 1.2: /ip/service set www-ssl tls-version=only-1.2"
    case .notTLS:
      "\(host) port \(port) does not speak TLS: set router.tls: no, or correct router.port"
    case .authorityFile: "router.ca_file cannot be read (\(detail))"
    case .other: "the router's certificate cannot be verified (\(detail))"
    }
  }
}

extension RESTFailures {
  /// The failure that an answer with an error status is.
  func failure(_ response: HTTPResponse, operation: String, isWrite: Bool) -> RouterFailure {
    let detail = RESTReply.decode(ErrorReply.self, response.body)?.detail?.text ?? ""
    let shown = detail.isEmpty ? "HTTP \(response.status)" : "HTTP \(response.status): \(detail)"
    let (failureClass, message) = judge(response.status, detail, shown, isWrite: isWrite)
    // An error status does not prove that nothing happened.
    let isDone = response.status != 401 && response.status != 403 && response.status != 404
    return RouterFailure(
      failureClass, transport: .rest, operation: operation, message: message,
      outcome: isWrite && isDone ? .unknown : .notDone)
  }

  private func judge(
    _ status: Int, _ detail: String, _ shown: String, isWrite: Bool
  ) -> (RouterFailure.Class, String) {
    func policy(_ names: String) -> String {
      "user '\(user)' may not do this (\(shown)): its group needs the policy \(names) "
        + "(/user/group set)"
    }
    switch status {
    case 401:
      return (
        .authFailure,
        "the router refuses user '\(user)' (HTTP 401): check router.user and router.password, "
          + "the policy rest-api of the user's group, and the user's allowed address"
      )
    case 403:
      return (
        .serviceOff,
        "REST is switched off on port \(port) of \(host) (HTTP 403): set "
          + "\(usesTLS ? "rest-secure" : "rest-plain")=yes for the router's web server"
      )
    case 404: return (.missing, "the router has no such record (HTTP 404)")
    case 400, 406:
      if detail == "Session closed" {
        return (
          .busy,
          "the router gave up the request because another one of user '\(user)' "
            + "held it up (\(shown)): use a router user for this daemon alone"
        )
      }
      if isNoSuchName(detail) { return (.missing, "the router has no such record (\(shown))") }
      if isWrite, detail == "missing or invalid resource identifier" {
        return (.permission, policy("write"))
      }
      return (.rejected, "the router refuses this (\(shown))")
    case 500 where detail.contains("not allowed (9)"): return (.permission, policy("api"))
    case 500 where detail.contains("not enough permissions"):
      return (.permission, policy(isWrite ? "write" : "read"))
    default: return (.protocolError, "unexpected answer (\(shown))")
    }
  }

  /// `no such command or directory (NAME)`: the record is gone, or the menu never was.
  private func isNoSuchName(_ detail: String) -> Bool {
    detail.hasPrefix("no such command or directory (")
  }
}

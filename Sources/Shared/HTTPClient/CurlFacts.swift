import CCurl
import Glibc

/// What libcurl tells about a transfer that failed.
struct CurlFacts {
  var code: CURLcode
  var detail: String
  /// Of the last system call that failed; 0 = none.
  var errno: Int32
  /// OpenSSL's `X509_V_ERR_…`; 0 = the chain is fine.
  var verifyResult: Int
  var isTooLarge: Bool
  var wasSent: Bool
}

extension HTTPFailure {
  init(_ facts: CurlFacts) {
    let kind = Self.kind(facts)
    self.init(kind, detail: facts.detail, mayHaveBeenSent: facts.wasSent)
  }

  private static func kind(_ facts: CurlFacts) -> Kind {
    if facts.isTooLarge { return .tooLarge }
    switch facts.code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return .nameNotFound
    case CURLE_OPERATION_TIMEDOUT: return .timeout
    case CURLE_COULDNT_CONNECT:
      switch facts.errno {
      case ECONNREFUSED: return .refused
      case ETIMEDOUT: return .timeout
      case ECONNRESET: return .reset
      default: return .unreachable
      }
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE: return .reset
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR:
      return .tls(verification(facts.verifyResult))
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH: return .tls(.pinMismatch)
    case CURLE_SSL_CACERT_BADFILE: return .tls(.authorityFile)
    case CURLE_SSL_CONNECT_ERROR: return handshake(facts)
    case CURLE_SSL_CIPHER, CURLE_USE_SSL_FAILED: return .tls(.handshake)
    case CURLE_URL_MALFORMAT, CURLE_FAILED_INIT, CURLE_OUT_OF_MEMORY, CURLE_NOT_BUILT_IN,
      CURLE_UNKNOWN_OPTION, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_SSL_ENGINE_NOTFOUND,
      CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED:
      return .unusable
    default: return .notHTTP
    }
  }

  /// The numbers are OpenSSL's (x509_vfy.h). A chain without fault that is refused all the same
  /// carries the wrong name, which libcurl checks itself.
  private static func verification(_ result: Int) -> TLSProblem {
    switch result {
    case 0, 62, 64: .wrongName
    case 9: .notYetValid
    case 10: .expired
    case 2, 18, 19, 20, 21, 27: .unknownAuthority
    default: .other
    }
  }

  private static func handshake(_ facts: CurlFacts) -> Kind {
    let text = facts.detail.lowercased()
    func says(_ parts: String...) -> Bool { parts.contains { text.contains($0) } }
    if facts.errno == ECONNRESET || says("connection reset", "ssl_error_syscall", "unexpected eof")
    {
      return .reset
    }
    if says("wrong version number", "packet length too long", "unexpected tls packet") {
      return .tls(.notTLS)
    }
    if says("unsupported protocol", "protocol version") { return .tls(.tooOld) }
    return .tls(.handshake)
  }
}

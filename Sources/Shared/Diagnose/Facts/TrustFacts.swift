public import HTTPClient

/// What TLS with the router came to.
public enum TLSFacts: Sendable, Equatable {
  /// REST is not used, or without TLS.
  case notUsed
  /// A connection as the configuration wants it.
  ///
  /// - Parameters:
  ///   - failure: why it did not come about; nil = it did.
  ///   - pin: of the key that the router showed, for `router.pin_sha256`; nil when it showed none.
  case tried(failure: HTTPFailure?, pin: String?)

  public var problem: HTTPFailure.TLSProblem? {
    guard case .tried(let failure?, _) = self, case .tls(let problem) = failure.kind else {
      return nil
    }
    return problem
  }

  public var pin: String? {
    if case .tried(_, let pin) = self { pin } else { nil }
  }
}

/// What the SSH host key of the router is to this host.
public enum HostKeyFacts: Sendable, Equatable {
  /// SSH is not used.
  case notUsed
  /// The router could not be asked.
  case unseen
  case trusted
  /// `fingerprint` is what the router showed: `SHA256:…`.
  case unknown(fingerprint: String)
  /// Another key is known for this router, or this one is revoked, by the line at `place`.
  case changed(fingerprint: String, place: String)

  /// Whether no login is attempted because of it.
  var isDistrusted: Bool {
    switch self {
    case .notUsed, .unseen, .trusted: false
    case .unknown, .changed: true
    }
  }
}

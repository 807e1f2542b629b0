/// Why an operation on a router failed, as a value that the reactions are chosen by.
public struct RouterFailure: Error, Sendable, Equatable {
  /// What kind of failure it was; each kind has one reaction.
  public enum Class: String, Sendable, CaseIterable {
    case staleConnection = "stale_connection"
    case connectionRefused = "connection_refused"
    case networkUnreachable = "network_unreachable"
    case dnsFailure = "dns_failure"
    case timeout
    case reset
    case tls
    case authFailure = "auth_failure"
    /// The router answers, but the service is switched off there.
    case serviceOff = "service_off"
    case permission
    case rejected
    case missing
    case busy
    case verifyMismatch = "verify_mismatch"
    case protocolError = "protocol"

    /// Whether the router counts as out of reach after it.
    public var isUnreachable: Bool {
      switch self {
      case .connectionRefused, .networkUnreachable, .dnsFailure, .timeout, .reset, .tls,
        .authFailure, .serviceOff, .protocolError:
        true
      case .staleConnection, .permission, .rejected, .missing, .busy, .verifyMismatch: false
      }
    }
  }

  /// What is known about the effect of the operation that failed.
  public enum Outcome: Sendable, Equatable {
    case notDone
    /// It may or may not have been carried out: read back before it is repeated.
    case unknown
  }

  public var failureClass: Class
  public var transport: Transport
  /// What was attempted, e.g. `set WAN-Download-1 to 612M`.
  public var operation: String
  /// What is wrong and what to do about it, without secrets.
  public var message: String
  public var outcome: Outcome

  public init(
    _ failureClass: Class, transport: Transport, operation: String, message: String,
    outcome: Outcome = .notDone
  ) {
    self.failureClass = failureClass
    self.transport = transport
    self.operation = operation
    self.message = message
    self.outcome = outcome
  }
}

extension RouterFailure: CustomStringConvertible {
  public var description: String { "\(operation): \(message) (\(transport.rawValue))" }
}

/// A way to the router.
public enum Transport: String, Sendable, CaseIterable {
  case rest
  case ssh

  /// `REST`, `SSH`: for sentences.
  public var name: String {
    switch self {
    case .rest: "REST"
    case .ssh: "SSH"
    }
  }
}

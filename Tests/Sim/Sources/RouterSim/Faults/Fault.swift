/// The fault modes that can be armed. Each has a fixed expectation for a client.
enum FaultCode: String, CaseIterable {
  case portClosed = "T1"
  case blackhole = "T2"
  case resetBeforeReply = "T3"
  case staleConnection = "T4"
  case cutReply = "T5"
  case drip = "T6"
  case garbage = "T7"
  case stall = "T8"
  case certificate = "L1"
  case certificateChange = "L2"
  case unauthorized = "A1"
  case permission = "A2"
  case serviceOff = "A3"
  case rejected = "E1"
  case recreated = "E2"
  case unchanged = "E3"
  case otherRecord = "E4"
  case appliedButRefused = "E5"
  case unsupportedMedia = "E6"
  case busyUser = "Q1"
  case sessionClosed = "Q2"
  case abortDamage = "Q3"
  case countersBack = "V1"
  case oddStatistics = "V2"
  case frozenDrops = "V3"
  case queueState = "V4"
  case twinRules = "V5"
  case ruleWithoutDisabled = "V6"
  case otherAdmin = "V7"
  case reboot = "B1"
  case silentReboot = "B2"
  case flashWear = "F1"
  case loginRefused = "S1"
  case hostKeyChange = "S2"
  case errorText = "S3"
  case openEnd = "S4"
  case silentNothing = "S5"
  case noCommonAlgorithm = "S6"
  case splitOutput = "S7"

  enum Level {
    /// Changes one request.
    case request
    /// Changes the world: at once, or just before the request that it waits for.
    case world
    /// Changes the listeners, at once.
    case service
    /// Changes how one SSH connection begins.
    case login
  }

  /// Whether it means anything to requests of a service.
  func concerns(_ service: ServiceName) -> Bool {
    switch self {
    case .errorText, .openEnd, .silentNothing, .splitOutput: service == .ssh
    case .unauthorized, .serviceOff, .unsupportedMedia: service.isWeb
    default: true
    }
  }
}

extension Fault {
  var level: FaultCode.Level {
    switch code {
    case .blackhole: ["syn", "tls"].contains(args["stage"]?.text) ? .service : .request
    case .portClosed, .certificate, .certificateChange, .reboot, .hostKeyChange: .service
    case .loginRefused, .noCommonAlgorithm: .login
    case .recreated, .otherRecord, .busyUser, .abortDamage, .countersBack, .frozenDrops,
      .queueState, .twinRules, .ruleWithoutDisabled, .otherAdmin, .silentReboot, .flashWear:
      .world
    default: .request
    }
  }
}

/// Which requests a fault is meant for. What is nil matches everything.
struct Match: Equatable {
  var user: String?
  var method: String?
  /// Beginning of the path, with or without `/rest`, or of the line of SSH.
  var path: String?
  /// `www`, `www-ssl` or `ssh`.
  var service: String?
  /// Text that the body contains.
  var body: String?

  func accepts(_ request: Request, service: ServiceName) -> Bool {
    if let user, request.user != user { return false }
    if let method, request.method != method { return false }
    if let path, !request.target.hasPrefix(path), !request.target.hasPrefix("/rest/" + path) {
      return false
    }
    if let wanted = self.service, wanted != service.rawValue { return false }
    if let body, !String(decoding: request.body, as: UTF8.self).contains(body) { return false }
    return true
  }
}

/// An armed fault.
final class Fault {
  let id: Int
  let code: FaultCode
  let match: Match?
  /// Matching requests to leave alone first.
  let after: Int
  /// How many to spoil then; 0 = all.
  let count: Int
  let args: JSON
  private var seen = 0
  private(set) var fired = 0

  init(id: Int, code: FaultCode, match: Match?, after: Int, count: Int, args: JSON) {
    self.id = id
    self.code = code
    self.match = match
    self.after = after
    self.count = count
    self.args = args
  }

  /// Counts a request; true when it is to be spoilt.
  func claims(_ request: Request, service: ServiceName) -> Bool {
    guard match?.accepts(request, service: service) ?? true else { return false }
    seen += 1
    guard seen > after, count == 0 || fired < count else { return false }
    fired += 1
    return true
  }

  /// Counts a connection that begins; true when it is to be spoilt.
  func claimsConnection() -> Bool {
    seen += 1
    guard seen > after, count == 0 || fired < count else { return false }
    fired += 1
    return true
  }

  func noteFired() { fired += 1 }

  var json: JSON {
    [
      "id": .int(id), "fault": .string(code.rawValue), "after": .int(after),
      "count": .int(count), "seen": .int(seen), "fired": .int(fired), "args": args,
    ]
  }
}

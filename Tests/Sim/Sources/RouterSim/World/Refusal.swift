/// Why the router does not do what it was asked, with RouterOS's own words.
enum Refusal: Error, Equatable {
  /// 400 with this `detail`.
  case bad(String)
  /// 404 without detail: an unknown `*ID` in a valid menu.
  case notFound
  case unauthorized
  /// 403 with an HTML page: the service's REST is switched off.
  case forbidden
  case unsupportedMedia
  /// 500 with this `detail`.
  case failed(String)
  case notImplemented
  case unavailable

  static let notPermitted = Refusal.failed("not enough permissions (9)")
  static let notAllowed = Refusal.failed("std failure: not allowed (9)")
  static let masked = Refusal.bad("missing or invalid resource identifier")
  static let noCommand = Refusal.bad("no such command")
  static let noPrefix = Refusal.bad("no such command prefix")
  static let noID = Refusal.bad("missing =.id=")
  static let malformed = Refusal.bad("Failed to parse json")
  static let sessionClosed = Refusal.bad("Session closed")

  static func noDirectory(_ name: some StringProtocol) -> Refusal {
    .bad("no such command or directory (\(name))")
  }
  static func unknown(parameter: String) -> Refusal { .bad("unknown parameter \(parameter)") }
  static func invalid(argument: String) -> Refusal {
    .bad("invalid value for argument \(argument)")
  }
  static func noMatch(of argument: String) -> Refusal {
    .bad("input does not match any value of \(argument)")
  }

  var status: Int {
    switch self {
    case .bad: 400
    case .unauthorized: 401
    case .forbidden: 403
    case .notFound: 404
    case .unsupportedMedia: 415
    case .failed: 500
    case .notImplemented: 501
    case .unavailable: 503
    }
  }

  /// The text that the console would show; nil where REST has none.
  var detail: String? {
    switch self {
    case .bad(let detail), .failed(let detail): detail
    case .notFound: nil
    default: nil
    }
  }
}

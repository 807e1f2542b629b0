/// A trouble that an alert tells of.
public enum AlertCondition: String, Sendable, CaseIterable {
  case wanDown = "wan_down"
  case routerUnreachable = "router_unreachable"
  case red
  case floorHeld = "floor_held"
  case errors
  case loopLate = "loop_late"
  case storageFailing = "storage_failing"
  case steered
  case steeringUnable = "steering_unable"
  case steeringGone = "steering_gone"
  /// Sent by hand, to see whether alerts arrive.
  case test

  public enum Severity: String, Sendable {
    case critical
    case warning
    case info
  }

  public var severity: Severity {
    switch self {
    case .wanDown, .routerUnreachable, .steeringUnable, .steeringGone: .critical
    case .red, .floorHeld, .errors, .loopLate, .storageFailing: .warning
    case .steered, .test: .info
    }
  }

  /// A few words for a headline: `WAN down`.
  public var title: String {
    switch self {
    case .wanDown: "WAN down"
    case .routerUnreachable: "router unreachable"
    case .red: "RED for long"
    case .floorHeld: "rate at its floor"
    case .errors: "many errors"
    case .loopLate: "loop late"
    case .storageFailing: "storage failing"
    case .steered: "steering is on"
    case .steeringUnable: "steering cannot work"
    case .steeringGone: "steering is not running"
    case .test: "test"
    }
  }

  /// The headline when it is over.
  public var recoveryTitle: String {
    switch self {
    case .wanDown: "WAN up again"
    case .routerUnreachable: "router answers again"
    case .red: "no longer RED"
    case .floorHeld: "rate above its floor again"
    case .errors: "errors have ended"
    case .loopLate: "loop in time again"
    case .storageFailing: "storage works again"
    case .steered: "steering is off"
    case .steeringUnable: "steering works again"
    case .steeringGone: "steering runs again"
    case .test: "test"
    }
  }
}

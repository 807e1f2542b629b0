import Model

/// How long the router is left alone after a failure.
enum FailureReaction {
  /// While there is no contact.
  ///
  /// - Parameter failures: of the outage so far, this one included.
  static func pause(after failureClass: RouterFailure.Class, failures: Int) -> Milliseconds {
    switch failureClass {
    // Whether the request was carried out is seen by reading at once.
    case .reset where failures == 1: .zero
    // A wrong password must not fill the router's log.
    case .authFailure: backOff(failures, limit: Milliseconds(seconds: 300))
    case .tls, .serviceOff: backOff(failures, limit: Milliseconds(seconds: 30))
    default: Milliseconds(seconds: 1)
    }
  }

  /// With contact, but with a request that was refused.
  ///
  /// - Parameter refusals: in a row.
  static func hold(after failureClass: RouterFailure.Class, refusals: Int) -> Milliseconds {
    switch failureClass {
    case .busy, .staleConnection: Milliseconds(200)
    case .missing: backOff(refusals, limit: Milliseconds(seconds: 30))
    default: backOff(refusals, limit: Milliseconds(seconds: 300))
    }
  }

  /// 1 s, doubled with each time, up to `limit`.
  private static func backOff(_ count: Int, limit: Milliseconds) -> Milliseconds {
    let doublings = min(max(count - 1, 0), 20)
    return min(Milliseconds(seconds: Double(1 << doublings)), limit)
  }
}

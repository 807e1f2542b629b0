import Model

/// The router's clock goes with that of this host.
enum ClockCheck: Check {
  private static let mostOffset = Milliseconds(seconds: 10)

  static func findings(in facts: RouterFacts) -> [Finding] {
    guard let clock = facts.clock.value else { return [] }
    let offset = clock.offset
    // The router tells whole seconds, and at some moment while it is asked.
    let certain = abs(offset.seconds) - clock.took.seconds - 1
    guard certain > mostOffset.seconds else { return [] }
    let direction = offset > .zero ? "ahead" : "behind"
    return [
      Finding(
        .clockSkew, .warning, facts.router,
        facts: [
          Finding.Fact("offset", "\(fixed(abs(offset.seconds), digits: 0)) s \(direction)")
        ],
        reason: "Its log cannot be held against ours, and certificates are valid at the wrong "
          + "time.",
        mending: [
          .router("/system/ntp/client/servers/add address=pool.ntp.org"),
          .router("/system/ntp/client/set enabled=yes"), .host("timedatectl"),
        ])
    ]
  }
}

import Model

/// Looks at the facts for what makes shaping fail. A check reads no clock, no file and no router.
protocol Check {
  static func findings(in facts: RouterFacts) -> [Finding]
}

extension RouterFacts {
  private static var checks: [any Check.Type] {
    [
      ContactCheck.self, TLSCheck.self, HostKeyCheck.self, PolicyCheck.self, UserCheck.self,
      QueueCheck.self, LeafCheck.self, FastTrackCheck.self, PacketMarkCheck.self,
      TrafficCheck.self, LimitCheck.self, VersionCheck.self, FlashCheck.self, ProcessorCheck.self,
      ClockCheck.self, SteeringRuleCheck.self, ReadingCheck.self,
    ]
  }

  /// Everything that the checks find, the worst first.
  public func findings() -> [Finding] {
    // The sort is stable, so that findings of one severity stay in the order of the checks.
    Self.checks.flatMap { $0.findings(in: self) }.enumerated()
      .sorted { ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset) }
      .map(\.element)
  }

  /// The router as the subject of a finding.
  var router: Finding.Subject { .router(settings.host) }
}

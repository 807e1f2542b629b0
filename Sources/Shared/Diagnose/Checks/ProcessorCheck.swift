/// The router's processor has time for shaping.
enum ProcessorCheck: Check {
  /// In per cent of all cores.
  private static let mostLoad = 85

  static func findings(in facts: RouterFacts) -> [Finding] {
    guard let pair = facts.resource.pair, let first = pair.first.processorLoad,
      let last = pair.last.processorLoad, min(first, last) > mostLoad
    else { return [] }
    return [
      Finding(
        .cpuBusy, .warning, facts.router,
        facts: [Finding.Fact("cpu-load", "\(first) %, then \(last) %")],
        reason: "A processor that is at its end delays packets itself, and the loop then lowers "
          + "rates for a line that is not full; CAKE works on one core only.",
        mending: [
          .router("/tool/profile cpu=all duration=10"), .router("/system/resource/cpu/print"),
        ])
    ]
  }
}

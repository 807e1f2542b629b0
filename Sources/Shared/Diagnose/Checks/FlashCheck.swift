import Model

/// The flash is not worn out by what is written to it.
enum FlashCheck: Check {
  /// Above this it is worth a look: one sector every second. RouterOS's own housekeeping comes to
  /// about 400 an hour.
  static let mostSectorsPerHour = 3600.0
  /// Housekeeping comes in bursts of about 32 sectors, of which a short sample may catch two.
  private static let housekeepingSectors: Int64 = 64

  static func findings(in facts: RouterFacts) -> [Finding] {
    let now = slope(facts)
    let average = sinceBoot(facts)
    guard let rate = rate(facts), rate > mostSectorsPerHour else {
      return []
    }
    let seconds = fixed(facts.interval.seconds, digits: 1)
    return [
      Finding(
        .flashWrites, .warning, facts.router,
        facts: [
          now.map { Finding.Fact("sectors per hour", "\(fixed($0, digits: 0)) (in \(seconds) s)") },
          average.map {
            Finding.Fact("sectors per hour since boot", fixed($0, digits: 0))
          },
          Finding.Fact(
            "sectors per year at this rate",
            "\(fixed(rate * hoursPerYear / 1e6, digits: 1)) million"),
        ].compactMap { $0 },
        reason: "RouterOS keeps every change of its configuration in flash, which bears about "
          + "100 000 writes of a block.",
        mending: [
          .configuration(
            "router:\n  write_budget: {burst: 60, per_minute: 20}\n  increase_interval_sec: 5",
            file: facts.configFile),
          .router("/system/resource/print"),
        ])
    ]
  }

  static let hoursPerYear = 8766.0

  /// The larger one of both.
  static func rate(_ facts: RouterFacts) -> Double? {
    [slope(facts), sinceBoot(facts)].compactMap { $0 }.max()
  }

  /// Sectors per hour between the samples, without what may be housekeeping; nil when the counter
  /// was reset, or the time is too short to say anything.
  static func slope(_ facts: RouterFacts) -> Double? {
    guard let pair = facts.resource.pair, let first = pair.first.sectorsWritten,
      let last = pair.last.sectorsWritten, last >= first, facts.interval.seconds >= 1
    else { return nil }
    let excess = max(0, last - first - housekeepingSectors)
    return Double(excess) / facts.interval.seconds * 3600
  }

  /// The average since boot, which must be an hour ago: a boot itself writes a lot.
  static func sinceBoot(_ facts: RouterFacts) -> Double? {
    guard let resource = facts.resource.newest, let sectors = resource.sectorsWritten,
      let uptime = resource.uptime, uptime.seconds >= 3600
    else { return nil }
    return Double(sectors) / uptime.seconds * 3600
  }
}

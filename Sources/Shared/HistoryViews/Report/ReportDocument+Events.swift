import History
import Model

/// What went wrong, and what was done.
extension ReportDocument {
  // MARK: - Episodes

  mutating func addEpisodes() {
    add("Episodes")
    let all = Direction.allCases.map { wan.survey.episodes[$0] }
    let count = all.reduce(0) { $0 + $1.count }
    guard count > 0 else { return say("None: the line was GREEN all the time.") }
    let total = all.reduce(0) { $0 + $1.totalSeconds }
    say(
      "\(count) \(count == 1 ? "time" : "times") a direction was not GREEN, together "
        + "\(FigureText.duration(total)). Pauses below \(Episode.pause) s do not end an episode. "
        + "Rates are those before, the lowest within, and after.")
    let longest = all.flatMap(\.longest)
      .sorted { $0.seconds(now: report.axis.end) > $1.seconds(now: report.axis.end) }
    let worst = all.flatMap(\.worst).sorted { one, other in
      one.worst == other.worst
        ? (one.peak ?? .zero) > (other.peak ?? .zero) : one.worst > other.worst
    }
    say("The longest:")
    blocks.append(.table(table(Array(longest.prefix(EpisodeCollection.limit)))))
    say("The worst:")
    blocks.append(.table(table(Array(worst.prefix(EpisodeCollection.limit)))))
  }

  private func table(_ episodes: [Episode]) -> ReportTable {
    ReportTable(
      columns: [
        .init(title: "Begin"), .init(title: "Lasted", isNumeric: true),
        .init(title: "Direction"), .init(title: "Worst"),
        .init(title: "Peak", isNumeric: true),
        .init(title: "Rate, Mbit/s", isNumeric: true),
        .init(title: "Changes", isNumeric: true, isMinor: true),
      ],
      rows: episodes.map { episode in
        let rates = [episode.rateBefore, episode.rateLowest, episode.rateAfter]
        let isKnown = rates.contains { $0 != nil }
        return [
          second(episode.start),
          FigureText.duration(episode.seconds(now: report.axis.end))
            + (episode.end == nil ? ", goes on" : ""),
          episode.direction.name, episode.worst.name,
          episode.peak.map { "+\(FigureText.number($0.rawValue)) ms" } ?? "",
          isKnown
            ? rates.map { $0.map { FigureText.number($0.megabits) } ?? "?" }
              .joined(separator: " \u{2192} ") : "",
          episode.changes > 0 ? "\(episode.changes)" : "",
        ]
      })
  }

  // MARK: - Outages

  mutating func addOutages() {
    add("Outages of the line")
    let outages = wan.outages
    guard outages.count > 0 else {
      return say("No time of \(Outage.shortest) s or more is without rows.")
    }
    say(
      "\(outages.count) \(outages.count == 1 ? "time" : "times") without rows, together "
        + "\(FigureText.duration(outages.seconds)). While nothing answers rates are held, and such "
        + "cycles have no rows; nor has a daemon that does not run."
        + (outages.count > outages.outages.count ? " The longest:" : ""))
    blocks.append(
      .table(
        ReportTable(
          columns: [
            .init(title: "Begin"), .init(title: "Lasted", isNumeric: true), .init(title: "What"),
          ],
          rows: outages.outages.map {
            [second($0.start), FigureText.duration($0.seconds), Self.text($0.cause)]
          })))
  }

  private static func text(_ cause: Outage.Cause) -> String {
    switch cause {
    case .restart: "wanctl was started at its end"
    case .everyWAN: "no WAN has rows"
    case .line: "nothing was measured on this WAN"
    }
  }

  // MARK: - Router

  mutating func addRouter() {
    add("The router")
    guard let router = wan.router else {
      return say(
        "Not recorded: this database has no rows of writes to the router and of its outages.")
    }
    say(
      "\(FigureText.count(router.writes)) rates confirmed in "
        + "\(FigureText.duration(Int64(router.observedSeconds))): "
        + "\(FigureText.count(router.writesPerDay)) a day, "
        + "\(FigureText.count(router.writesPerYear)) a year; at most "
        + "\(FigureText.count(router.mostWritesPerMinute)) a minute. RouterOS keeps changes of its "
        + "configuration in flash, several of them in one go; a block of it bears about 100\u{202F}000 "
        + "writes, spread over all blocks. wanctl-cake doctor reads how many sectors that really "
        + "are.")
    if let confirmation = router.confirmation {
      say(
        "Confirmed after \(FigureText.number(confirmation.p50)) ms (median), "
          + "\(FigureText.number(confirmation.p95)) ms (95 %).")
    }
    guard router.outageSeconds > 0 else { return say("It answered all the time.") }
    say("It did not answer for \(FigureText.duration(Int64(router.outageSeconds.rounded()))).")
    blocks.append(
      .table(
        ReportTable(
          columns: [
            .init(title: "Between"), .init(title: "and"),
            .init(title: "No answer", isNumeric: true),
          ],
          rows: router.outages.map {
            [second($0.start), second($0.end), FigureText.duration(Int64($0.seconds.rounded()))]
          })))
  }

  // MARK: - Steering

  mutating func addSteering() {
    let steering = wan.survey.steering
    guard steering.isRecorded else { return }
    add("Steering")
    if steering.count > 0 {
      say(
        "\(times(steering.count)) sensitive traffic went another way, together "
          + "\(FigureText.duration(steering.seconds)).")
      blocks.append(.table(periods(steering, why: "Why")))
    } else {
      say("Sensitive traffic stayed on this WAN.")
    }
    addScoring()
  }

  /// What confidence scoring would have done in its dry run, beside what was done.
  private mutating func addScoring() {
    let scoring = wan.survey.scoring
    guard scoring.isRecorded else { return }
    guard scoring.count > 0 else {
      return say("In its dry run confidence scoring would have left it here all the time.")
    }
    let together = scoring.secondsTogether(with: wan.survey.steering, until: report.axis.end)
    say(
      "In its dry run confidence scoring would have steered \(times(scoring.count).lowercased()), "
        + "together \(FigureText.duration(scoring.seconds)), of which "
        + "\(FigureText.duration(together)) fell into times when it was steered.")
    blocks.append(.table(periods(scoring, why: "Contributors")))
  }

  private func times(_ count: Int) -> String { count == 1 ? "Once" : "\(count) times" }

  private func periods(_ steering: SteeringHistory, why: String) -> ReportTable {
    ReportTable(
      columns: [
        .init(title: "Begin"), .init(title: "Lasted", isNumeric: true), .init(title: why),
      ],
      rows: steering.periods.map { period in
        [
          second(period.start),
          FigureText.duration((period.end ?? report.axis.end) - period.start)
            + (period.end == nil ? ", goes on" : ""),
          period.reason ?? "",
        ]
      })
  }
}

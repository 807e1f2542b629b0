import History
import Model

/// A table of a report.
struct ReportTable: Sendable, Equatable {
  struct Column: Sendable, Equatable {
    var title: String
    var isNumeric = false
    /// Left out where there is little room.
    var isMinor = false
  }

  var columns: [Column]
  var rows: [[String]]
}

/// The words of a report on one WAN, in the order in which they are read. Whether they become a page,
/// Markdown or text is another's matter.
struct ReportDocument {
  enum Block {
    case heading(String)
    case paragraph(String)
    /// What is worth knowing at a glance.
    case tiles([Tile])
    case hints([TuningHint])
    case charts
    case states
    case heatMap
    case table(ReportTable)
  }

  struct Tile: Equatable {
    var name: String
    var value: String
    var detail: String
  }

  let wan: WANReport
  let report: HistoryReport
  var blocks: [Block] = []

  init(_ wan: WANReport, _ report: HistoryReport) {
    self.wan = wan
    self.report = report
    addSummary()
    blocks.append(.heading("Latency and rates"))
    blocks.append(.charts)
    addStates()
    addHeatMap()
    addEpisodes()
    addOutages()
    addRouter()
    addSteering()
    addLoop()
    addBasis()
  }

  mutating func add(_ heading: String) { blocks.append(.heading(heading)) }
  mutating func say(_ text: String) { blocks.append(.paragraph(text)) }

  private func moment(_ time: Int64) -> String { LocalTime(time, report.clock).momentText }

  func second(_ time: Int64) -> String {
    let local = LocalTime(time, report.clock)
    return "\(local.weekdayText) \(local.fullClock)"
  }

  // MARK: - Summary

  private mutating func addSummary() {
    if let first = wan.first, let last = wan.last {
      var text =
        "\(FigureText.duration(Int64(wan.observedSeconds))) of rows, \(moment(first)) to "
        + "\(moment(last))."
      if report.range.end - last > 300 {
        text += " Nothing was stored in the \(FigureText.duration(report.range.end - last)) since."
      }
      say(text)
    }
    var tiles: [Tile] = []
    if let latency = wan.latency {
      tiles.append(
        Tile(
          name: "RTT, median", value: "\(FigureText.number(latency.p50)) ms",
          detail: "95 % \(FigureText.number(latency.p95)), greatest "
            + "\(FigureText.number(wan.latencyPeak ?? latency.maximum)) ms"))
    }
    if let added = wan.addedLatency {
      tiles.append(
        Tile(
          name: "Above the baseline, 95 %", value: "\(FigureText.number(added.p95)) ms",
          detail: "median \(FigureText.number(added.p50)), 99 % "
            + "\(FigureText.number(added.p99)) ms"))
    }
    if let share = wan.congestedShare(.download) {
      let upload = wan.congestedShare(.upload).map { "upload \(FigureText.percent($0))" }
      tiles.append(
        Tile(
          name: "Download not GREEN", value: FigureText.percent(share),
          detail: upload ?? "upload not known"))
    }
    let episodes = wan.survey.episodes
    tiles.append(
      Tile(
        name: "Episodes", value: "\(episodes.download.count + episodes.upload.count)",
        detail: "download \(episodes.download.count), upload \(episodes.upload.count)"))
    if let rates = wan.rates.download {
      tiles.append(
        Tile(
          name: "Download, median", value: FigureText.rate(rates.median),
          detail: "lowest \(FigureText.rate(rates.lowest))"))
    }
    tiles.append(
      Tile(
        name: "Times without rows", value: "\(wan.outages.count)",
        detail: wan.outages.count == 0
          ? "of \(Outage.shortest) s or more" : FigureText.duration(wan.outages.seconds)))
    blocks.append(.tiles(tiles))
    if !wan.hints.isEmpty {
      add("Worth a look")
      blocks.append(.hints(wan.hints))
    }
  }

  // MARK: - States

  private mutating func addStates() {
    guard wan.zones.download.sum() + wan.zones.upload.sum() > 0 else { return }
    add("Share of time in each state")
    blocks.append(.states)
    for direction in Direction.allCases {
      guard let rates = wan.rates[direction] else { continue }
      var text =
        "\(MetricFacts(direction == .download ? .downloadRate : .uploadRate).title): "
        + "\(FigureText.percent(rates.atCeiling)) of the time at "
      text += rates.ceiling.map { "the ceiling of \(FigureText.rate($0))" } ?? "its highest rate"
      text += ", lowest \(FigureText.rate(rates.lowest))."
      say(text)
    }
    if wan.survey.averagedStateSeconds > 0 {
      say(
        "For \(FigureText.duration(Int64(wan.survey.averagedStateSeconds))) the changes of state are "
          + "not stored; the most frequent state of each average stands in, without short ones and "
          + "without the upload.")
    }
  }

  private mutating func addHeatMap() {
    guard wan.heatMap.hours.contains(where: { $0 != nil }) else { return }
    add("Latency by hour of day")
    blocks.append(.heatMap)
  }

  // MARK: - Loop

  private mutating func addLoop() {
    add("The loop")
    let cycles = wan.survey.cycles
    if cycles.seconds > 1 {
      let rate = Double(cycles.cycles) / Double(cycles.seconds)
      say(
        "\(fixed(rate, digits: 2)) cycles a second in the \(FigureText.duration(Int64(cycles.seconds)))"
          + " of which every cycle is stored; \(cycles.slowSeconds) "
          + "\(cycles.slowSeconds == 1 ? "second" : "seconds") with less than three quarters of the "
          + "usual number.")
    }
    if let missed = wan.missedTicks, let held = wan.heldCycles {
      say(
        "\(FigureText.count(missed)) ticks missed by a late host, \(FigureText.count(held)) cycles "
          + "held for want of an answer.")
    } else {
      say("Missed ticks and held cycles are not recorded in this database.")
    }
    if let age = wan.sampleAge {
      say(
        "The newest answer was \(fixed(age.p50, digits: 2)) ms old when it was decided on "
          + "(median of means; 95 % of them below \(fixed(age.p95, digits: 2)) ms).")
    } else {
      say("The age of samples is not recorded in this database.")
    }
    if !wan.survey.starts.isEmpty {
      let shown = wan.survey.starts.suffix(10).map(moment).joined(separator: ", ")
      let count = wan.survey.starts.count
      say("Started \(count) \(count == 1 ? "time" : "times"): \(shown).")
    }
  }

  // MARK: - Basis

  private mutating func addBasis() {
    add("What this rests on")
    let tiers = wan.tierSeconds.map { tier, seconds in
      let name =
        switch tier {
        case .raw: "of every cycle"
        case .minute: "of minutes"
        case .fiveMinutes: "of five minutes"
        case .hour: "of hours"
        }
      return "\(FigureText.duration(Int64(seconds))) \(name)"
    }
    say(
      "Rows \(tiers.joined(separator: ", ")). Percentiles are of means over "
        + "\(FigureText.duration(report.axis.slotSeconds)), whatever is stored more finely; the "
        + "greatest value is of single rows. States, episodes and steering are known to the second."
    )
    if wan.survey.implausibleRows > 0 {
      say(
        "\(FigureText.count(Double(wan.survey.implausibleRows))) rows hold values that cannot be, "
          + "and are left out.")
    }
  }
}

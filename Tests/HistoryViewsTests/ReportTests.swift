import Foundation
import History
import Model
import Terminal
import TestSupport
import Testing

@testable import HistoryViews

private typealias Fixture = HistoryFixture

@Suite struct ReportTests {
  private let now = HistoryFixture.now

  /// A day of minutes and an hour of seconds, with some of everything.
  private func rows() -> [MetricRow] {
    var rows = [Fixture.start(86_400)]
    for age in stride(from: Int64(86_400), to: 3600, by: -60) {
      if age <= 50_000, age > 49_400 { continue }
      rows += Fixture.cycle(
        age, rtt: age % 3600 == 0 ? 90 : 25, download: age == 30_000 ? 40 : 80, tier: .minute)
      rows.append(
        MetricRow(
          timestamp: now - age, wan: "wan1", metric: .routerWrites, value: 6, granularity: .minute))
      rows.append(
        MetricRow(
          timestamp: now - age, wan: "wan1", metric: .routerOutage, value: age == 40_020 ? 30 : 0,
          granularity: .minute))
    }
    for age in stride(from: Int64(3600), to: 0, by: -1) {
      rows += Fixture.cycle(age, rtt: 25, download: 80)
    }
    rows += [
      Fixture.change(30_000, .download, .red, delta: 66, threshold: "hard_red"),
      Fixture.change(29_940, .download, .green),
      Fixture.change(20_000, .upload, .yellow), Fixture.change(19_990, .upload, .green),
    ]
    return rows
  }

  @Test func figuresAreThoseOfTheRows() throws {
    let report = try Fixture(rows()).report(from: now - 86_400)
    #expect(report.axis.slotSeconds == 60)
    let wan = try #require(report.wans.first)
    #expect(wan.latency?.p50 == 25)
    #expect(wan.latencyPeak == 90)
    #expect(wan.addedLatency?.p50 == 1)
    #expect(wan.observedSeconds == 86_400 - 600)
    #expect(wan.zones.download[.red] == 60)
    #expect(wan.zones.upload[.yellow] == 10)
    #expect(abs((wan.congestedShare(.download) ?? 0) - 60 / 85_800.0) < 1e-12)
    #expect(wan.outages.count == 1)
    #expect(
      wan.outages.outages == [Outage(start: now - 49_980, end: now - 49_380, cause: .line)]
        || wan.outages.seconds == 600)
    let router = try #require(wan.router)
    let minutes = router.observedSeconds / 60
    #expect(router.writes == 6 * minutes)
    #expect(router.writesPerDay == 8640)
    #expect(router.outageSeconds == 30)
    #expect(router.outages.count == 1)
    let rates = try #require(wan.rates.download)
    #expect(rates.highest == BitsPerSecond(80_000_000))
    #expect(rates.lowest == BitsPerSecond(40_000_000))
    #expect(rates.ceiling == BitsPerSecond(100_000_000))
    #expect(wan.hints.map(\.kind).contains(.ceilingNeverReached))
    let hint = wan.hints.first { $0.kind == .ceilingNeverReached }
    #expect(hint?.evidence.contains("100 Mbit/s") == true)
    #expect(hint?.evidence.contains("80 Mbit/s") == true)
    let episode = try #require(wan.survey.episodes.download.longest.first)
    #expect(episode.peak == Milliseconds(66))
    #expect(episode.rateBefore == BitsPerSecond(80_000_000))
    #expect(wan.survey.settings.hardRedBloat == Milliseconds(15))
  }

  @Test func thePageIsWellFormedAndSelfContained() throws {
    let report = try Fixture(rows()).report(from: now - 86_400)
    let page = report.html
    let parsed = ParsedMarkup(page)
    #expect(parsed.problem == nil)
    #expect(parsed.elements["script"] == nil)
    #expect(parsed.elements["h2"] == 1)
    #expect((parsed.elements["h3"] ?? 0) >= 9)
    #expect(parsed.elements["figure"] == 3)
    for (_, name, value) in parsed.attributes where name == "src" || name == "href" {
      #expect(value.hasPrefix("#"))
    }
    #expect(!page.contains("http:") && !page.contains("https:") && !page.contains("url("))
    #expect(!page.contains("nan") || !parsed.text.lowercased().contains(" nan "))
    for words in [
      "Latency by hour of day", "66 ms", "8\u{202F}640 a day", "3\u{202F}155\u{202F}760 a year",
      "80 \u{2192} 40 \u{2192} 80", "nothing was measured on this WAN", "RED", "not recorded",
    ] {
      let isThere = parsed.text.contains(words)
      #expect(isThere, "\(words)")
    }
    #expect(parsed.attributes.contains { $0.name == "http-equiv" })
    #expect(page.utf8.count < 200_000)
  }

  @Test func markdownAndTextHoldTheSame() throws {
    let report = try Fixture(rows()).report(from: now - 86_400)
    let markdown = report.markdown
    #expect(markdown.hasPrefix("# What happened\n"))
    #expect(markdown.contains("## wan1\n"))
    #expect(markdown.contains("+66 ms"))
    #expect(markdown.contains("```text\n"))
    // Every row of a table has as many cells as its head.
    var cells: Int?
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("| ") else {
        cells = nil
        continue
      }
      let count = line.replacing("\\|", with: "").filter { $0 == "|" }.count
      #expect(cells == nil || cells == count, "\(line)")
      cells = count
    }
    let text = report.text(columns: 80, Palette(isColored: false))
    #expect(text.contains("Episodes\n"))
    #expect(text.contains("+66 ms"))
    #expect(!text.contains("\u{1B}"))
    #expect(report.text(columns: 80, Palette(isColored: true)).contains("\u{1B}["))
    #expect(!report.text(columns: 1, Palette(isColored: false)).isEmpty)
  }

  @Test func whatTheDatabaseHoldsStaysText() throws {
    let name = "</h2><script>x</script>|`~~~~~~~~`\n# a\u{1B}[2J"
    var rows = Fixture.cycle(30, wan: name)
    for (age, value) in [(25, 1.0), (20, 0)] as [(Int64, Double)] {
      let labels = MetricLabels([
        ("reason", .text("<img src=x onerror=alert(1)> | [a](javascript:b)")),
        ("from_state", .text("A")), ("to_state", .text("B")),
      ])
      rows.append(
        MetricRow(
          timestamp: now - age, wan: name, metric: .steeringTransition, value: value,
          labels: labels.text))
    }
    let report = try Fixture(rows).report(from: now - 60)
    let parsed = ParsedMarkup(report.html)
    #expect(parsed.problem == nil)
    #expect(parsed.elements["script"] == nil && parsed.elements["img"] == nil)
    #expect(parsed.text.contains("<img src=x onerror=alert(1)>"))
    let markdown = report.markdown
    #expect(markdown.contains("\\<img"))
    #expect(!markdown.replacing("\\<", with: "").contains("<"))
    #expect(!markdown.contains("\n# a"))
    #expect(!markdown.contains("\u{1B}"))
    #expect(!report.text(columns: 80, Palette(isColored: false)).contains("\u{1B}"))
  }

  @Test func littleOrNothingIsToldToo() throws {
    for rows in [[], Fixture.cycle(30), Fixture.cycle(3000, tier: .hour)] as [[MetricRow]] {
      let report = try Fixture(rows).report(from: now - 604_800)
      #expect(report.wans.count == (rows.isEmpty ? 0 : 1))
      let parsed = ParsedMarkup(report.html)
      #expect(parsed.problem == nil)
      #expect(report.wans.first?.hints.isEmpty ?? true)
      #expect(!report.markdown.isEmpty)
      let text = report.text(columns: 80, Palette(isColored: false))
      #expect(text.contains("No rows in this time.") == rows.isEmpty)
    }
  }

  @Test func absurdRangesAndRowsAreNoTrouble() throws {
    var rows = Fixture.cycle(30)
    for value in [.infinity, 1e308, -5] as [Double] {
      rows.append(MetricRow(timestamp: now - 20, wan: "wan1", metric: .rtt, value: value))
      rows.append(MetricRow(timestamp: now - 20, wan: "wan1", metric: .routerWrites, value: value))
    }
    rows += Fixture.cycle(now, wan: "old")
    rows.append(MetricRow(timestamp: .min, wan: "wan1", metric: .rtt, value: 1))
    rows.append(MetricRow(timestamp: .max, wan: "wan1", metric: .rtt, value: 1))
    let fixture = try Fixture(rows)
    for start in [.min, 0, now, .max] as [Int64] {
      let report = try fixture.report(from: start)
      #expect(ParsedMarkup(report.html).problem == nil)
      #expect(!report.text(columns: 80, Palette(isColored: false)).contains("nan"))
    }
  }

  /// The hour that the clocks show twice is one, the one that they skip is empty.
  @Test func hoursAreThoseOfTheLocalClock() throws {
    func map(from start: Int64, hours: Int) -> HeatMap {
      let axis = SlotAxis(
        HistoryRange(start: start, end: start + Int64(hours) * 3600 - 1), slotSeconds: 600)
      let values: [SlotValue?] = (0..<axis.count).map { slot in
        SlotValue(mean: Double(slot), minimum: 0, maximum: Double(slot), seconds: 600)
      }
      return HeatMap(rtt: values, baseline: [], axis, AxisTests.chicago)
    }
    let autumn = map(from: LocalTime.start(ofDay: 20_758, AxisTests.chicago), hours: 25)
    #expect(autumn.days.count == 1)
    #expect(autumn.hours.map { $0?.count } == [6, 12] + Array(repeating: 6, count: 22))
    let spring = map(from: LocalTime.start(ofDay: 20_520, AxisTests.chicago), hours: 23)
    #expect(spring.days.count == 1)
    #expect(spring.hours[2] == nil)
    #expect(spring.hours[3]?.count == 6)
    #expect(spring.hours[1]?.p50 == 8.5)
    #expect(spring.hours[1]?.maximum == 11)
  }

  @Test func outagesHaveCauses() throws {
    var rows = [Fixture.start(600), Fixture.start(301)]
    for age in stride(from: Int64(600), to: 0, by: -1) {
      let isRestart = age <= 400 && age > 300
      if !isRestart, age > 200 || age <= 150, age > 100 || age <= 50 {
        rows += Fixture.cycle(age)
      }
      if !isRestart, age > 100 || age <= 50 { rows += Fixture.cycle(age, wan: "wan2") }
    }
    let report = try Fixture(rows).report(from: now - 600)
    let wan = try #require(report.wans.first { $0.name == "wan1" })
    #expect(wan.outages.outages.map(\.cause) == [.restart, .line, .everyWAN])
    #expect(wan.outages.outages.map(\.seconds) == [100, 50, 50])
    #expect(wan.outages.seconds == 200)
    let other = try #require(report.wans.first { $0.name == "wan2" })
    #expect(other.outages.outages.map(\.cause) == [.restart, .everyWAN])
  }

  @Test func hintsNeedEvidence() throws {
    var rows = [Fixture.start(36_000, ceiling: 80)]
    for age in stride(from: Int64(36_000), to: 0, by: -60) {
      let isLow = age <= 20_000 && age > 10_000
      rows += Fixture.cycle(
        age, download: isLow ? 20 : 80, upload: 10.5, zone: isLow ? .red : .green, tier: .minute)
    }
    rows += [
      Fixture.change(20_000, .download, .red), Fixture.change(10_000, .download, .green),
    ]
    // Many changes that were over at once.
    for index in 0..<12 as Range<Int64> {
      rows += [
        Fixture.change(9000 - index * 100, .download, .yellow, delta: 15.5),
        Fixture.change(8999 - index * 100, .download, .green),
      ]
    }
    let wan = try #require(try Fixture(rows).report(from: now - 36_000).wans.first)
    #expect(Set(wan.hints.map { "\($0.kind)" }) == ["floorHeld", "noise"])
    let noise = try #require(wan.hints.first { $0.kind == .noise })
    #expect(noise.evidence.hasPrefix("12 of 13 episodes"))
    // An hour is no basis for advice.
    let short = try Fixture(rows).report(from: now - 3600)
    #expect(short.wans.first?.hints.isEmpty == true)
  }

  /// The noise of a quiet line, from single rows.
  @Test func aThresholdInTheNoiseIsSeen() throws {
    var rows = [Fixture.start(22_000)]
    for age in stride(from: Int64(22_000), to: 0, by: -1) {
      rows += Fixture.cycle(age, rtt: age % 30 == 0 ? 36 : 24.5).filter {
        [.rtt, .baseline, .downloadRate].contains($0.metric)
      }
    }
    let wan = try #require(try Fixture(rows).report(from: now - 22_000).wans.first)
    #expect(wan.hints.map(\.kind).contains(.thresholdInNoise))
  }

  @Test func aConfigurationWinsOverSnapshots() throws {
    var settings = LineSettings()
    settings.targetBloat = Milliseconds(9)
    settings.ceilings.download = BitsPerSecond(300_000_000)
    let wan = try #require(
      try Fixture(rows()).report(from: now - 86_400, settings: ["wan1": settings]).wans.first)
    #expect(wan.rates.download?.ceiling == BitsPerSecond(300_000_000))
    #expect(wan.plot.panels[0].rules.map(\.name) == ["target +9"])
  }

  @Test(arguments: [
    (0.0, "0 %"), (0.0001, "< 0.1 %"), (0.5, "50.0 %"), (0.99999, "> 99.9 %"), (1, "100 %"),
  ])
  func sharesAreTold(share: Double, text: String) { #expect(FigureText.percent(share) == text) }

  @Test(
    arguments: [
      (-5, "0 s"), (59, "59 s"), (60, "1 min"), (250, "4 min 10 s"), (11_100, "3 h 5 min"),
      (532_800, "6 d 4 h"),
    ] as [(Int64, String)])
  func durationsAreTold(seconds: Int64, text: String) {
    #expect(FigureText.duration(seconds) == text)
  }
}

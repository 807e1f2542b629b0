import Foundation
import History
import Model
import Terminal
import TestSupport
import Testing

@testable import HistoryViews

private typealias Fixture = HistoryFixture

@Suite struct PlotTests {
  private let now = HistoryFixture.now

  /// Ten minutes with a minute of trouble, one row a second.
  private func rows(wan: String = "wan1") -> [MetricRow] {
    var rows = [Fixture.start(600, wan: wan)]
    for age in stride(from: Int64(600), to: 0, by: -1) {
      let isBad = age <= 300 && age > 240
      rows += Fixture.cycle(
        age, rtt: isBad ? 74 : 24 + Double(age % 2), download: isBad ? 40 : 95, wan: wan)
    }
    return rows + [
      Fixture.change(300, .download, .red, delta: 50, wan: wan),
      Fixture.change(240, .download, .green, wan: wan),
    ]
  }

  private func plot(
    columns: Int = 80, metrics: [MetricName] = HistoryPlot.defaultMetrics
  ) throws -> HistoryPlot {
    let survey = try Fixture(rows()).survey(
      from: now - 600, slots: HistoryPlot.slots(columns: columns), metrics: metrics)
    return HistoryPlot(
      try #require(survey.wans.first), survey.axis, metrics: metrics, clock: .utc)
  }

  @Test func thePlotIsAsDrawn() throws {
    let text = try plot().frame(TerminalSize(columns: 80, rows: 23)).plainText
    #expect(text == Self.snapshot)
  }

  @Test(arguments: [
    (80, 23), (80, 10), (120, 40), (40, 12), (39, 24), (20, 5), (1, 1), (300, 100), (79, 3),
  ])
  func everySizeIsFilledAndNotOverrun(columns: Int, rows: Int) throws {
    let plot = try plot(columns: columns)
    let text = plot.frame(TerminalSize(columns: columns, rows: rows)).plainText
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(lines.count == rows)
    #expect(lines.allSatisfy { $0.count <= columns })
    // Where no curve has room the figures are there.
    if columns >= 20, rows > 2 { #expect(text.contains("RTT")) }
    if columns >= 40, rows >= 23 { #expect(text.contains("RED")) }
  }

  @Test func colourIsNotNeeded() throws {
    let frame = try plot().frame(TerminalSize(columns: 80, rows: 23))
    let colored = frame.text(Palette(isColored: true))
    #expect(colored.contains("\u{1B}[31m"))
    let plain = frame.text(Palette(isColored: false))
    #expect(!plain.contains("\u{1B}"))
    // The strip has a shape for each state.
    #expect(plain.contains("▁█████") || plain.contains("▁▁██"))
  }

  @Test func metricsHavePanels() throws {
    let all: [MetricName] = [.delta, .state, .rtt, MetricName("no_such")]
    let panels = try plot(metrics: all).panels
    #expect(panels.map(\.title) == ["Added latency", "State of download", "RTT"])
    #expect(panels[2].curves.count == 1)
    let text = try plot(metrics: all).frame(TerminalSize(columns: 80, rows: 30)).plainText
    #expect(text.contains("State of download"))
  }

  @Test func outliersDoNotPressTheRestFlat() throws {
    let values = (0..<100).map { index in
      SlotValue(mean: 25, minimum: 24, maximum: index == 50 ? 5000 : 27, seconds: 1)
    }
    let panel = HistoryPlot.Panel(
      title: "RTT", unit: "ms", curves: [HistoryPlot.Curve(name: "RTT", values: values)])
    #expect(panel.scale(steps: 5).high <= 100)
    #expect(panel.figures?.maximum == 5000)
  }

  @Test func thePictureIsWellFormed() throws {
    let svg = HistoryPlot.svg([try plot(columns: 208)], title: "wan1 & more")
    let parsed = ParsedMarkup(svg)
    #expect(parsed.problem == nil)
    #expect(parsed.text.contains("wan1 & more"))
    #expect(parsed.text.contains("target +15"))
    #expect(parsed.text.contains("prefers-color-scheme:dark"))
    #expect(parsed.elements["script"] == nil)
    #expect(parsed.attributes.allSatisfy { !$0.value.contains("http") || $0.name == "xmlns" })
    #expect(svg.utf8.count < 60_000)
    #expect(!svg.contains("nan") && !svg.contains("inf "))
    // One path of each state that occurred.
    let classes = parsed.attributes.filter { $0.name == "class" }.map(\.value)
    #expect(classes.contains("z3") && classes.contains("band") && classes.contains("base"))
  }

  @Test func namesFromTheDatabaseStayText() throws {
    let name = "<script>alert(1)</script>&\"'\u{1B}[2J\u{202E}"
    let survey = try Fixture(rows(wan: name)).survey(from: now - 600)
    let plot = HistoryPlot(
      try #require(survey.wans.first), survey.axis, metrics: HistoryPlot.defaultMetrics,
      clock: .utc)
    let svg = HistoryPlot.svg([plot], title: name)
    let parsed = ParsedMarkup(svg)
    #expect(parsed.problem == nil)
    #expect(parsed.elements["script"] == nil)
    #expect(parsed.text.contains("<script>alert(1)</script>&\"'\u{FFFD}[2J\u{FFFD}"))
    let text = plot.frame(TerminalSize(columns: 80, rows: 23)).text(Palette(isColored: false))
    #expect(!text.contains("\u{1B}"))
  }

  @Test func nothingIsDrawnOfNothing() throws {
    let parsed = ParsedMarkup(HistoryPlot.svg([], title: "none"))
    #expect(parsed.problem == nil)
    #expect(parsed.text.contains("No rows"))
    let one = try Fixture(Fixture.cycle(30)).survey(from: now - 600, slots: 146)
    let plot = HistoryPlot(
      try #require(one.wans.first), one.axis, metrics: HistoryPlot.defaultMetrics, clock: .utc)
    #expect(plot.panels.count == 3)
    #expect(ParsedMarkup(HistoryPlot.svg([plot], title: "one")).problem == nil)
    let text = plot.frame(TerminalSize(columns: 80, rows: 23)).plainText
    #expect(text.contains("RTT  24 ms"))
    let empty = try Fixture([]).survey(from: now - 600)
    #expect(empty.wans.isEmpty)
  }

  /// Whatever is stored, pictures are well-formed and hold finite numbers.
  @Test func absurdValuesAreDrawn() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededGenerator(seed: seed)
    let values: [Double] = [0, -0.0, 1e-300, 1e14, 1e308, .infinity, -.infinity, 24, -1e14]
    var rows: [MetricRow] = []
    for _ in 0..<500 {
      rows.append(
        MetricRow(
          timestamp: now - Int64.random(in: -10...700, using: &random), wan: "wan1",
          metric: MetricName("odd_ms"), value: values.randomElement(using: &random) ?? 0,
          granularity: Granularity.allCases.randomElement(using: &random) ?? .raw))
    }
    rows += Fixture.cycle(20, rtt: 0, baseline: 600_000, download: 1e7, upload: 0)
    let metrics = [MetricName("odd_ms")] + HistoryPlot.defaultMetrics
    let survey = try Fixture(rows).survey(from: now - 600, slots: 146, metrics: metrics)
    let plot = HistoryPlot(
      try #require(survey.wans.first), survey.axis, metrics: metrics, clock: .utc)
    let svg = HistoryPlot.svg([plot], title: "odd")
    #expect(ParsedMarkup(svg).problem == nil, "seed \(seed)")
    #expect(!svg.contains("nan") && !svg.contains("inf"), "seed \(seed)")
    _ = plot.frame(TerminalSize(columns: 80, rows: 40)).plainText
  }

  @Test func condensingKeepsWhatMatters() throws {
    let plot = try plot(columns: 208)
    let less = plot.condensed(to: 37)
    #expect(less.axis.count <= 37)
    #expect(less.panels[0].figures?.maximum == plot.panels[0].figures?.maximum)
    let zones = less.panels[1].zones.reduce(ZoneSeconds(), +)
    #expect(zones == plot.panels[1].zones.reduce(ZoneSeconds(), +))
    #expect(less.panels[1].zones.count == less.axis.count)
  }

  static let snapshot = """
     wan1                                                 Fri 20 Nov 18:30 to 18:40
     RTT  24.6 ms   baseline 24   p50 24.6   p95 74   max 74
        75│┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈⡏⠉⠉⠉⠉⠉⠉⢹┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈ warn +45
        ms│                                    ⡇      ⢸
        50│                                    ⡇      ⢸
          │┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈⡇┈┈┈┈┈┈⢸┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈ target +15
        25│⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠇──────⠸⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤
          │
         0│
     Download  95 Mbit/s   p50 95   p95 95   max 95
       100│⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⡆┈┈┈┈┈┈⢰⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒
          │                                    ⡇      ⢸
        50│                                    ⠓⠒⠒⠒⠒⠒⠒⠚
         0│
     state ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁████████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
     Upload  10 Mbit/s   p50 10   p95 10   max 10
        20│
          │┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈ ceiling
        10│⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉
         0│
     state ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
           18:30         18:32         18:34         18:36         18:38
     ▁ GREEN  ▃ YELLOW  ▅ SOFT_RED  █ RED  ── baseline  ┈┈ limit

    """
}

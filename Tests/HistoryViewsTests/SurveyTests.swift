import History
import Model
import TestSupport
import Testing

@testable import HistoryViews

private typealias Fixture = HistoryFixture

@Suite struct SurveyTests {
  private let now = HistoryFixture.now

  @Test func slotsHoldMeansAndExtremes() throws {
    let rows = [Fixture.cycle(10, rtt: 20), Fixture.cycle(10, rtt: 40), Fixture.cycle(9, rtt: 30)]
    let fixture = try Fixture(rows.flatMap { $0 })
    let survey = try fixture.survey(from: now - 60, slots: 6)
    let wan = try #require(survey.wans.first)
    let slot = try #require(wan[.rtt][5])
    #expect(slot.mean == 30)
    #expect(slot.minimum == 20)
    #expect(slot.maximum == 40)
    #expect(slot.seconds == 2)
    #expect(wan[.rtt].prefix(5).allSatisfy { $0 == nil })
    #expect(wan.cycles == CycleRate(seconds: 2, cycles: 3, slowSeconds: 1, most: 2))
  }

  /// A bucket covers its time, also where it begins before the range or ends behind it.
  @Test func bucketsFillTheSlotsThatTheyCover() throws {
    let start = now - 7200
    let fixture = try Fixture(
      Fixture.cycle(7200 + 60, rtt: 50, tier: .fiveMinutes)
        + Fixture.cycle(60, rtt: 70, tier: .hour))
    let survey = try fixture.survey(from: start, slots: 120)
    let rtt = try #require(survey.wans.first)[.rtt]
    #expect(rtt.prefix(4).allSatisfy { $0?.mean == 50 })
    #expect(rtt[4..<119].allSatisfy { $0 == nil })
    #expect(rtt[119]?.mean == 70)
    #expect(rtt[119]?.seconds == 60)
  }

  /// A row that a clock error has put among averages hides none of them.
  @Test func aStrayRowHidesNoAverage() throws {
    var rows: [MetricRow] = []
    for age in stride(from: Int64(86_400), to: 43_200, by: -300) {
      rows += Fixture.cycle(age, rtt: 30, tier: .fiveMinutes)
    }
    rows += Fixture.cycle(80_000, rtt: 500)
    for age in stride(from: Int64(3600), to: 0, by: -1) { rows += Fixture.cycle(age, rtt: 20) }
    let survey = try Fixture(rows).survey(from: now - 86_400, slots: 144)
    let rtt = try #require(survey.wans.first)[.rtt]
    #expect(rtt[0..<72].allSatisfy { $0?.mean == 30 && $0?.tier == .fiveMinutes })
    #expect(rtt[138..<144].allSatisfy { $0?.mean == 20 && $0?.tier == .raw })
  }

  /// Whatever tiers a database mixes, a slot shows a value of one of them.
  @Test func valuesAreWithinWhatIsStored() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededGenerator(seed: seed)
    var rows: [MetricRow] = []
    for _ in 0..<3000 {
      let tier = Granularity.allCases.randomElement(using: &random) ?? .raw
      let time = tier.bucket(of: now - Int64.random(in: -4000...90_000, using: &random))
      rows += Fixture.cycle(
        now - time, rtt: Double.random(in: 10...99, using: &random), tier: tier)
    }
    let survey = try Fixture(rows).survey(from: now - 86_400, slots: 500)
    let wan = try #require(survey.wans.first)
    for value in wan[.rtt].compactMap({ $0 }) {
      #expect(value.minimum >= 10 && value.maximum <= 99, "seed \(seed)")
      #expect(value.mean >= value.minimum - 1e-9, "seed \(seed)")
      #expect(value.mean <= value.maximum + 1e-9, "seed \(seed)")
      #expect(value.seconds > 0, "seed \(seed)")
      #expect(value.seconds <= Double(survey.axis.slotSeconds), "seed \(seed)")
    }
    #expect(
      wan.zones.download.reduce(ZoneSeconds(), +).sum() <= Double(survey.axis.length),
      "seed \(seed)")
  }

  @Test func changesOfStateCountToTheSecond() throws {
    var rows = [Fixture.start(600)]
    for age in stride(from: Int64(600), to: 0, by: -1) { rows += Fixture.cycle(age) }
    rows += [
      Fixture.change(500, .download, .yellow, delta: 21), Fixture.change(490, .download, .red),
      Fixture.change(470, .download, .yellow, delta: 90), Fixture.change(460, .download, .green),
      Fixture.change(300, .upload, .red, delta: 55), Fixture.change(240, .upload, .green),
    ]
    let wan = try #require(try Fixture(rows).survey(from: now - 600).wans.first)
    let download = wan.zones.download.reduce(ZoneSeconds(), +)
    #expect(download[.yellow] == 20)
    #expect(download[.red] == 20)
    #expect(download[.green] == 560)
    let upload = wan.zones.upload.reduce(ZoneSeconds(), +)
    #expect(upload[.red] == 60)
    #expect(upload[.green] == 540)
    #expect(wan.averagedStateSeconds == 0)
    let episode = try #require(wan.episodes.download.longest.first)
    #expect(wan.episodes.download.count == 1)
    #expect(episode.start == now - 500)
    #expect(episode.end == now - 460)
    #expect(episode.worst == .red)
    #expect(episode.peak == Milliseconds(90))
    #expect(episode.changes == 4)
    #expect(wan.episodes.upload.totalSeconds == 60)
    #expect(wan.settings.targetBloat == Milliseconds(15))
    #expect(wan.settings.ceilings.download == BitsPerSecond(100_000_000))
    #expect(wan.settings.ceilings.upload == BitsPerSecond(10_500_000))
  }

  /// A pause below half a minute ends no episode, and one that goes on has no end.
  @Test func episodesAreJoinedAcrossShortPauses() throws {
    var rows: [MetricRow] = []
    for age in stride(from: Int64(600), to: 0, by: -1) { rows += Fixture.cycle(age) }
    for (age, zone) in [
      (500, .yellow), (490, .green), (470, .yellow), (465, .green), (400, .yellow), (399, .green),
      (50, .softRed),
    ] as [(Int64, Zone)] {
      rows.append(Fixture.change(age, .download, zone))
    }
    let wan = try #require(try Fixture(rows).survey(from: now - 600).wans.first)
    let episodes = wan.episodes.download
    #expect(episodes.count == 3)
    #expect(episodes.longest.map { $0.seconds(now: now) } == [50, 35, 1])
    #expect(episodes.longest.first?.end == nil)
    #expect(episodes.totalSeconds == 86)
  }

  /// What the range began with is told by the last change before it.
  @Test func theStateBeforeTheRangeIsKnown() throws {
    var rows = [Fixture.change(5000, .download, .yellow), Fixture.change(5000, .upload, .red)]
    for age in stride(from: Int64(60), to: 0, by: -1) { rows += Fixture.cycle(age, zone: .yellow) }
    let wan = try #require(try Fixture(rows).survey(from: now - 60).wans.first)
    #expect(wan.zones.download.reduce(ZoneSeconds(), +)[.yellow] == 60)
    #expect(wan.zones.upload.reduce(ZoneSeconds(), +)[.red] == 60)
  }

  /// The original removes changes when it averages: then averages are all there is.
  @Test func averagesWithoutLabelsStandForTheDownload() throws {
    var rows: [MetricRow] = []
    for age in stride(from: Int64(7200), to: 0, by: -60) {
      var cycle = Fixture.cycle(age, zone: age > 3600 ? .yellow : .green, tier: .minute)
      for index in cycle.indices { cycle[index].labels = nil }
      rows += cycle
    }
    let wan = try #require(try Fixture(rows).survey(from: now - 7200, slots: 120).wans.first)
    let download = wan.zones.download.reduce(ZoneSeconds(), +)
    #expect(download[.yellow] == 3600)
    #expect(download[.green] == 3600)
    #expect(wan.zones.upload.reduce(ZoneSeconds(), +).sum() == 0)
    #expect(wan.averagedStateSeconds == 7200)
    #expect(wan.episodes.download.longest.map { $0.seconds(now: now) } == [3600])
    #expect(wan.episodes.download.longest.first?.peak == nil)
  }

  /// What the dry run of a score would have done stands beside what was done.
  @Test func theDryRunIsHeldAgainstWhatWasDone() throws {
    var rows = (0..<100).flatMap { Fixture.cycle(Int64($0)) }
    for (age, value, metric) in [
      (80, 1, MetricName.steeringTransition), (60, 0, .steeringTransition),
      (90, 1, .steeringWould), (88, 1, .steeringWould), (70, 0, .steeringWould),
    ] as [(Int64, Double, MetricName)] {
      let labels =
        metric == .steeringWould
        ? MetricLabels.steeringWould(from: "A", to: "B", contributors: ["RED", "queue_high(80%)"])
        : MetricLabels.steeringTransition(from: "A", to: "B")
      rows.append(
        MetricRow(
          timestamp: now - age, wan: "wan1", metric: metric, value: value, labels: labels.text))
    }
    let fixture = try Fixture(rows)
    let wan = try #require(try fixture.survey(from: now - 100).wans.first)
    #expect(wan.steering.seconds == 20)
    #expect(wan.scoring.count == 1)
    #expect(wan.scoring.seconds == 20)
    #expect(wan.scoring.periods.first?.reason == "RED, queue_high(80%)")
    #expect(wan.scoring.secondsTogether(with: wan.steering, until: now) == 10)
    let text = try fixture.report(from: now - 100).markdown
    #expect(
      text.contains(
        "In its dry run confidence scoring would have steered once, together 20 s, of which 10 s"),
      "\(text)")
  }

  /// States of steering are on another scale, and its transitions are periods.
  @Test func steeringIsKeptApart() throws {
    var rows = Fixture.cycle(30)
    rows.append(
      MetricRow(
        timestamp: now - 30, wan: "wan1", metric: .state, value: 2,
        labels: MetricLabels.steering.text))
    for (age, value) in [(50, 1.0), (40, 1), (30, 0), (10, 1)] as [(Int64, Double)] {
      let labels = MetricLabels.steeringTransition(from: "WAN1_GOOD", to: "WAN1_DEGRADED")
      rows.append(
        MetricRow(
          timestamp: now - age, wan: "wan1", metric: .steeringTransition, value: value,
          labels: labels.text))
    }
    let wan = try #require(try Fixture(rows).survey(from: now - 60).wans.first)
    #expect(wan.zones.download.reduce(ZoneSeconds(), +)[.softRed] == 0)
    #expect(wan.steering.isRecorded)
    #expect(wan.steering.count == 2)
    #expect(wan.steering.seconds == 30)
    #expect(wan.steering.periods.last?.end == nil)
    #expect(wan.steering.periods.first?.reason == "Transitioned from WAN1_GOOD to WAN1_DEGRADED")
  }

  @Test func aRestartEndsWhatWasWrong() throws {
    var rows = [Fixture.change(500, .download, .red), Fixture.start(200)]
    for age in stride(from: Int64(600), to: 300, by: -1) { rows += Fixture.cycle(age, zone: .red) }
    for age in stride(from: Int64(199), to: 0, by: -1) { rows += Fixture.cycle(age) }
    let wan = try #require(try Fixture(rows).survey(from: now - 600).wans.first)
    #expect(wan.starts == [now - 200])
    #expect(wan.episodes.download.longest.first?.end == now - 300)
    #expect(wan.zones.download.reduce(ZoneSeconds(), +)[.green] == 199)
  }

  @Test func whatCannotBeIsLeftOut() throws {
    var rows = Fixture.cycle(30)
    for value in [.infinity, -.infinity, 1e308, -1, 600_001] as [Double] {
      rows.append(MetricRow(timestamp: now - 20, wan: "wan1", metric: .rtt, value: value))
    }
    rows.append(
      MetricRow(
        timestamp: now - 20, wan: "wan1", metric: .state, value: 1.5,
        labels: MetricLabels.direction(.download).text))
    rows.append(MetricRow(timestamp: .min, wan: "wan1", metric: .rtt, value: 1))
    rows.append(MetricRow(timestamp: .max, wan: "wan1", metric: .rtt, value: 1))
    let fixture = try Fixture(rows)
    let wan = try #require(try fixture.survey(from: now - 60).wans.first)
    #expect(wan.implausibleRows == 6)
    #expect(wan[.rtt].compactMap { $0?.maximum } == [24])
    let axis = SlotAxis(HistoryRange(start: .min, end: .max), slots: 50)
    let all = try HistorySurvey(fixture.reader(), axis, metrics: [.rtt], wan: nil)
    #expect(all.wans.count == 1)
  }

  @Test func wansAreLimited() throws {
    let rows = (0..<40).flatMap { Fixture.cycle(30, wan: "wan\($0)") }
    let fixture = try Fixture(rows)
    let survey = try fixture.survey(from: now - 60)
    #expect(survey.wans.count == HistorySurvey.maximumWANs)
    #expect(survey.furtherWANs == 8)
    #expect(try fixture.survey(from: now - 60, wan: "wan39").wans.map(\.name) == ["wan39"])
  }

  @Test(
    arguments: [
      ("RTT delta 51.2ms exceeded hard_red threshold 80ms", 51.2, "hard_red", 80),
      ("RTT delta -0.4ms fell below green threshold 15.0ms", -0.4, "green", 15),
      ("RTT delta nanms exceeded warn threshold 1e999ms", nil, nil, nil),
      ("", nil, nil, nil), ("threshold 5ms", nil, nil, nil), ("15ms", nil, nil, nil),
    ] as [(String, Double?, String?, Double?)])
  func reasonsAreRead(text: String, delta: Double?, threshold: String?, limit: Double?) {
    let reason = ChangeReason(text)
    #expect(reason.delta?.rawValue == delta)
    #expect(reason.threshold == threshold)
    #expect(reason.limit?.rawValue == limit)
  }
}

import Model
import TestSupport
import Testing

@testable import History

/// History for a metrics server.
@Suite struct OpenMetricsTests {
  private let database: ScratchDatabase

  init() throws { database = try ScratchDatabase() }

  private func export(
    _ range: HistoryRange = HistoryRange(start: 0, end: .max),
    _ filter: HistoryFilter = HistoryFilter()
  ) throws -> (text: String, result: HistoryExport) {
    var bytes: [UInt8] = []
    let result = try HistoryReader(database.connection).exportOpenMetrics(of: range, filter) {
      bytes += $0
      return true
    }
    return (String(decoding: bytes, as: UTF8.self), result)
  }

  private func row(
    _ timestamp: Int64, _ value: Double, _ metric: MetricName = .rtt, labels: String? = nil,
    tier: Granularity = .raw, wan: String = "wan1"
  ) -> MetricRow {
    MetricRow(
      timestamp: timestamp, wan: wan, metric: metric, value: value, labels: labels,
      granularity: tier)
  }

  @Test func familiesSeriesAndTimesAreInOrder() throws {
    let download = MetricLabels.direction(.download).text
    try database.store([
      row(7200, 30, wan: "wan2"), row(7200, 1, .state, labels: download), row(7201, 21),
      row(7200, 2, .state, labels: MetricLabels.steering.text), row(7200, 19.5), row(7200, 20.5),
      row(3600, 0, .state, tier: .hour), row(3600, 18, tier: .hour),
      // A change of state and the configuration are no samples.
      row(7200, 3, .state, labels: MetricLabels.transition(.upload, reason: "r").text),
      row(7200, 7200, .configSnapshot), row(7200, 1, .steeringTransition),
      row(7200, 5, MetricName("wanctl_later_seconds"), labels: #"{"peer": "a\"\\\nb", "n": 2}"#),
    ])
    let (text, result) = try export()
    #expect(
      text == #"""
        # TYPE wanctl_later_seconds unknown
        wanctl_later_seconds{wan="wan1",peer="a\"\\\nb",n="2"} 5.0 7200
        # TYPE wanctl_rtt_ms gauge
        # UNIT wanctl_rtt_ms ms
        # HELP wanctl_rtt_ms Measured latency.
        wanctl_rtt_ms{wan="wan1"} 18.0 3600
        wanctl_rtt_ms{wan="wan1"} 19.5 7200
        wanctl_rtt_ms{wan="wan1"} 20.5 7200.500
        wanctl_rtt_ms{wan="wan1"} 21.0 7201
        wanctl_rtt_ms{wan="wan2"} 30.0 7200
        # TYPE wanctl_state gauge
        # HELP wanctl_state Congestion: 0 GREEN, 1 YELLOW, 2 SOFT_RED, 3 RED; of steering 2 is RED.
        wanctl_state{wan="wan1",direction="download"} 0.0 3600
        wanctl_state{wan="wan1",direction="download"} 1.0 7200
        wanctl_state{wan="wan1",source="steering"} 2.0 7200
        # EOF

        """#)
    #expect(result == HistoryExport(samples: 9, leftOut: 0))
  }

  @Test func filtersAndRangesAreKept() throws {
    try database.store([
      row(10, 1), row(20, 2), row(30, 3), row(20, 4, .delta), row(20, 5, wan: "x"),
    ])
    let (text, _) = try export(
      HistoryRange(start: 15, end: 25), HistoryFilter(metrics: ["wanctl_rtt_ms"], wan: "wan1"))
    #expect(
      text.split(separator: "\n").filter { !$0.hasPrefix("#") } == [
        #"wanctl_rtt_ms{wan="wan1"} 2.0 20"#
      ])
    #expect(try export(HistoryRange(start: 25, end: 15)).text == "# EOF\n")
  }

  @Test func whatAServerCannotHoldIsLeftOutAndCounted() throws {
    try database.store(
      [
        row(-1, 1), row(253_402_300_800, 1), row(.max, 1), row(0, .infinity),
        row(1, -.infinity), row(5, 1, MetricName("no name")), row(5, 1, MetricName("")),
      ] + (0..<1500).map { row(9, Double($0)) })
    let (text, result) = try export(HistoryRange(start: .min, end: .max))
    #expect(result == HistoryExport(samples: 1002, leftOut: 5 + 500))
    #expect(text.contains("} +Inf 0\n") && text.contains("} -Inf 1\n"))
    #expect(text.contains("} 999.0 9.999\n"))
    #expect(!text.contains("no name"))
  }

  @Test func labelsThatAreNoFlatObjectStandAsTheyAre() {
    func labels(_ stored: String?) -> String { OpenMetrics.labels(wan: "w", stored: stored) }
    #expect(labels(nil) == #"{wan="w"}"#)
    #expect(labels("{}") == #"{wan="w"}"#)
    #expect(labels("no json") == #"{wan="w",labels="no json"}"#)
    #expect(labels(#"{"a": {"b": 1}}"#) == #"{wan="w",labels="{\"a\": {\"b\": 1}}"}"#)
    #expect(labels(#"{"a": 1"#) == #"{wan="w",labels="{\"a\": 1"}"#)
    #expect(
      labels(#"{"wan": "x", "1st-name": true, "__own": null, "__ü": "\u00fc\ud83d\ude00/\/"}"#)
        == #"{wan="w",_1st_name="true",_="ü😀//"}"#)
  }

  /// Any mixture of tiers against a look at all pairs of rows.
  @Test(arguments: 0..<20)
  func theFinestRowOfEachTimeStands(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var samples: [SeriesMerge.Sample] = []
    for tier in Granularity.allCases {
      for _ in 0..<Int.random(in: 0...30, using: &random) {
        let time = Int64.random(in: 0...(2 * 86_400), using: &random)
        samples.append(
          SeriesMerge.Sample(
            timestamp: tier.bucket(of: time), value: Double.random(in: 0...1, using: &random),
            tier: tier))
      }
    }
    samples.shuffle(using: &random)
    samples.sort { $0.timestamp < $1.timestamp }
    var ours: [SeriesMerge.Sample] = []
    var merge = SeriesMerge()
    for sample in samples { merge.add(sample) { ours.append($0) } }
    merge.finish { ours.append($0) }
    let wanted = samples.enumerated().filter { index, sample in
      let hasFiner = samples.contains { other in
        other.tier.seconds < sample.tier.seconds && other.timestamp >= sample.timestamp
          && other.timestamp < sample.timestamp + sample.tier.seconds
      }
      let isRepeated = samples[..<index].contains {
        sample.tier != .raw && $0.tier == sample.tier && $0.timestamp == sample.timestamp
      }
      return !hasFiner && !isRepeated
    }.map(\.element)
    #expect(ours == wanted, "seed \(seed)")
  }
}

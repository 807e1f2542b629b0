import Model
import TestSupport
import Testing

@testable import History

/// Rows as text.
@Suite struct HistoryLinesTests {
  /// The quick way of a value's text against the C library's.
  @Test func valuesAreRoundedAsByTheLibrary() {
    var random = SeededGenerator(seed: 11)
    var values: [Double] = [
      0, -0.0, 0.0004, -0.0004, 0.0005, 0.0015, 99.9995, 0.05, 1e22, -1e22, 0x1p53,
      999_999_999.9995,
      1e9 + 0.5, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
    ]
    for _ in 0..<20_000 {
      let scale = [1e-3, 1, 1e3, 1e8, 1e12].randomElement(using: &random)!
      let value = Double.random(in: -scale...scale, using: &random)
      values += [
        value, value.rounded(), (value * 1000).rounded() / 1000, (value * 2000).rounded() / 2000,
        (value * 10).rounded() / 10,
      ]
    }
    for value in values {
      let text = ValueText(value)
      var bytes: [UInt8] = []
      text.append(to: &bytes)
      let ours = String(decoding: bytes, as: UTF8.self)
      #expect(ours == HistoryText.slowText(of: value), "\(value)")
      #expect(text.length == bytes.count, "\(value)")
      #expect(text.alignment == TableColumn.decimals(ours), "\(value)")
    }
  }

  @Test func integersOfAnySizeAreWritten() {
    for number in [0, 1, -1, 10, 1_795_200_000, Int64.min, Int64.max] {
      var bytes: [UInt8] = []
      bytes.append(decimal: number)
      #expect(String(decoding: bytes, as: UTF8.self) == "\(number)")
    }
    var bytes: [UInt8] = []
    bytes.append(digits: 7, atLeast: 3)
    #expect(String(decoding: bytes, as: UTF8.self) == "007")
  }

  private let folder: TemporaryFolder
  private let reader: HistoryReader
  private let range = HistoryRange(start: 0, end: 100)

  init() throws {
    folder = try TemporaryFolder()
    let database = try SQLiteConnection(path: folder.file("metrics.db"), access: .create)
    try MetricsSchema.create(on: database)
    let insertion = try MetricInsertion(on: database)
    for row in [
      MetricRow(timestamp: 10, wan: "wan1", metric: .rtt, value: 23.125),
      MetricRow(timestamp: 10, wan: "wan1", metric: .rtt, value: .infinity),
      MetricRow(
        timestamp: 11, wan: "a,\"b\"", metric: .state, value: 1,
        labels: MetricLabels.direction(.download).text),
    ] {
      try insertion.insert(row)
    }
    reader = try HistoryReader(database)
  }

  private func text(_ layout: HistoryLines.Layout) throws -> String {
    var lines = HistoryLines(layout)
    var bytes: [UInt8] = []
    try reader.forEachRow(in: range, HistoryFilter()) { row in
      lines.append(row, reader.series, to: &bytes)
      return true
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func linesAreCSVAndJSON() throws {
    #expect(
      try text(.csv) == """
        11,"a,""b""\",wanctl_state,1.0,"{""direction"": ""download""}",raw
        10,wan1,wanctl_rtt_ms,Infinity,,raw
        10,wan1,wanctl_rtt_ms,23.125,,raw

        """)
    #expect(
      try text(.jsonLine) == #"""
        {"timestamp":11,"wan_name":"a,\"b\"","metric_name":"wanctl_state","value":1.0,"labels":"{\"direction\": \"download\"}","granularity":"raw"}
        {"timestamp":10,"wan_name":"wan1","metric_name":"wanctl_rtt_ms","value":null,"labels":null,"granularity":"raw"}
        {"timestamp":10,"wan_name":"wan1","metric_name":"wanctl_rtt_ms","value":23.125,"labels":null,"granularity":"raw"}

        """#)
    #expect(
      try text(.jsonElement).hasPrefix(
        #"""
          {
            "timestamp": 11,
            "wan_name": "a,\"b\"",
            "metric_name": "wanctl_state",
            "value": 1.0,
            "labels": "{\"direction\": \"download\"}",
            "granularity": "raw"
          }
        """#))
  }

  @Test func pointsStandUnderEachOther() throws {
    var table = HistoryTable(isVerbose: true, zone: .utc)
    var bytes: [UInt8] = []
    try reader.forEachRow(in: range, HistoryFilter()) { row in
      table.measure(row, reader.series)
      return true
    }
    table.appendHead(to: &bytes)
    try reader.forEachRow(in: range, HistoryFilter()) { row in
      table.append(row, reader.series, to: &bytes)
      return true
    }
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        Timestamp            Metric           Value  WAN    Labels                     Granularity
        -------------------  -------------  -------  -----  -------------------------  -------------
        1970-01-01 00:00:11  wanctl_state     1      a,"b"  {"direction": "download"}  raw
        1970-01-01 00:00:10  wanctl_rtt_ms  inf      wan1                              raw
        1970-01-01 00:00:10  wanctl_rtt_ms   23.125  wan1                              raw

        """)
  }
}

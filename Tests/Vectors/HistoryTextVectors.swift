import Foundation
import History
import Testing

/// How the original read durations, times and requests, and how it wrote values, tables and
/// summaries.
@Suite struct HistoryTextVectors {
  private static func rows(_ part: String) -> [VectorFile.Object] {
    VectorFile.all("downsample", holding: part).flatMap(\.rows)
  }

  private func parts(
    _ row: VectorFile.Object
  ) throws -> (input: VectorFile.Object, output: VectorFile.Object) {
    (
      try #require(row["in"] as? VectorFile.Object), try #require(row["out"] as? VectorFile.Object)
    )
  }

  private func zone(_ name: Any?) -> ClockZone {
    guard let name = name as? String, name != "UTC", let zone = TimeZone(identifier: name) else {
      return .utc
    }
    return ClockZone { Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0)))) }
  }

  @Test func textsAreReadAndWrittenAsRecorded() throws {
    let rows = Self.rows("parsing")
    #expect(!rows.isEmpty)
    for row in rows where row["i"] != nil {
      let (input, output) = try parts(row)
      let comment = Comment(rawValue: "\(row["i"] ?? "?"): \(input)")
      switch input["case"] as? String {
      case "duration":
        let text = try #require(input["text"] as? String)
        let cli = try #require(output["cli"] as? VectorFile.Object)
        if cli["exception"] != nil {
          exclude("downsample/parsing \(text)", because: "an absurd duration is a mistake")
        }
        let expected = (cli["value"] as? NSNumber)?.int64Value
        if let expected, expected > 730_000 * 86_400 {
          exclude("downsample/parsing \(text)", because: "more than 730 000 days is a mistake")
          #expect(DurationText.seconds(text) == nil, comment)
        } else {
          #expect(DurationText.seconds(text) == expected, comment)
        }
      case "timestamp":
        let text = try #require(input["text"] as? String)
        let zone = zone(input["tz"])
        let cli = try #require(output["cli"] as? VectorFile.Object)
        let api = try #require(output["api"] as? VectorFile.Object)
        #expect(
          TimestampText.time(text, zone: zone) == (cli["value"] as? NSNumber)?.int64Value, comment)
        #expect(
          TimestampText.isoTime(text, zone: zone) == (api["value"] as? NSNumber)?.int64Value,
          comment)
      case "format_value":
        let value = try #require(input["value"] as? NSNumber)
        #expect(HistoryText.value(value.doubleValue) == output["text"] as? String, comment)
      case "format_timestamp":
        let time = try #require(input["ts"] as? NSNumber)
        #expect(
          HistoryText.time(time.int64Value, zone: zone(input["tz"])) == output["text"] as? String,
          comment)
      case "granularity":
        let start = try #require(input["start"] as? NSNumber).int64Value
        let end = try #require(input["end"] as? NSNumber).int64Value
        #expect(
          HistoryRange(start: start, end: end).granularity.rawValue
            == output["granularity"] as? String, comment)
      case "api_query": try compareRequest(input, output, comment)
      case let other: Issue.record("unknown case \(other ?? "")")
      }
    }
  }

  private func compareRequest(
    _ input: VectorFile.Object, _ output: VectorFile.Object, _ comment: Comment
  ) throws {
    let path = try #require(input["path"] as? String)
    let query = path.split(separator: "?", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
    let now = try #require(input["now"] as? NSNumber).int64Value
    do throws(HistoryRequest.Invalid) {
      let request = try HistoryRequest(query: query, zone: .utc)
      let value = try? #require(output["value"] as? VectorFile.Object)
      let range = request.range(now: now)
      #expect(range.start == (value?["start"] as? NSNumber)?.int64Value, comment)
      #expect(range.end == (value?["end"] as? NSNumber)?.int64Value, comment)
      #expect(range.granularity.rawValue == value?["granularity"] as? String, comment)
      let parameters = value?["params"] as? VectorFile.Object
      #expect(request.metrics == parameters?["metrics"] as? [String], comment)
      #expect(request.wan == parameters?["wan"] as? String, comment)
      #expect(request.limit == (parameters?["limit"] as? NSNumber)?.intValue ?? 1000, comment)
      #expect(request.offset == (parameters?["offset"] as? NSNumber)?.intValue ?? 0, comment)
    } catch {
      if output["exception"] != nil {
        return exclude("downsample/parsing \(path)", because: "an absurd duration is a mistake")
      }
      #expect(error.description == output["error"] as? String, comment)
    }
  }

  @Test func samplesAreSummedUpAsRecorded() throws {
    let rows = Self.rows("summary")
    #expect(!rows.isEmpty)
    for row in rows where row["i"] != nil {
      let (input, output) = try parts(row)
      let values = try #require(input["values"] as? [NSNumber]).map(\.doubleValue)
      guard let statistics = SampleStatistics(values) else {
        #expect(output.isEmpty || (output["summary"] as? VectorFile.Object)?.isEmpty == true)
        continue
      }
      let recorded = output["summary"] as? VectorFile.Object ?? output
      func number(_ key: String) -> Double { (recorded[key] as? NSNumber)?.doubleValue ?? .nan }
      let bounds = number("min")...number("max")
      func clamped(_ key: String) -> Double {
        min(max(number(key), bounds.lowerBound), bounds.upperBound)
      }
      #expect(statistics.minimum == bounds.lowerBound && statistics.maximum == bounds.upperBound)
      #expect(abs(statistics.mean - number("avg")) <= 1e-12 * abs(number("avg")))
      #expect(statistics.p50 == clamped("p50"))
      #expect(statistics.p95 == clamped("p95"))
      #expect(statistics.p99 == clamped("p99"))
    }
  }

  @Test func storedRowsAreFoundAsRecorded() throws {
    let file = try #require(VectorFile.all("downsample", holding: "query").first)
    let folder = try ScratchFolder()
    let connection = try SQLiteConnection(path: folder.path + "/metrics.db", access: .create)
    try MetricsSchema.create(on: connection)
    let insertion = try MetricInsertion(on: connection)
    for row in try #require(file.header["data"] as? [[Any]]) {
      try insertion.insert(
        MetricRow(
          timestamp: (row[0] as? NSNumber)?.int64Value ?? 0, wan: row[1] as? String ?? "",
          metric: MetricName(row[2] as? String ?? ""),
          value: (row[3] as? NSNumber)?.doubleValue ?? 0,
          labels: row[4] as? String,
          granularity: Granularity(rawValue: row[5] as? String ?? "") ?? .raw))
    }
    for row in file.rows where row["i"] != nil {
      let (input, output) = try parts(row)
      let filter = try #require(input["filter"] as? VectorFile.Object)
      guard let tier = (filter["granularity"] as? String).flatMap(Granularity.init(rawValue:))
      else {
        exclude(
          "downsample/query \(row["i"] ?? "?")", because: "a query is always of one tier")
        continue
      }
      let reader = try HistoryReader(connection)
      var found: [String] = []
      try reader.forEachStoredRow(
        tier,
        in: HistoryRange(
          start: (filter["start_ts"] as? NSNumber)?.int64Value ?? .min,
          end: (filter["end_ts"] as? NSNumber)?.int64Value ?? .max),
        HistoryFilter(
          metrics: (filter["metrics"] as? [String]).flatMap { $0.isEmpty ? nil : $0 },
          wan: filter["wan"] as? String)
      ) { row in
        let series = reader.series[row.series]
        found.append("\(row.timestamp) \(series.wan) \(series.metric) \(row.value)")
        return true
      }
      let rows = try #require(output["rows"] as? [[Any]])
      let recorded = rows.map { (row: [Any]) -> String in
        "\(row[0]) \(row[1]) \(row[2]) \((row[3] as? NSNumber)?.doubleValue ?? .nan)"
      }
      #expect(found.sorted() == recorded.sorted(), "\(filter)")
    }
  }
}

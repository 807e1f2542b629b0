import Foundation
import History
import Testing

/// The databases that the original's recorded answers were taken from.
///
/// They are kept as text: `s` lines name a series (tier, WAN, metric, labels), the others are rows
/// in the order of their ids from 1 on: number of the series, seconds since the row before, value.
enum RecordedHistory {
  /// Makes `NAME.db` in a folder.
  static func make(_ name: String, in folder: URL) throws {
    let file = VectorFile.folder.appending(path: "history/\(name).tsv")
    let connection = try SQLiteConnection(
      path: folder.appending(path: "\(name).db").path, access: .create)
    try MetricsSchema.create(on: connection)
    var series: [(Granularity, HistorySeries)] = []
    var time: Int64 = 0
    try connection.execute("BEGIN")
    let insertion = try MetricInsertion(on: connection)
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      if fields[0] == "s" {
        let tier = try #require(Granularity(rawValue: fields[1]))
        series.append(
          (
            tier,
            HistorySeries(
              wan: fields[2], metric: fields[3], labels: fields.count > 4 ? fields[4] : nil)
          ))
        continue
      }
      let (tier, names) = series[try #require(Int(fields[0]))]
      time += try #require(Int64(fields[1]))
      try insertion.insert(
        MetricRow(
          timestamp: time, wan: names.wan, metric: MetricName(names.metric),
          value: try #require(Double(fields[2])), labels: names.labels, granularity: tier))
    }
    try connection.execute("COMMIT")
  }

  /// A folder with the recorded databases, made once.
  static let folder: Result<URL, any Error> = Result {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "wanctl-history-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in ["ex", "tiers"] { try make(name, in: folder) }
    return folder
  }

  /// The cases of a file of `history/`.
  static func cases(_ name: String) -> [VectorFile.Object] {
    let file = VectorFile.folder.appending(path: "history/\(name).jsonl")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { VectorJSON.value(of: $0) as? VectorFile.Object }
  }

  /// A recorded summary as ours: percentiles end at the least and the greatest sample, and blocks of
  /// a metric with several origins are left out.
  static func comparable(summary: String, leavingOut metrics: Set<String>) -> [String] {
    summary.components(separatedBy: "\n\n").compactMap { block in
      var lines = block.split(separator: "\n").map(String.init)
      guard let heading = lines.first, let name = heading.split(separator: " ").first,
        !metrics.contains(String(name))
      else { return nil }
      func value(_ key: String) -> Double? {
        lines.first { $0.hasPrefix("  \(key): ") }.flatMap { Double($0.dropFirst(key.count + 4)) }
      }
      if let least = value("min"), let greatest = value("max") {
        for (index, line) in lines.enumerated() where line.hasPrefix("  p") {
          let recorded = Double(line.dropFirst(7)) ?? 0
          let clamped = min(max(recorded, least), greatest)
          if clamped != recorded { lines[index] = line.prefix(7) + HistoryText.value(clamped) }
        }
      }
      return lines.joined(separator: "\n")
    }
  }
}

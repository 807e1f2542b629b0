import Model

/// The members of a row as JSON, where it is one of a page of rows.
public enum HistoryJSON {
  /// The members behind the time, one per line.
  static func fields(_ row: HistoryRow, _ series: HistorySeries, indent: String) -> String {
    [
      "\"wan_name\": \(quoted(series.wan))", "\"metric_name\": \(quoted(series.metric))",
      "\"value\": \(shortest(row.value))",
      "\"labels\": \(series.labels.map(quoted) ?? "null")",
      "\"granularity\": \"\(row.granularity.rawValue)\"",
    ].map { indent + $0 }.joined(separator: ",\n")
  }

  static func quoted(_ text: String) -> String {
    var json = JSONWriter(escaping: .ascii)
    json.string(text)
    return json.text
  }
}

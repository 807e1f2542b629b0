import Model

/// The JSON forms of rows: the array of `--json`, and one object per line.
public enum HistoryJSON {
  /// An element of the array of `--json`: indented by two, without comma and line end.
  public static func element(_ row: HistoryRow, _ series: HistorySeries) -> String {
    """
      {
        "timestamp": \(row.timestamp),
    \(fields(row, series, indent: "    "))
      }
    """
  }

  /// An object on one line, without its end.
  public static func line(_ row: HistoryRow, _ series: HistorySeries) -> String {
    var json = JSONWriter(escaping: .ascii)
    json.beginObject()
    json.field("timestamp", row.timestamp)
    json.field("wan_name", series.wan)
    json.field("metric_name", series.metric)
    json.field("value", row.value)
    json.field("labels", series.labels)
    json.field("granularity", row.granularity.rawValue)
    json.endObject()
    return json.text
  }

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

import Model

/// Rows as comma-separated values by RFC 4180, with line feeds alone.
public enum HistoryCSV {
  public static let head = "timestamp,wan_name,metric_name,value,labels,granularity"

  public static func line(_ row: HistoryRow, _ series: HistorySeries) -> String {
    [
      "\(row.timestamp)", cell(series.wan), cell(series.metric), shortest(row.value),
      cell(series.labels ?? ""), row.granularity.rawValue,
    ].joined(separator: ",")
  }

  private static func cell(_ text: String) -> String {
    let needsQuotes = text.utf8.contains {
      $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n")
        || $0 == UInt8(ascii: "\r")
    }
    guard needsQuotes else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}

import Model

/// Rows as text of the same shape: what stands around time, value and tier is the same for all rows
/// of a series, and made once.
public struct HistoryLines {
  /// The shape.
  public enum Layout: Sendable {
    /// Elements of the array of `--json`: indented by two, without comma and line end.
    case jsonElement
    /// One object per line.
    case jsonLine
    /// Comma-separated values by RFC 4180, with line feeds alone.
    case csv
  }

  public static let csvHead = "timestamp,wan_name,metric_name,value,labels,granularity\n"

  private let layout: Layout
  /// By the number of the series.
  private var texts: [(beforeValue: [UInt8], behindValue: [UInt8])?] = []

  public init(_ layout: Layout) { self.layout = layout }

  /// Appends a row, of the layouts with lines with its end.
  public mutating func append(
    _ row: HistoryRow, _ table: SeriesTable, to bytes: inout [UInt8]
  ) {
    while texts.count <= row.series { texts.append(nil) }
    let text = texts[row.series] ?? texts(of: table[row.series])
    if texts[row.series] == nil { texts[row.series] = text }
    switch layout {
    case .jsonElement: bytes.append("  {\n    \"timestamp\": ")
    case .jsonLine: bytes.append("{\"timestamp\":")
    case .csv: break
    }
    bytes.append(decimal: row.timestamp)
    bytes.append(contentsOf: text.beforeValue)
    // JSON has no infinite numbers, but Python writes and reads them.
    let hasNumber = row.value.isFinite || layout != .jsonLine
    bytes.append(contentsOf: (hasNumber ? shortest(row.value) : "null").utf8)
    bytes.append(contentsOf: text.behindValue)
    bytes.append(contentsOf: row.granularity.rawValue.utf8)
    switch layout {
    case .jsonElement: bytes.append("\"\n  }")
    case .jsonLine: bytes.append("\"}\n")
    case .csv: bytes.append("\n")
    }
  }

  private func texts(of series: HistorySeries) -> (beforeValue: [UInt8], behindValue: [UInt8]) {
    let labels = series.labels.map(HistoryJSON.quoted) ?? "null"
    let (before, behind) =
      switch layout {
      case .jsonElement:
        (
          ",\n    \"wan_name\": \(HistoryJSON.quoted(series.wan))"
            + ",\n    \"metric_name\": \(HistoryJSON.quoted(series.metric)),\n    \"value\": ",
          ",\n    \"labels\": \(labels),\n    \"granularity\": \""
        )
      case .jsonLine:
        (
          ",\"wan_name\":\(HistoryJSON.quoted(series.wan))"
            + ",\"metric_name\":\(HistoryJSON.quoted(series.metric)),\"value\":",
          ",\"labels\":\(labels),\"granularity\":\""
        )
      case .csv:
        (
          ",\(Self.csvCell(series.wan)),\(Self.csvCell(series.metric)),",
          ",\(Self.csvCell(series.labels ?? "")),"
        )
      }
    return (Array(before.utf8), Array(behind.utf8))
  }

  private static func csvCell(_ text: String) -> String {
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

import Model

/// The table of `wanctl-history`: measured in a first pass over the rows, printed in a second.
public struct HistoryTable {
  private var columns: [TableColumn]
  private let isVerbose: Bool
  private let zone: ClockZone
  private var widths: [Int] = []
  private var lastTime: (value: Int64, text: String)?

  /// - Parameter isVerbose: with WAN, labels and tier.
  public init(isVerbose: Bool, zone: ClockZone) {
    let names =
      ["Timestamp", "Metric", "Value"] + (isVerbose ? ["WAN", "Labels", "Granularity"] : [])
    columns = names.map { TableColumn($0) }
    self.isVerbose = isVerbose
    self.zone = zone
  }

  public mutating func measure(_ row: HistoryRow, _ series: HistorySeries) {
    // All times are equally long but those of absurd years.
    let cells = cells(row, series)
    for index in columns.indices { columns[index].measure(cells[index]) }
  }

  /// The two lines above the rows; call when everything is measured.
  public mutating func head() -> String {
    widths = columns.map(\.width)
    let header = zip(columns, widths).map { $0.headerCell(width: $1) }
    let rule = widths.map { String(repeating: "-", count: $0) }
    return "\(Self.line(header))\n\(Self.line(rule))\n"
  }

  /// The line of a row, with its end.
  public mutating func line(_ row: HistoryRow, _ series: HistorySeries) -> String {
    let cells = cells(row, series)
    return Self.line(zip(zip(columns, cells), widths).map { $0.0.cell($0.1, width: $1) }) + "\n"
  }

  private mutating func cells(_ row: HistoryRow, _ series: HistorySeries) -> [String] {
    let cells = [time(row.timestamp), series.metric, HistoryText.value(row.value)]
    guard isVerbose else { return cells }
    return cells + [series.wan, series.labels ?? "", row.granularity.rawValue]
  }

  private mutating func time(_ value: Int64) -> String {
    if let lastTime, lastTime.value == value { return lastTime.text }
    let text = HistoryText.time(value, zone: zone)
    lastTime = (value, text)
    return text
  }

  private static func line(_ cells: [String]) -> String {
    var line = Substring(cells.joined(separator: "  "))
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}

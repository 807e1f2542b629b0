import Model

/// The table of `wanctl-history`: measured in a first pass over the rows, printed in a second.
public struct HistoryTable {
  private var time = TableColumn("Timestamp")
  private var metric = TableColumn("Metric")
  private var value = TableColumn("Value")
  private var wan = TableColumn("WAN")
  private var labels = TableColumn("Labels")
  private var tier = TableColumn("Granularity")
  private let isVerbose: Bool
  private let zone: ClockZone
  private var measuredSeries: [Bool] = []
  private var measuredTiers: Set<Granularity> = []
  private var lastTime: (value: Int64, cell: [UInt8])?
  /// Cells of a series, by its number, once all widths are known.
  private var cells: [(before: [UInt8], behind: [UInt8])?] = []
  private var tierCells: [Granularity: [UInt8]] = [:]
  private var valueWidth = 0

  /// - Parameter isVerbose: with WAN, labels and tier.
  public init(isVerbose: Bool, zone: ClockZone) {
    self.isVerbose = isVerbose
    self.zone = zone
  }

  public mutating func measure(_ row: HistoryRow, _ table: SeriesTable) {
    if lastTime?.value != row.timestamp {
      // All times are equally long but those of absurd years.
      let text = HistoryText.time(row.timestamp, zone: zone)
      time.measure(text)
      lastTime = (row.timestamp, [])
    }
    let text = ValueText(row.value)
    value.measure(length: text.length, decimals: text.alignment)
    while measuredSeries.count <= row.series { measuredSeries.append(false) }
    if !measuredSeries[row.series] {
      measuredSeries[row.series] = true
      let series = table[row.series]
      metric.measure(series.metric)
      wan.measure(series.wan)
      labels.measure(series.labels ?? "")
    }
    if isVerbose, measuredTiers.insert(row.granularity).inserted {
      tier.measure(row.granularity.rawValue)
    }
  }

  /// Makes room for rows that are not there yet, where they cannot be measured.
  public mutating func reserve(metrics: [String], wans: [String]) {
    time.measure(HistoryText.time(0, zone: zone))
    for name in metrics + MetricName.documented.map(\.rawValue) { metric.measure(name) }
    for name in wans { wan.measure(name) }
    labels.measure(MetricLabels.direction(.download).text ?? "")
    tier.measure(Granularity.raw.rawValue)
    // 99999.999
    value.measure(length: 9, decimals: 3)
  }

  private var columns: [TableColumn] {
    [time, metric, value] + (isVerbose ? [wan, labels, tier] : [])
  }

  /// Appends the two lines above the rows; call when everything is measured.
  public mutating func appendHead(to bytes: inout [UInt8]) {
    lastTime = nil
    valueWidth = value.width
    for granularity in Granularity.allCases {
      tierCells[granularity] = Array(
        tier.cell(granularity.rawValue, width: tier.width).utf8)
    }
    Self.appendLine(columns.map { $0.headerCell(width: $0.width) }, to: &bytes)
    Self.appendLine(columns.map { String(repeating: "-", count: $0.width) }, to: &bytes)
  }

  /// Appends the line of a row, with its end.
  public mutating func append(
    _ row: HistoryRow, _ table: SeriesTable, to bytes: inout [UInt8]
  ) {
    let begin = bytes.count
    if let lastTime, lastTime.value == row.timestamp {
      bytes.append(contentsOf: lastTime.cell)
    } else {
      let text = HistoryText.time(row.timestamp, zone: zone)
      let cell = Array((time.cell(text, width: time.width) + "  ").utf8)
      lastTime = (row.timestamp, cell)
      bytes.append(contentsOf: cell)
    }
    while cells.count <= row.series { cells.append(nil) }
    let texts = cells[row.series] ?? seriesCells(table[row.series])
    if cells[row.series] == nil { cells[row.series] = texts }
    bytes.append(contentsOf: texts.before)
    appendValue(row.value, to: &bytes)
    if isVerbose {
      bytes.append(contentsOf: texts.behind)
      if let cell = tierCells[row.granularity] { bytes.append(contentsOf: cell) }
    }
    Self.endLine(&bytes, begunAt: begin)
  }

  private func appendValue(_ number: Double, to bytes: inout [UInt8]) {
    let text = ValueText(number)
    let padding = value.padding(length: text.length, decimals: text.alignment, width: valueWidth)
    bytes.append(blanks: padding.before)
    text.append(to: &bytes)
    bytes.append(blanks: padding.behind)
  }

  private func seriesCells(_ series: HistorySeries) -> (before: [UInt8], behind: [UInt8]) {
    let before = metric.cell(series.metric, width: metric.width) + "  "
    guard isVerbose else { return (Array(before.utf8), []) }
    let behind =
      "  " + wan.cell(series.wan, width: wan.width) + "  "
      + labels.cell(series.labels ?? "", width: labels.width) + "  "
    return (Array(before.utf8), Array(behind.utf8))
  }

  private static func appendLine(_ cells: [String], to bytes: inout [UInt8]) {
    let begin = bytes.count
    bytes.append(contentsOf: cells.joined(separator: "  ").utf8)
    endLine(&bytes, begunAt: begin)
  }

  /// Without blanks at its end.
  private static func endLine(_ bytes: inout [UInt8], begunAt begin: Int) {
    while bytes.count > begin, bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    bytes.append(UInt8(ascii: "\n"))
  }
}

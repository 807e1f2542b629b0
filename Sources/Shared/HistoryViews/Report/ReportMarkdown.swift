import Model
import Terminal

extension HistoryReport {
  /// The report as Markdown (CommonMark with tables), for issues and chats. What the database holds
  /// stands there as text.
  public var markdown: String {
    var text = "# What happened\n\n\(Self.escaped(rangeText))\n"
    if wans.isEmpty { text += "\nNo rows in this time.\n" }
    for wan in wans {
      text += "\n## \(Self.escaped(wan.name))\n"
      for block in ReportDocument(wan, self).blocks { text += "\n" + markdown(block, wan) }
    }
    if furtherWANs > 0 { text += "\n\(furtherWANs) more WANs are left out; --wan names one.\n" }
    return text
  }

  private func markdown(_ block: ReportDocument.Block, _ wan: WANReport) -> String {
    switch block {
    case .heading(let text): return "### \(Self.escaped(text))\n"
    case .paragraph(let text): return "\(Self.escaped(text))\n"
    case .tiles(let tiles):
      return Self.table(
        ["", "", ""], tiles.map { [$0.name, $0.value, $0.detail] }, numeric: [1])
    case .hints(let hints):
      return hints.map { "* **\(Self.escaped($0.title))** \(Self.escaped($0.evidence))\n" }
        .joined()
    case .charts:
      var plot = wan.plot.condensed(to: HistoryPlot.slots(columns: 72))
      // Nothing from the database stands within the fence, which it could close.
      plot.wan = ""
      return "```text\n\(plot.frame(TerminalSize(columns: 72, rows: 22)).plainText)```\n"
    case .states:
      let rows = Direction.allCases.compactMap { direction -> [String]? in
        let seconds = wan.zones[direction]
        guard seconds.sum() > 0 else { return nil }
        return [direction.name]
          + Zone.allCases.map { FigureText.percent(seconds[$0] / seconds.sum()) }
      }
      return Self.table([""] + Zone.allCases.map(\.name), rows, numeric: [1, 2, 3, 4])
    case .heatMap:
      let rows = wan.heatMap.hours.enumerated().compactMap { hour, cell in
        cell.map { cell in
          ["\(hour) h"]
            + [cell.p50, cell.p95, cell.p99, cell.maximum].map { FigureText.number($0) }
        }
      }
      return Self.table(
        ["Hour", "Median, ms", "95 %", "99 %", "Greatest"], rows, numeric: [1, 2, 3, 4])
    case .table(let table):
      return Self.table(
        table.columns.map(\.title), table.rows,
        numeric: table.columns.indices.filter { table.columns[$0].isNumeric })
    }
  }

  private static func table(_ head: [String], _ rows: [[String]], numeric: [Int]) -> String {
    func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |\n" }
    let rules = head.indices.map { numeric.contains($0) ? "---:" : "---" }
    return line(head.map(escaped)) + line(rules) + rows.map { line($0.map(escaped)) }.joined()
  }

  /// Nothing in it means anything to Markdown or HTML, and it is one line.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in printable(text) {
      if "\\`*_[]<>|#~&!".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }
}

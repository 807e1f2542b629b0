import Model
public import Terminal

extension HistoryReport {
  /// The report as text for a terminal of some columns, or for a pipe.
  public func text(columns: Int, _ palette: Palette) -> String {
    let columns = min(max(columns, 20), 1000)
    var text = palette.paint("What happened", Style(.white, bold: true)) + "\n\(rangeText)\n"
    if wans.isEmpty { text += "\nNo rows in this time.\n" }
    for wan in wans {
      text += "\n" + palette.paint(printable(wan.name), Style(.cyan, bold: true)) + "\n"
      for block in ReportDocument(wan, self).blocks {
        text += Self.text(block, wan, columns, palette)
      }
    }
    if furtherWANs > 0 { text += "\n\(furtherWANs) more WANs are left out; --wan names one.\n" }
    return text
  }

  private static func text(
    _ block: ReportDocument.Block, _ wan: WANReport, _ columns: Int,
    _ palette: Palette
  ) -> String {
    switch block {
    case .heading(let text):
      return "\n" + palette.paint(text, Style(.white, bold: true)) + "\n"
    case .paragraph(let text): return wrapped(text, columns)
    case .tiles(let tiles):
      var table = Table([.init(""), .init("", .right), .init("")])
      for tile in tiles { table.add([tile.name, tile.value, tile.detail]) }
      return "\n" + table.text(palette)
    case .hints(let hints):
      return hints.map { hint in
        palette.paint("! ", Style(.yellow, bold: true)) + wrapped(hint.title, columns - 2)
          + wrapped(hint.evidence, columns - 2)
      }.joined(separator: "\n")
    case .charts:
      let plot = wan.plot.condensed(to: HistoryPlot.slots(columns: columns))
      return plot.frame(TerminalSize(columns: columns, rows: 24)).text(palette)
    case .states: return states(wan, columns, palette)
    case .heatMap: return hours(wan.heatMap, palette)
    case .table(let content):
      var table = Table(
        content.columns.map { Table.Column($0.title, $0.isNumeric ? .right : .left) })
      for row in content.rows { table.add(row) }
      return table.text(palette)
    }
  }

  private static func states(_ wan: WANReport, _ columns: Int, _ palette: Palette) -> String {
    Direction.allCases.map { direction in
      let seconds = wan.zones[direction]
      let name = direction == .download ? "Download  " : "Upload    "
      guard seconds.sum() > 0 else { return "\(name)not known\n" }
      let shares = Zone.allCases.filter { seconds[$0] > 0 }.map { zone in
        palette.paint("\u{25CF} \(zone.name)", Style(Ink(zone)))
          + " \(FigureText.percent(seconds[zone] / seconds.sum()))"
      }
      return name + shares.joined(separator: "   ") + "\n"
    }.joined()
  }

  /// The hours as bars, with the numbers that the least and the greatest stand for.
  private static func hours(_ map: HeatMap, _ palette: Palette) -> String {
    let rows: [(String, (HeatMap.Cell) -> Double)] = [
      ("median", { $0.p50 }), ("95 %", { $0.p95 }), ("99 %", { $0.p99 }),
      ("greatest", { $0.maximum }),
    ]
    var text = palette.paint(
      "          0     6     12    18    24 h      least  greatest, ms\n", Style(.dim))
    for (name, value) in rows {
      let values = map.hours.map { $0.map(value) }
      let known = values.compactMap { $0 }
      guard let low = known.min(), let high = known.max() else { continue }
      func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
      }
      text +=
        name + String(repeating: " ", count: max(0, 10 - name.count))
        + Sparkline.text(values, columns: 24, range: 0...max(high, 1))
        + padded(FigureText.number(low), 15) + padded(FigureText.number(high), 10) + "\n"
    }
    return text
  }

  /// Lines of at most so many columns.
  private static func wrapped(_ text: String, _ columns: Int) -> String {
    var result = ""
    var width = 0
    for word in printable(text).split(separator: " ") {
      let length = displayWidth(String(word))
      if width > 0, width + 1 + length > columns {
        result += "\n"
        width = 0
      } else if width > 0 {
        result += " "
        width += 1
      }
      result += word
      width += length
    }
    return result + "\n"
  }
}

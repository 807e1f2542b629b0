import History
import Model

extension HistoryReport {
  /// The report as one page: nothing is loaded, nothing is run, and whatever the database holds
  /// stands there as text. It is right in light and dark, on a phone, and on paper.
  public var html: String { ReportPage(self).text }

  /// `Sat 14 Nov 2026 18:00 to Sat 21 Nov 2026 18:00`.
  var rangeText: String {
    func text(_ time: Int64) -> String {
      let local = LocalTime(time, clock)
      return "\(local.weekdayText.prefix(3)) \(local.dateText) \(local.year) \(local.clock)"
    }
    return "\(text(range.start)) to \(text(range.end))"
  }
}

/// Writes the page.
private struct ReportPage {
  private let report: HistoryReport
  private var body = ""

  init(_ report: HistoryReport) { self.report = report }

  var text: String {
    var page = self
    page.addHead()
    for (index, wan) in report.wans.enumerated() { page.add(wan, index: index) }
    if report.wans.isEmpty { page.body += "<p>No rows in this time.</p>\n" }
    let names = report.wans.map(\.name).joined(separator: ", ")
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'"/>
      <title>\(Markup.escaped("History of \(names.isEmpty ? "no WAN" : names)"))</title>
      <style>
      \(ReportStyle.css)
      </style>
      </head>
      <body>
      <main>
      \(page.body)<footer>\(Markup.escaped("Made by wanctl-history \(wanctlVersion) from "
        + "\(report.source). Times are those of the local clock."))</footer>
      </main>
      </body>
      </html>

      """
  }

  private mutating func addHead() {
    body += "<h1>What happened</h1>\n<p class=\"dim\">\(Markup.escaped(report.rangeText))</p>\n"
    if report.wans.count > 1 {
      let links = report.wans.enumerated().map { index, wan in
        "<a href=\"#wan\(index)\">\(Markup.escaped(wan.name))</a>"
      }
      body += "<nav>\(links.joined(separator: "\n"))</nav>\n"
    }
    if report.furtherWANs > 0 {
      body += "<p>\(report.furtherWANs) more WANs are left out; --wan names one.</p>\n"
    }
  }

  private mutating func add(_ wan: WANReport, index: Int) {
    let style = index == 0 ? " class=\"first\"" : ""
    body += "<section>\n<h2 id=\"wan\(index)\"\(style)>\(Markup.escaped(wan.name))</h2>\n"
    for block in ReportDocument(wan, report).blocks {
      switch block {
      case .heading(let text): body += "<h3>\(Markup.escaped(text))</h3>\n"
      case .paragraph(let text): body += "<p>\(Markup.escaped(text))</p>\n"
      case .tiles(let tiles): add(tiles)
      case .hints(let hints): add(hints)
      case .charts: body += ReportCharts(wan.plot).html
      case .states: addStates(wan)
      case .heatMap: body += ReportHeat(wan.heatMap, report.clock).html
      case .table(let table): add(table)
      }
    }
    body += "</section>\n"
  }

  private mutating func add(_ tiles: [ReportDocument.Tile]) {
    body += "<div class=\"tiles\">\n"
    for tile in tiles {
      body +=
        "<div class=\"tile\"><span>\(Markup.escaped(tile.name))</span>"
        + "<b>\(Markup.escaped(tile.value))</b><span>\(Markup.escaped(tile.detail))</span></div>\n"
    }
    body += "</div>\n"
  }

  private mutating func add(_ hints: [TuningHint]) {
    for hint in hints {
      body +=
        "<div class=\"hint\"><p><strong>\(Markup.escaped(hint.title))</strong></p>"
        + "<p>\(Markup.escaped(hint.evidence))</p></div>\n"
    }
  }

  private mutating func addStates(_ wan: WANReport) {
    for direction in Direction.allCases {
      let seconds = wan.zones[direction]
      guard seconds.sum() > 0 else {
        body += "<p>Of \(direction.name) no states are known.</p>\n"
        continue
      }
      let zones = Zone.allCases.filter { seconds[$0] > 0 }
      let bars = zones.map { zone in
        "<div class=\"bg\(zone.rawValue)\" "
          + "style=\"flex:\(fixed(seconds[zone] / seconds.sum() * 1000, digits: 2))\"></div>"
      }
      let shares = zones.map { zone in
        "<span><i class=\"zone bg\(zone.rawValue)\"></i>\(zone.name) "
          + Markup.escaped(
            "\(FigureText.percent(seconds[zone] / seconds.sum())) "
              + "(\(FigureText.duration(Int64(seconds[zone].rounded()))))") + "</span>"
      }
      body +=
        "<div><strong>\(direction == .download ? "Download" : "Upload")</strong></div>\n"
        + "<div class=\"bar\">\(bars.joined())</div>\n"
        + "<div class=\"shares\">\(shares.joined(separator: "\n"))</div>\n"
    }
  }

  private mutating func add(_ table: ReportTable) {
    func style(_ column: Int) -> String {
      let facts = table.columns[column]
      let names = [
        facts.isNumeric ? "n" : nil, facts.isMinor ? "minor" : nil, column == 0 ? "t" : nil,
      ].compactMap { $0 }
      return names.isEmpty ? "" : " class=\"\(names.joined(separator: " "))\""
    }
    body += "<table class=\"rows\">\n<tr class=\"titles\">"
    for column in table.columns.indices {
      body += "<th\(style(column))>\(Markup.escaped(table.columns[column].title))</th>"
    }
    body += "</tr>\n"
    for row in table.rows {
      body += "<tr>"
      for (column, cell) in row.enumerated() {
        let zone = Zone(name: cell).map { "<i class=\"zone bg\($0.rawValue)\"></i>" } ?? ""
        let name = Markup.escaped(table.columns[column].title)
        body += "<td\(style(column)) data-name=\"\(name)\">\(zone)\(Markup.escaped(cell))</td>"
      }
      body += "</tr>\n"
    }
    body += "</table>\n"
  }
}

import History

/// The heat map of a page.
struct ReportHeat {
  /// Bounds of the colours, in ms above the baseline.
  static let bounds: [Double] = [1, 2, 4, 8, 16, 32, 64]

  private let map: HeatMap
  private let clock: ClockZone

  init(_ map: HeatMap, _ clock: ClockZone) {
    self.map = map
    self.clock = clock
  }

  var html: String {
    var html = """
      <p class="dim">RTT in ms; the rows of days show its 95th percentile. The colour tells how far that is \
      above the baseline.</p>
      <table class="heat">
      <tr><th></th>
      """
    for hour in 0..<24 {
      html += "<th\(hour % 3 == 0 ? "" : " class=\"o\"")>\(hour)</th>"
    }
    html += "</tr>\n"
    if map.days.count > 1 {
      for day in map.days {
        let name = LocalTime(day.start, clock).weekdayText
        html += row(name, day.cells, title: LocalTime(day.start, clock).isoDate) { $0.p95 }
      }
    }
    html += row("median", map.hours, title: "all days", isApart: true) { $0.p50 }
    html += row("95 %", map.hours, title: "all days") { $0.p95 }
    html += row("99 %", map.hours, title: "all days") { $0.p99 }
    html += row("peak", map.hours, title: "all days") { $0.maximum }
    return html + "</table>\n" + legend
  }

  private func row(
    _ name: String, _ cells: [HeatMap.Cell?], title: String, isApart: Bool = false,
    _ value: (HeatMap.Cell) -> Double
  ) -> String {
    var row = "<tr\(isApart ? " class=\"gap\"" : "")><th>\(Markup.escaped(name))</th>"
    for (hour, cell) in cells.enumerated() {
      guard let cell else {
        row += "<td></td>"
        continue
      }
      let words =
        "\(title), \(hour) h: median \(FigureText.number(cell.p50)), 95 % "
        + "\(FigureText.number(cell.p95)), 99 % \(FigureText.number(cell.p99)), greatest "
        + "\(FigureText.number(cell.maximum)) ms"
      row +=
        "<td class=\"h\(Self.step(value(cell) - (cell.baseline ?? value(cell))))\" title=\"\(Markup.escaped(words))\">"
        + "\(Markup.escaped(Self.short(value(cell))))</td>"
    }
    return row + "</tr>\n"
  }

  /// Whole ms; a cell holds four digits.
  private static func short(_ value: Double) -> String {
    value < 9999.5 ? FigureText.number(value.rounded()) : "\u{2265}10k"
  }

  /// The number of the colour.
  static func step(_ excess: Double) -> Int { bounds.filter { excess >= $0 }.count }

  private var legend: String {
    var html = "<div class=\"key\">\n<span>above the baseline:</span>\n"
    for step in 0...Self.bounds.count {
      let text =
        step < Self.bounds.count
        ? "< \(FigureText.number(Self.bounds[step]))"
        : "\u{2265} \(FigureText.number(Self.bounds[step - 1])) ms"
      html += "<span><i class=\"h\(step)\"></i>\(Markup.escaped(text))</span>\n"
    }
    return html + "</div>\n"
  }
}

import Model

extension HistoryPlot {
  /// How many slots a picture shows: two points of its width to a slot.
  public static let pictureSlots = 400

  /// The plots as one picture: a self-contained SVG with its text as text, right on light and dark
  /// ground. It loads nothing and runs nothing.
  ///
  /// - Parameter title: for those who cannot see it.
  public static func svg(_ plots: [HistoryPlot], title: String) -> String {
    var picture = PlotPicture()
    for plot in plots { picture.add(plot) }
    if plots.isEmpty { picture.addNothing() }
    return picture.text(title: title)
  }
}

/// Puts panels below each other.
private struct PlotPicture {
  private static let width = 900.0
  private static let left = 60.0
  private static let chartWidth = 800.0
  private static let zoneHeight = 14.0

  private var body = ""
  private var y = 14.0

  mutating func addNothing() {
    text("No rows in this time.", x: 20, y: 30, "dim")
    y = 40
  }

  mutating func add(_ plot: HistoryPlot) {
    y += 18
    text(plot.wan, x: 20, y: y, "name")
    let start = LocalTime(plot.axis.start, plot.clock)
    let stop = LocalTime(plot.axis.end, plot.clock)
    text(
      "\(start.isoDate) \(start.clock) to \(stop.isoDate) \(stop.clock)",
      x: Self.left + Self.chartWidth, y: y, "dim end")
    if plot.panels.isEmpty {
      text("No rows in this time.", x: 20, y: y + 24, "dim")
      y += 34
      return
    }
    for (index, panel) in plot.panels.enumerated() {
      add(panel, height: panel.curves.isEmpty ? 0 : index == 0 ? 170 : 110, plot)
    }
    addTimes(plot)
    addLegend(plot)
  }

  private mutating func add(_ panel: HistoryPlot.Panel, height: Double, _ plot: HistoryPlot) {
    y += 26
    text(panel.title, x: 20, y: y, "head")
    if let figures = panel.figures {
      text(
        "now \(value(figures.last)) \u{B7} median \(value(figures.p50)) \u{B7} "
          + "95 % \(value(figures.p95)) \u{B7} greatest \(value(figures.maximum)) \(panel.unit)",
        x: Self.left + Self.chartWidth, y: y, "dim end")
    }
    y += 10
    if height > 0 {
      let shape = CurveShape(
        left: Self.left, top: y, width: Self.chartWidth, height: height,
        scale: panel.scale(steps: height > 120 ? 5 : 3))
      add(panel, shape, plot)
      y += height
    }
    guard !panel.zones.isEmpty else { return }
    y += 5
    let strip = ZoneShape(left: Self.left, top: y, width: Self.chartWidth, height: Self.zoneHeight)
    for (zone, path) in strip.paths(panel.zones) { add(path, PictureStyle.name(zone)) }
    text("state", x: Self.left - 8, y: y + 11, "dim end")
    y += Self.zoneHeight
  }

  private mutating func add(
    _ panel: HistoryPlot.Panel, _ shape: CurveShape, _ plot: HistoryPlot
  ) {
    let right = Self.left + Self.chartWidth
    var grid = ""
    for tick in shape.scale.ticks {
      let height = shape.y(tick)
      grid += "M\(number(Self.left)) \(number(height))H\(number(right))"
      text(shape.scale.text(tick), x: Self.left - 8, y: height + 4, "dim end")
    }
    for tick in TimeTicks.ticks(plot.axis, count: 10, plot.clock) {
      let x = Self.left + plot.axis.share(of: tick.time) * Self.chartWidth
      grid += "M\(number(x)) \(number(shape.top))V\(number(shape.top + shape.height))"
    }
    add(grid, "grid")
    let rules = panel.rules(on: shape.scale)
    for rule in rules {
      add("M\(number(Self.left)) \(number(shape.y(rule.value)))H\(number(right))", "rule")
    }
    for curve in panel.curves {
      if !curve.isReference { add(shape.band(curve.values), "band") }
      add(shape.line(curve.values), curve.isReference ? "base" : "line")
    }
    for rule in rules { text(rule.name, x: right - 6, y: shape.y(rule.value) - 4, "dim end halo") }
  }

  private mutating func addTimes(_ plot: HistoryPlot) {
    y += 17
    for tick in TimeTicks.ticks(plot.axis, count: 10, plot.clock) {
      let share = plot.axis.share(of: tick.time)
      guard share > 0.015, share < 0.985 else { continue }
      text(
        tick.text, x: Self.left + share * Self.chartWidth, y: y,
        tick.isDay ? "mid head" : "mid dim")
    }
  }

  private mutating func addLegend(_ plot: HistoryPlot) {
    var entries: [(name: String, style: String)] = []
    if plot.panels.contains(where: { !$0.zones.isEmpty }) {
      entries = Zone.allCases.map { ($0.name, PictureStyle.name($0)) }
    }
    if plot.panels.contains(where: { $0.curves.contains(where: \.isReference) }) {
      entries.append(("baseline", "base"))
    }
    if plot.panels.contains(where: { !$0.rules.isEmpty }) { entries.append(("limit", "rule")) }
    guard !entries.isEmpty else { return y += 8 }
    y += 24
    var x = Self.left
    for entry in entries {
      let isLine = entry.style == "base" || entry.style == "rule"
      let shape =
        isLine
        ? "M\(number(x)) \(number(y - 4))h16"
        : "M\(number(x)) \(number(y - 10))h12v12h-12z"
      add(shape, entry.style)
      text(entry.name, x: x + (isLine ? 22 : 18), y: y, "dim")
      x += Double(entry.name.count) * 8 + 44
    }
    y += 8
  }

  private mutating func add(_ path: String, _ style: String) {
    if !path.isEmpty { body += "<path class=\"\(style)\" d=\"\(path)\"/>\n" }
  }

  private mutating func text(_ text: String, x: Double, y: Double, _ style: String) {
    body +=
      "<text class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\">"
      + "\(Markup.escaped(text))</text>\n"
  }

  private func number(_ value: Double) -> String { Markup.number(value) }
  private func value(_ value: Double) -> String { FigureText.number(value) }

  func text(title: String) -> String {
    let height = number(y + 16)
    let width = number(Self.width)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" role="img">
      <title>\(Markup.escaped(title))</title>
      <style>
      svg{\(PictureStyle.light);color-scheme:light dark}
      @media(prefers-color-scheme:dark){svg{\(PictureStyle.dark)}}
      text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;\
      fill:var(--ink);font-variant-numeric:tabular-nums}
      .dim{fill:var(--dim)}.name{font-size:16px;font-weight:700}.head{font-weight:600}
      .end{text-anchor:end}.mid{text-anchor:middle}
      .halo{paint-order:stroke;stroke:var(--ground);stroke-width:3px;font-size:11px}
      \(PictureStyle.shapes)
      </style>
      <rect width="100%" height="100%" fill="var(--ground)"/>
      \(body)</svg>

      """
  }
}

import Model

/// The charts of a page. Curves stretch with the page, labels do not: they are text of the page
/// beside the curves.
struct ReportCharts {
  /// Points of a curve; a screen does not show more.
  private static let slots = 480
  private static let width = 1000.0
  private static let zoneHeight = 14.0

  private let plot: HistoryPlot

  init(_ plot: HistoryPlot) { self.plot = plot.condensed(to: Self.slots) }

  var html: String {
    guard !plot.panels.isEmpty else { return "<p>Nothing to draw.</p>\n" }
    var html = ""
    for (index, panel) in plot.panels.enumerated() {
      html += figure(panel, height: index == 0 ? 200 : 110)
    }
    return html + legend
  }

  private func figure(_ panel: HistoryPlot.Panel, height: Double) -> String {
    var caption = "<strong>\(Markup.escaped(panel.title))</strong>"
    if let figures = panel.figures {
      let text =
        "median \(value(figures.p50)), 95 % \(value(figures.p95)), greatest "
        + "\(value(figures.maximum)) \(panel.unit)"
      caption += "<span>\(Markup.escaped(text))</span>"
    }
    let shape = CurveShape(
      left: 0, top: 0, width: Self.width, height: height,
      scale: panel.scale(steps: height > 120 ? 5 : 3))
    return """
      <figure>
      <figcaption>\(caption)</figcaption>
      <div class="plot" style="height:\(Markup.number(height))px">
      \(curves(panel, shape))\(labels(panel, shape))</div>
      \(strip(panel))\(times)</figure>

      """
  }

  private func curves(_ panel: HistoryPlot.Panel, _ shape: CurveShape) -> String {
    let size = "0 0 \(Markup.number(Self.width)) \(Markup.number(shape.height))"
    var paths = ""
    func add(_ path: String, _ style: String) {
      if !path.isEmpty { paths += "<path class=\"\(style)\" d=\"\(path)\"/>\n" }
    }
    let rows = shape.scale.ticks.map {
      "M0 \(Markup.number(shape.y($0)))H\(Markup.number(Self.width))"
    }
    let columns = ticks.map { tick in
      "M\(Markup.number(plot.axis.share(of: tick.time) * Self.width)) 0"
        + "V\(Markup.number(shape.height))"
    }
    add((rows + columns).joined(), "grid")
    for rule in panel.rules(on: shape.scale) {
      add("M0 \(Markup.number(shape.y(rule.value)))H\(Markup.number(Self.width))", "rule")
    }
    for curve in panel.curves {
      if !curve.isReference { add(shape.band(curve.values), "band") }
      add(shape.line(curve.values), curve.isReference ? "base" : "line")
    }
    return """
      <svg viewBox="\(size)" preserveAspectRatio="none" role="img">
      <title>\(Markup.escaped("\(panel.title) over time"))</title>
      \(paths)</svg>

      """
  }

  private func labels(_ panel: HistoryPlot.Panel, _ shape: CurveShape) -> String {
    func top(_ value: Double) -> String { Markup.number(shape.y(value) / shape.height * 100) }
    let ticks = shape.scale.ticks.map {
      "<span class=\"y\" style=\"top:\(top($0))%\">\(Markup.escaped(shape.scale.text($0)))</span>\n"
    }
    let rules = panel.rules(on: shape.scale).map {
      "<span class=\"r\" style=\"top:\(top($0.value))%\">\(Markup.escaped($0.name))</span>\n"
    }
    return ticks.joined() + rules.joined()
  }

  private func strip(_ panel: HistoryPlot.Panel) -> String {
    guard !panel.zones.isEmpty else { return "" }
    let shape = ZoneShape(left: 0, top: 0, width: Self.width, height: Self.zoneHeight)
    let paths = shape.paths(panel.zones).map {
      "<path class=\"\(PictureStyle.name($0.zone))\" d=\"\($0.path)\"/>\n"
    }
    return """
      <svg class="strip" viewBox="0 0 \(Markup.number(Self.width)) \
      \(Markup.number(Self.zoneHeight))" preserveAspectRatio="none" role="img">
      <title>\(Markup.escaped("States of \(panel.title.lowercased())"))</title>
      \(paths.joined())</svg>

      """
  }

  private var ticks: [TimeTicks.Tick] { TimeTicks.ticks(plot.axis, count: 10, plot.clock) }

  private var times: String {
    var spans = ""
    for (index, tick) in ticks.enumerated() {
      let share = plot.axis.share(of: tick.time) * 100
      guard share > 2, share < 97 else { continue }
      let style = "x\(tick.isDay ? " d" : "")\(index % 2 == 1 ? " o" : "")"
      spans +=
        "<span class=\"\(style)\" style=\"left:\(Markup.number(share))%\">"
        + "\(Markup.escaped(tick.text))</span>\n"
    }
    return "<div class=\"xs\">\n\(spans)</div>\n"
  }

  private var legend: String {
    var entries = Zone.allCases.map { zone in
      "<span><i class=\"bg\(zone.rawValue)\"></i>\(zone.name)</span>\n"
    }
    entries.append("<span><i class=\"b\"></i>baseline</span>\n")
    entries.append("<span><i class=\"l\"></i>limit</span>\n")
    return "<div class=\"key\">\n\(entries.joined())</div>\n"
  }

  private func value(_ value: Double) -> String { FigureText.number(value) }
}

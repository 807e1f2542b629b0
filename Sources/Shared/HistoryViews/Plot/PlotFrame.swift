import Model
public import Terminal

extension HistoryPlot {
  /// Columns of the labels left of the charts.
  static let margin = 7

  /// How many slots a chart of so many columns shows: two dots to a column.
  public static func slots(columns: Int) -> Int { max(columns - margin - 1, 1) * 2 }

  /// The plot as text of a size. Where there is no room for curves there are figures.
  public func frame(_ size: TerminalSize) -> Frame {
    var frame = Frame(width: size.columns, height: size.rows)
    putTitle(on: &frame)
    guard !panels.isEmpty else {
      frame.put("no rows", x: 1, y: 1, Style(.dim))
      return frame
    }
    let heights = panelHeights(rows: frame.height - 3)
    guard frame.width >= 40, let shown = heights?.count else {
      for (index, panel) in panels.enumerated() {
        putHeading(panel, on: &frame, y: 1 + index)
      }
      return frame
    }
    var y = 1
    for (panel, rows) in zip(panels.prefix(shown), heights ?? []) {
      putHeading(panel, on: &frame, y: y)
      y += 1
      if rows > 0 { draw(panel, on: &frame, top: y, rows: rows) }
      y += rows
      if !panel.zones.isEmpty {
        drawZones(panel.zones, on: &frame, y: y)
        y += 1
      }
    }
    drawTimeAxis(on: &frame, y: y)
    putLegend(on: &frame, y: y + 1)
    return frame
  }

  /// Rows for the curves of each panel: the first gets half as many again as the others. Panels that
  /// find no room are left out from the end; nil when not even the first one finds any.
  private func panelHeights(rows: Int) -> [Int]? {
    var count = panels.count
    while count > 0 {
      let shown = panels.prefix(count)
      let fixed = shown.reduce(0) { $0 + 1 + ($1.zones.isEmpty ? 0 : 1) }
      let drawn = shown.filter { !$0.curves.isEmpty }.count
      let rest = rows - fixed
      if drawn == 0, rest >= 0 { return shown.map { _ in 0 } }
      if rest >= 3 * drawn {
        let part = rest * 2 / (drawn * 2 + 1)
        return shown.enumerated().map { index, panel in
          guard !panel.curves.isEmpty else { return 0 }
          return index == 0 ? rest - part * (drawn - 1) : part
        }
      }
      count -= 1
    }
    return nil
  }

  // MARK: Words

  private func putTitle(on frame: inout Frame) {
    let end = frame.put(wan, x: 1, y: 0, Style(.white, bold: true))
    let start = LocalTime(axis.start, clock)
    let stop = LocalTime(axis.end, clock)
    let sameDay = start.isoDate == stop.isoDate
    let text = "\(start.momentText) to \(sameDay ? stop.clock : stop.momentText)"
    if end + text.count + 3 <= frame.width {
      frame.put(text, endingAt: frame.width - 1, y: 0, Style(.dim))
    }
  }

  private func putHeading(_ panel: Panel, on frame: inout Frame, y: Int) {
    var x = frame.put(panel.title, x: 1, y: y, Style(.white, bold: true))
    guard let figures = panel.figures else { return }
    x = frame.put("  \(FigureText.number(figures.last)) \(panel.unit)", x: x, y: y, Style(.plain))
    var words = [
      "p50 \(FigureText.number(figures.p50))", "p95 \(FigureText.number(figures.p95))",
      "max \(FigureText.number(figures.maximum))",
    ]
    if let reference = panel.curves.first(where: \.isReference),
      let value = reference.values.compactMap({ $0 }).last
    {
      words.insert("\(reference.name) \(FigureText.number(value.mean))", at: 0)
    }
    for word in words where x + word.count + 3 < frame.width {
      x = frame.put("   " + word, x: x, y: y, Style(.dim))
    }
  }

  private func putLegend(on frame: inout Frame, y: Int) {
    var x = 1
    if panels.contains(where: { !$0.zones.isEmpty }) {
      for zone in Zone.allCases {
        x = frame.put(String(Self.mark(zone)), x: x, y: y, Style(Ink(zone)))
        x = frame.put(" \(zone.name)  ", x: x, y: y, Style(.dim))
      }
    }
    if panels.contains(where: { $0.curves.contains(where: \.isReference) }) {
      x = frame.put("──", x: x, y: y, Style(.blue))
      x = frame.put(" baseline  ", x: x, y: y, Style(.dim))
    }
    if panels.contains(where: { !$0.rules.isEmpty }) {
      x = frame.put("┈┈", x: x, y: y, Style(.dim))
      frame.put(" limit", x: x, y: y, Style(.dim))
    }
  }

  /// Higher is worse, where there are no colours.
  static func mark(_ zone: Zone) -> Character {
    switch zone {
    case .green: "▁"
    case .yellow: "▃"
    case .softRed: "▅"
    case .red: "█"
    }
  }
}

// MARK: - Curves

extension HistoryPlot {
  private func draw(_ panel: Panel, on frame: inout Frame, top: Int, rows: Int) {
    let columns = frame.width - Self.margin - 1
    let scale = panel.scale(steps: max(rows / 2, 1))
    putAxis(panel, scale, on: &frame, top: top, rows: rows)
    let height = rows * 4
    func dot(_ value: Double) -> Int {
      Int(((1 - scale.share(of: value)) * Double(height - 1)).rounded())
    }
    for rule in panel.rules(on: scale) {
      let y = top + dot(rule.value) / 4
      for x in 0..<columns { frame.put("┈", x: Self.margin + x, y: y, Style(.dim)) }
    }
    var canvases: [(BrailleCanvas, Style)] = []
    for curve in panel.curves {
      if curve.isReference {
        for column in 0..<columns {
          guard let value = value(curve, column: column, of: columns) else { continue }
          frame.put("─", x: Self.margin + column, y: top + dot(value.mean) / 4, Style(.blue))
        }
      } else {
        canvases.append((canvas(curve, columns, rows, dot), Style(.cyan)))
      }
    }
    for (canvas, style) in canvases {
      for row in 0..<rows {
        for column in 0..<columns {
          guard let character = canvas.character(column: column, row: row) else { continue }
          frame.put(character, x: Self.margin + column, y: top + row, style)
        }
      }
    }
    for rule in panel.rules(on: scale) {
      let y = top + dot(rule.value) / 4
      let text = " \(rule.name) "
      let x = frame.width - 1 - text.count
      let isFree = (x..<frame.width - 1).allSatisfy { "┈─ ".contains(frame.character(x: $0, y: y)) }
      if isFree { frame.put(text, x: x, y: y, Style(.dim)) }
    }
  }

  /// The value of a column: of several slots the one that is farthest up.
  private func value(_ curve: Curve, column: Int, of columns: Int) -> SlotValue? {
    let from = column * curve.values.count / columns
    let to = max((column + 1) * curve.values.count / columns, from + 1)
    return curve.values[from..<min(to, curve.values.count)].compactMap { $0 }
      .max { $0.mean < $1.mean }
  }

  /// Dots through the means, and up from them to the greatest sample of a slot.
  private func canvas(
    _ curve: Curve, _ columns: Int, _ rows: Int, _ dot: (Double) -> Int
  ) -> BrailleCanvas {
    var canvas = BrailleCanvas(columns: columns, rows: rows)
    var previous: Int?
    for x in 0..<canvas.width {
      guard let value = value(curve, column: x, of: canvas.width) else {
        previous = nil
        continue
      }
      let y = dot(value.mean)
      canvas.fill(x: x, from: previous ?? y, to: y)
      canvas.fill(x: x, from: dot(value.maximum), to: y)
      previous = y
    }
    return canvas
  }

  private func putAxis(
    _ panel: Panel, _ scale: ValueScale, on frame: inout Frame, top: Int, rows: Int
  ) {
    for row in 0..<rows { frame.put("│", x: Self.margin - 1, y: top + row, Style(.dim)) }
    var taken = -2
    for tick in scale.ticks.reversed() {
      let row = Int(((1 - scale.share(of: tick)) * Double(rows - 1)).rounded())
      guard row >= taken + (rows > 4 ? 2 : 1) || row == 0 else { continue }
      frame.put(scale.text(tick), endingAt: Self.margin - 1, y: top + row, Style(.dim))
      taken = row
    }
    if rows > 2, taken != 1, !panel.unit.isEmpty, rows > 4 {
      frame.put(String(panel.unit.prefix(6)), endingAt: Self.margin - 1, y: top + 1, Style(.dim))
    }
  }

  // MARK: Time

  /// The worst zone that a column has had for a tenth of its time.
  private func drawZones(_ zones: [ZoneSeconds], on frame: inout Frame, y: Int) {
    let columns = frame.width - Self.margin - 1
    for column in 0..<columns {
      let from = column * zones.count / columns
      let to = max((column + 1) * zones.count / columns, from + 1)
      let seconds = zones[from..<min(to, zones.count)].reduce(ZoneSeconds(), +)
      guard seconds.sum() > 0 else { continue }
      let zone = Zone.allCases.last { seconds[$0] >= seconds.sum() / 10 } ?? .green
      frame.put(Self.mark(zone), x: Self.margin + column, y: y, Style(Ink(zone)))
    }
    frame.put("state", endingAt: Self.margin - 1, y: y, Style(.dim))
  }

  private func drawTimeAxis(on frame: inout Frame, y: Int) {
    let columns = frame.width - Self.margin - 1
    var free = 0
    for tick in TimeTicks.ticks(axis, count: columns / 9, clock) {
      let x = Self.margin + Int(axis.share(of: tick.time) * Double(columns - 1))
      guard x >= free, x + tick.text.count < frame.width else { continue }
      free = frame.put(tick.text, x: x, y: y, Style(.dim)) + 2
    }
  }
}

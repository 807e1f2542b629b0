import Model

/// The charts share their columns: a margin for the labels, then time from left to right.
extension LoopView {
  private static let margin = 7

  private func columns(_ frame: Frame) -> Int { frame.width - Self.margin - 1 }

  /// The place of a time among `count` places across the window.
  private func place(_ time: Milliseconds, of count: Int) -> Int {
    let share = (time - start).rawValue / window.rawValue
    return Int(min(max(share * Double(count), 0), Double(count - 1)))
  }

  /// The least of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten that is not below `value`.
  static func axisTop(_ value: Double) -> Double {
    guard value.isFinite, value > 0 else { return 1 }
    var power = 1.0
    while power * 10 <= value, power < 1e15 { power *= 10 }
    while power > value, power > 1e-6 { power /= 10 }
    return [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8].lazy.map { $0 * power }.first { $0 >= value }
      ?? 10 * power
  }

  private func putAxis(
    _ top: Double, unit: String, on frame: inout Frame, y: Int, rows: Int
  ) {
    let digits = top < 10 && top != top.rounded() ? 1 : 0
    frame.put(fixed(top, digits: digits), endingAt: Self.margin - 1, y: y, Style(.dim))
    if rows > 2 { frame.put(unit, endingAt: Self.margin - 1, y: y + 1, Style(.dim)) }
    if rows > 1 { frame.put("0", endingAt: Self.margin - 1, y: y + rows - 1, Style(.dim)) }
    for row in 0..<rows { frame.put("│", x: Self.margin - 1, y: y + row, Style(.dim)) }
  }

  // MARK: Latency

  /// The RTT as a line of dots, behind it the baseline as a rule and, where it is known, the RTT
  /// that would be without us.
  func drawLatency(on frame: inout Frame, top y: Int, rows: Int) {
    let columns = columns(frame)
    let peak = visible.reduce(0) {
      max(
        $0, $1.rtt?.rawValue ?? 0, $1.unmanaged?.rawValue ?? 0, $1.baseline.rawValue + 30)
    }
    let top = Self.axisTop(peak)
    putAxis(top, unit: "ms", on: &frame, y: y, rows: rows)
    var canvas = BrailleCanvas(columns: columns, rows: rows)
    var unmanaged = canvas
    var zones = [Zone](repeating: .green, count: columns)
    var isLost = [Bool](repeating: false, count: columns)
    var baselines = [Double?](repeating: nil, count: columns)
    let bottom = Double(canvas.height - 1)
    func height(_ value: Double) -> Int {
      Int((bottom * (1 - min(max(value / top, 0), 1))).rounded())
    }
    for point in visible {
      let column = place(point.time, of: columns)
      zones[column] = max(zones[column], point.zones.download, point.zones.upload)
      baselines[column] = point.baseline.rawValue
      if point.rtt == nil { isLost[column] = true }
    }
    plot(visible.lazy.map { ($0.time, $0.rtt) }, on: &canvas, height)
    plot(visible.lazy.map { ($0.time, $0.unmanaged) }, on: &unmanaged, height)
    for column in 0..<columns {
      if let baseline = baselines[column] {
        frame.put("─", x: Self.margin + column, y: y + height(baseline) / 4, Style(.blue))
      }
      for row in 0..<rows {
        let x = Self.margin + column
        if let dots = canvas.character(column: column, row: row) {
          frame.put(dots, x: x, y: y + row, Style(Ink(zones[column])))
        } else if let dots = unmanaged.character(column: column, row: row) {
          frame.put(dots, x: x, y: y + row, Style(.dim))
        }
      }
      if isLost[column] {
        frame.put("×", x: Self.margin + column, y: y + rows - 1, Style(.red))
      }
    }
  }

  /// A line of dots through the values that are there.
  private func plot(
    _ values: some Sequence<(Milliseconds, Milliseconds?)>, on canvas: inout BrailleCanvas,
    _ height: (Double) -> Int
  ) {
    var previous: (x: Int, y: Int)?
    for (time, value) in values {
      guard let value else {
        previous = nil
        continue
      }
      let x = place(time, of: canvas.width)
      let y = height(value.rawValue)
      // A rise from one dot column to the next is drawn as an upright line.
      canvas.fill(x: x, from: previous.map { $0.x >= x - 1 ? $0.y : y } ?? y, to: y)
      previous = (x, y)
    }
  }

  // MARK: Rates

  /// The router's limit (where that is not known the decided rate) as bars in the colour of the
  /// zone, the capacity as a line over them.
  func drawRates(_ direction: Direction, on frame: inout Frame, top y: Int, rows: Int) {
    let columns = columns(frame)
    let peak = visible.reduce(0) {
      max($0, $1.shown(direction).megabits, $1.capacities[direction]?.megabits ?? 0)
    }
    // A little more, so that the line of the capacity does not lie on the edge.
    let top = Self.axisTop(peak * 1.05)
    putAxis(top, unit: "Mbit", on: &frame, y: y, rows: rows)
    var rates = [Double?](repeating: nil, count: columns)
    var capacities = [Double?](repeating: nil, count: columns)
    var zones = [Zone](repeating: .green, count: columns)
    for point in visible {
      let column = place(point.time, of: columns)
      zones[column] = max(zones[column], point.zones[direction])
      rates[column] = point.shown(direction).megabits
      capacities[column] = point.capacities[direction]?.megabits
    }
    for column in 0..<columns {
      guard let rate = rates[column] else { continue }
      let x = Self.margin + column
      let style = Style(Ink(zones[column]))
      let eighths = Int((min(max(rate / top, 0), 1) * Double(rows * 8)).rounded())
      for row in 0..<rows {
        let inCell = eighths - (rows - 1 - row) * 8
        if inCell > 0 { frame.put(Sparkline.block(eighths: inCell), x: x, y: y + row, style) }
      }
      guard let capacity = capacities[column] else { continue }
      let share = min(max(capacity / top, 0), 1)
      let line = Int((Double(rows * 4 - 1) * (1 - share)).rounded())
      let dashes: [Character] = ["⠉", "⠒", "⠤", "⣀"]
      frame.put(dashes[line % 4], x: x, y: y + line / 4, Style(.white))
    }
  }

  // MARK: Time

  func drawTimeAxis(on frame: inout Frame, y: Int) {
    let columns = columns(frame)
    let step = max((window.seconds / 6).rounded(), 1)
    var mark = (start.seconds / step).rounded(.up) * step
    while mark <= start.seconds + window.seconds {
      let text = "\(fixed(mark, digits: 0)) s"
      let x = Self.margin + place(Milliseconds(seconds: mark), of: columns)
      frame.put(text, x: min(x, frame.width - text.count), y: y, Style(.dim))
      mark += step
    }
  }
}

extension LoopView.Point {
  fileprivate func shown(_ direction: Direction) -> BitsPerSecond {
    limits[direction] ?? rates[direction]
  }
}

public import Model

/// The readings of queues for people: rows that follow each other, or a screen that is redrawn.
public struct QueueView: Sendable {
  /// What the screen says above the table, such as the router's address.
  public var title: String
  /// What is wrong now; nil = nothing.
  public var notice: String?
  private let names: [String]
  private let nameWidth: Int
  private var newest: [String: QueueRecord] = [:]
  /// The rates of the last readings, oldest first.
  private var rates: [String: [Double?]] = [:]

  /// How many readings the chart of a queue goes back.
  static let history = 120

  /// - Parameter names: of the queues, in the order of their rows.
  public init(title: String, names: [String]) {
    self.title = title
    self.names = names
    nameWidth = names.reduce(5) { max($0, displayWidth($1)) }
  }

  /// Takes the records of one reading. A queue without one was not there.
  public mutating func add(_ records: [QueueRecord]) {
    newest = [:]
    for record in records { newest[record.row.name] = record }
    for name in names {
      rates[name, default: []].append(newest[name]?.row.rate.map { Double($0.rawValue) })
      if let count = rates[name]?.count, count > Self.history {
        rates[name]?.removeFirst(count - Self.history)
      }
    }
  }

  /// A column: its title and width, negative where the text stands at the left.
  private var columns: [(title: String, width: Int)] {
    [
      ("QUEUE", -nameWidth), ("MAX-LIMIT", 9), ("RATE", 9), ("BACKLOG", 10), ("LEAF", -8),
      ("+BYTES", 12), ("+PACKETS", 9), ("+DROPPED", 8),
    ]
  }

  /// The titles of the rows.
  ///
  /// - Parameter time: what stands above the times of the rows.
  public func heading(time: String) -> String { time + "  " + line(columns.map(\.title)) }

  /// The rows of the newest reading, one line each.
  public func rows(time: String) -> String {
    names.compactMap { newest[$0] }.map { time + "  " + line(Self.cells($0)) + "\n" }.joined()
  }

  private func line(_ cells: [String]) -> String {
    var line = ""
    for (cell, column) in zip(cells, columns) {
      let text = printable(cell)
      let padding = String(repeating: " ", count: max(0, abs(column.width) - displayWidth(text)))
      if !line.isEmpty { line += "  " }
      line += column.width < 0 ? text + padding : padding + text
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  private static func cells(_ record: QueueRecord) -> [String] {
    let row = record.row
    let state = row.isInvalid ? "invalid" : row.isDisabled ? "disabled" : nil
    return [
      row.name, row.maxLimit == .zero ? "unlimited" : "\(row.maxLimit)",
      row.rate.map { "\(fixed($0.megabits, digits: 1))M" } ?? "-",
      row.backlog.map { "\(fixed($0.rawValue, digits: 1)) ms" } ?? "-",
      state ?? row.leaf ?? "-", count(record.change?.bytes), count(record.change?.packets),
      count(record.change?.dropped),
    ]
  }

  private static func count(_ value: Int64?) -> String { value.map { "\($0)" } ?? "-" }

  /// The screen: the table, and below it what each queue carried in the last readings.
  public func frame(_ size: TerminalSize, time: String) -> Frame {
    var frame = Frame(width: size.columns, height: size.rows)
    frame.put(title, x: 1, y: 0, Style(.white, bold: true))
    frame.put(time, endingAt: frame.width - 1, y: 0, Style(.dim))
    frame.put(line(columns.map(\.title)), x: 1, y: 2, Style(.plain, bold: true))
    var y = 3
    for name in names {
      if let record = newest[name] {
        frame.put(line(Self.cells(record)), x: 1, y: y, Style(Self.ink(record)))
      } else {
        frame.put(name, x: 1, y: y, Style(.dim))
      }
      y += 1
    }
    y += 1
    let chart = min(frame.width - nameWidth - 4, Self.history)
    for name in names where chart >= 10 && y < frame.height - 2 {
      frame.put(name, x: 1, y: y, Style(.dim))
      frame.put(bars(name, columns: chart), x: nameWidth + 3, y: y, Style(.cyan))
      y += 1
    }
    if let notice { frame.put(notice, x: 1, y: frame.height - 1, Style(.red)) }
    return frame
  }

  /// The rates between nothing and the limit, or the highest of them.
  private func bars(_ name: String, columns: Int) -> String {
    let values = Array((rates[name] ?? []).suffix(columns))
    let limit = Double(newest[name]?.row.maxLimit.rawValue ?? 0)
    let top = limit > 0 ? limit : values.compactMap { $0 }.max() ?? 0
    return Sparkline.text(values, columns: columns, range: 0...max(top, 1))
  }

  /// What needs attention: a queue that does nothing, or a leaf that is not CAKE.
  private static func ink(_ record: QueueRecord) -> Ink {
    let row = record.row
    if row.isDisabled || row.isInvalid { return .red }
    return row.leaf == nil || row.leaf == "cake" ? .plain : .yellow
  }
}

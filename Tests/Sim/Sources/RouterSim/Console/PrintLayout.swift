/// What a `print` asks for.
struct PrintRequest {
  var isDetailed = false
  var hasStatistics = false
  var isValue = false
  var isTerse = false
  var showsIDs = false
  var countsOnly = false
  /// What stands behind `where`.
  var conditions: [ConsoleToken] = []

  init(_ arguments: ArraySlice<ConsoleToken>) throws(ConsoleFailure) {
    for (index, token) in zip(arguments.indices, arguments) {
      switch token.word?.name {
      case "detail": isDetailed = true
      case "stats": hasStatistics = true
      case "as-value": isValue = true
      case "terse": isTerse = true
      case "show-ids": showsIDs = true
      case "count-only": countsOnly = true
      case "without-paging": break
      case "where":
        conditions = Array(arguments[(index + 1)...])
        return
      default: throw .endExpected(token.column)
      }
    }
  }
}

/// How `print` writes records: a legend of flags, then each record with its number and its flags,
/// its properties wrapped at the width of the terminal.
struct PrintLayout {
  struct Record {
    var index: Int
    var id: String
    var values: [String: String]
  }

  private typealias Flag = (letter: String, property: String)

  static let statistics = [
    "rate", "packet-rate", "queued-bytes", "queued-packets", "bytes", "packets", "dropped",
  ]
  private static let queueSettings = [
    "name", "parent", "packet-mark", "limit-at", "queue", "priority", "max-limit", "burst-limit",
    "burst-threshold", "burst-time", "bucket-size",
  ]
  /// What `print stats` without `detail` keeps.
  private static let queueBasics = ["name", "parent", "packet-mark"]
  private static let ruleStart = [
    "chain", "action", "new-routing-mark", "new-connection-mark", "new-packet-mark", "passthrough",
  ]
  private static let rates: Set = [
    "max-limit", "limit-at", "burst-limit", "burst-threshold", "cake-bandwidth",
  ]
  /// Flags that share a place, because only one of them can be meant, are together.
  private static let queueFlags: [[Flag]] = [[("X", "disabled"), ("I", "invalid")]]
  private static let otherFlags: [[Flag]] = [
    [("X", "disabled"), ("I", "invalid")], [("D", "dynamic")],
  ]

  private static let connectionFlags: [[Flag]] = [
    [("E", "expected")], [("S", "seen-reply")], [("A", "assured")], [("C", "confirmed")],
    [("D", "dying")], [("F", "fasttrack")], [("s", "srcnat")], [("d", "dstnat")],
  ]

  let table: Table
  let request: PrintRequest
  let switches: Switches

  private var isQueue: Bool { table.path == "queue/tree" }
  private var isRule: Bool { table.path.hasPrefix("ip/firewall/") && !isConnection }
  private var isConnection: Bool { table.path == "ip/firewall/connection" }
  private var flags: [[Flag]] {
    if isConnection { return Self.connectionFlags }
    return isQueue ? Self.queueFlags : Self.otherFlags
  }

  func text(of records: [Record]) -> String {
    if request.isTerse { return records.map { terse($0) + "\r\n" }.joined() + "\r\n" }
    let rows = records.map { record($0) + "\r\n\r\n" }.joined()
    return legend + "\r\n" + (rows.isEmpty ? "\r\n" : rows)
  }

  /// A menu that is one record: names to the right, values to the left of a colon.
  static func singleton(_ values: [String: String]) -> String {
    let width = (values.keys.map(\.count).max() ?? 0) + 2
    return values.sorted { $0.key < $1.key }.map { key, value in
      String(repeating: " ", count: width - key.count) + "\(key): \(shown(value))\r\n"
    }.joined() + "\r\n"
  }

  /// Upper case without a blank at the end since 7.2x, lower case with one before; queues still have
  /// the old form.
  private var legend: String {
    let isUpper =
      switch switches.legendCase {
      case .mixed: !isQueue
      case .upper: true
      case .lower: false
      }
    let groups = flags.map { group in
      group.map { "\($0.letter) - " + (isUpper ? $0.property.uppercased() : $0.property) }
        .joined(separator: ", ")
    }
    return "Flags: " + groups.joined(separator: "; ") + (isUpper ? "" : " ")
  }

  private func marks(_ values: [String: String]) -> String {
    flags.map { group in group.first { values[$0.property] == "true" }?.letter ?? " " }.joined()
  }

  private func record(_ record: Record) -> String {
    let values = record.values
    let number = String(record.index)
    let start =
      String(repeating: " ", count: max(2 - number.count, 0)) + number + " " + marks(values) + " "
    let indent = String(repeating: " ", count: 4 + flags.count)
    var lines: [String] = []
    if let comment = values["comment"], !comment.isEmpty { lines.append(";;; \(comment)") }
    if let about = values[".about"] { lines.append(";;; \(about)") }
    lines += wrapped(fields(of: record), indent: indent.count)
    if lines.isEmpty { lines = [""] }
    return lines.enumerated().map { ($0.offset == 0 ? start : indent) + $0.element }
      .joined(separator: "\r\n")
  }

  private func fields(of record: Record) -> [String] {
    let values = record.values
    let hidden = Set([".id", "comment", ".about"] + flags.flatMap { $0.map { $0.property } })
    var names: [String]
    if isQueue {
      names = request.hasStatistics && !request.isDetailed ? Self.queueBasics : Self.queueSettings
      if request.hasStatistics { names += Self.statistics }
    } else if isRule {
      let counters = ["bytes", "packets"]
      names =
        Self.ruleStart
        + values.keys.filter {
          !Self.ruleStart.contains($0) && !counters.contains($0) && !hidden.contains($0)
        }.sorted()
      if request.hasStatistics { names += counters }
    } else {
      let first = ["name", "kind"]
      names = first + values.keys.filter { !hidden.contains($0) && !first.contains($0) }.sorted()
    }
    if request.showsIDs { names.insert(".id", at: 0) }
    return names.compactMap { name in values[name].map { field(name, $0) } }
  }

  private func field(_ name: String, _ value: String) -> String {
    if name == "rate", switches.ratesWithSuffix, let rate = Double(value) {
      return "rate=\(Text.bitsPerSecond(rate))"
    }
    if Self.rates.contains(name), let rate = Int64(value) {
      return "\(name)=\(Text.shortRate(rate))"
    }
    let text = Self.shown(value)
    let needsQuotes = name == "name" || text.isEmpty || text.contains(" ")
    return needsQuotes ? "\(name)=\"\(text)\"" : "\(name)=\(text)"
  }

  /// The console says yes and no.
  private static func shown(_ value: String) -> String {
    switch value {
    case "true": "yes"
    case "false": "no"
    default: value
    }
  }

  /// Fields in lines; those of queues end with a blank.
  private func wrapped(_ fields: [String], indent: Int) -> [String] {
    let width = switches.textWidth ?? .max
    let blank = isQueue ? 1 : 0
    var lines: [String] = []
    for field in fields {
      if let last = lines.last, indent + last.count + 1 + field.count + blank <= width {
        lines[lines.count - 1] += " " + field
      } else {
        lines.append(field)
      }
    }
    return isQueue ? lines.map { $0 + " " } : lines
  }

  /// One line a record, values as they are.
  private func terse(_ record: Record) -> String {
    let number = request.showsIDs ? record.id : String(record.index)
    let comment = record.values["comment"].map { ["comment=\($0)"] } ?? []
    let fields = fields(of: record).filter { !$0.hasPrefix(".id=") }
    return
      ([" \(number) \(marks(record.values))"] + comment + fields.map { $0.filter { $0 != "\"" } })
      .joined(separator: " ")
  }
}

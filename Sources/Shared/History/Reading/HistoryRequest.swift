/// A request for `/metrics/history`, and the answer.
public struct HistoryRequest: Sendable, Equatable {
  /// Why a request cannot be answered: status 400 with this sentence.
  public struct Invalid: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
  }

  public static let maximumLimit = 10_000

  public var last: Int64?
  public var from: Int64?
  public var to: Int64?
  /// nil = all; an empty list is shown as such and filters nothing.
  public var metrics: [String]?
  public var wan: String?
  public var limit = 1000
  public var offset = 0

  /// Reads the part of a URL behind the `?`, still encoded. The first of a repeated key counts,
  /// empty values and unknown keys are left out.
  public init(query: String, zone: ClockZone) throws(Invalid) {
    var values: [String: String] = [:]
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[1].isEmpty else { continue }
      let key = Self.decoded(parts[0])
      if values[key] == nil { values[key] = Self.decoded(parts[1]) }
    }
    if let text = values["range"] {
      guard let seconds = DurationText.seconds(text) else {
        throw Invalid(
          description:
            "Invalid duration format: '\(text)'. Use format like '1h', '30m', '7d'")
      }
      last = seconds
    }
    from = try Self.time(values["from"], zone)
    to = try Self.time(values["to"], zone)
    metrics = values["metrics"].map { text in
      text.split(separator: ",").map { String($0.trimmingBlanks) }.filter { !$0.isEmpty }
    }
    wan = values["wan"]
    if let text = values["limit"] {
      guard let number = Self.integer(text) else {
        throw Invalid(description: "Invalid limit value: '\(text)'")
      }
      guard (1...Self.maximumLimit).contains(number) else {
        throw Invalid(description: "limit must be between 1 and 10000")
      }
      limit = number
    }
    if let text = values["offset"] {
      guard let number = Self.integer(text) else {
        throw Invalid(description: "Invalid offset value: '\(text)'")
      }
      guard number >= 0 else { throw Invalid(description: "offset must be non-negative") }
      offset = number
    }
  }

  /// The range asked for: unlike on the command line, a time of 0 is one.
  public func range(now: Int64) -> HistoryRange {
    if let last, last != 0 { return HistoryRange(start: now - last, end: now) }
    if let from { return HistoryRange(start: from, end: to ?? now) }
    return HistoryRange(start: now - 3600, end: now)
  }

  public var filter: HistoryFilter {
    HistoryFilter(metrics: metrics.flatMap { $0.isEmpty ? nil : $0 }, wan: wan)
  }

  private static func time(_ text: String?, _ zone: ClockZone) throws(Invalid) -> Int64? {
    guard let text else { return nil }
    guard let time = TimestampText.isoTime(text, zone: zone) else {
      throw Invalid(description: "Invalid timestamp format: '\(text)'. Use ISO 8601 format")
    }
    return time
  }

  /// As Python's `int`: blanks around, a sign, single underscores between digits.
  private static func integer(_ text: String) -> Int? {
    let trimmed = text.trimmingBlanks
    let isSigned = trimmed.first == "-" || trimmed.first == "+"
    let digits = trimmed.dropFirst(isSigned ? 1 : 0)
    let groups = digits.split(separator: "_", omittingEmptySubsequences: false)
    guard groups.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } })
    else { return nil }
    // More digits than a number holds are out of every range, not out of form.
    let magnitude = Int(groups.joined()) ?? .max
    return trimmed.first == "-" ? -magnitude : magnitude
  }

  /// `+` is a blank, `%XX` a byte; what is no such pair stands for itself.
  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension StringProtocol {
  fileprivate var trimmingBlanks: Substring {
    var text = Substring(self)
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text
  }
}

extension HistoryReader {
  /// The body of the answer to `/metrics/history`: a page of rows, newest first, and what they are.
  public func payload(for request: HistoryRequest, now: Int64) throws(SQLiteError) -> String {
    let range = request.range(now: now)
    let total = try count(in: range, request.filter)
    var rows: [String] = []
    if request.offset < total {
      try forEachRow(in: range, request.filter, skipping: request.offset) { row in
        let fields = HistoryJSON.fields(row, series[row.series], indent: "      ")
        rows.append(
          """
              {
                "timestamp": "\(HistoryText.isoTime(row.timestamp))",
          \(fields)
              }
          """)
        return rows.count < request.limit
      }
    }
    let data = rows.isEmpty ? "[]" : "[\n\(rows.joined(separator: ",\n"))\n  ]"
    return """
      {
        "data": \(data),
        "metadata": {
          "total_count": \(total),
          "returned_count": \(rows.count),
          "granularity": "\(range.granularity.rawValue)",
          "limit": \(request.limit),
          "offset": \(request.offset),
          "query": {
            "start": "\(HistoryText.isoTime(range.start))",
            "end": "\(HistoryText.isoTime(range.end))",
            "metrics": \(Self.list(request.metrics)),
            "wan": \(request.wan.map(HistoryJSON.quoted) ?? "null")
          }
        }
      }
      """
  }

  private static func list(_ names: [String]?) -> String {
    guard let names else { return "null" }
    guard !names.isEmpty else { return "[]" }
    let lines = names.map { "        \(HistoryJSON.quoted($0))" }
    return "[\n\(lines.joined(separator: ",\n"))\n      ]"
  }
}

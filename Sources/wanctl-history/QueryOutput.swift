import Commands
import Glibc
import History
import Platform

/// Prints what a query finds, row by row.
struct QueryOutput {
  private static let nothing = "No data found for the specified time range."

  private let reader: HistoryReader
  private let range: HistoryRange
  private let filter: HistoryFilter
  private var buffer: [UInt8] = []
  /// The reader at the other end went away, or the disk is full.
  private var trouble: SystemError?

  init(_ reader: HistoryReader, _ range: HistoryRange, _ filter: HistoryFilter) {
    self.reader = reader
    self.range = range
    self.filter = filter
    buffer.reserveCapacity(1 << 16)
  }

  mutating func summary() throws(SQLiteError) {
    let summaries = try reader.summaries(of: range, filter)
    if summaries.isEmpty { put("\(Self.nothing)\n") }
    for summary in summaries { put(summary.text + "\n") }
  }

  mutating func rows(_ format: QueryFormat, isVerbose: Bool) throws(SQLiteError) {
    switch format {
    case .table: try table(isVerbose: isVerbose)
    case .json: try json()
    case .jsonl:
      let count = try forEachRow { HistoryJSON.line($0, $1) + "\n" }
      if count == 0 { CommandEntry.writeRemark(Self.nothing) }
    case .csv:
      put(HistoryCSV.head + "\n")
      let count = try forEachRow { HistoryCSV.line($0, $1) + "\n" }
      if count == 0 { CommandEntry.writeRemark(Self.nothing) }
    }
  }

  /// Writes what is left; throws when writing failed before.
  mutating func finish() throws(SystemError) {
    flush()
    if let trouble { throw trouble }
  }

  private mutating func table(isVerbose: Bool) throws(SQLiteError) {
    var table = HistoryTable(isVerbose: isVerbose, zone: .host)
    var count = 0
    try reader.forEachRow(in: range, filter) { row in
      table.measure(row, reader.series[row.series])
      count += 1
      return true
    }
    guard count > 0 else { return put("\(Self.nothing)\n") }
    put(table.head())
    _ = try forEachRow { table.line($0, $1) }
  }

  private mutating func json() throws(SQLiteError) {
    var isFirst = true
    let count = try forEachRow { row, series in
      defer { isFirst = false }
      return (isFirst ? "[\n" : ",\n") + HistoryJSON.element(row, series)
    }
    put(count == 0 ? "[]\n" : "\n]\n")
    if count == 0 { CommandEntry.writeRemark(Self.nothing) }
  }

  private mutating func forEachRow(
    _ text: (HistoryRow, HistorySeries) -> String
  ) throws(SQLiteError) -> Int {
    var count = 0
    try reader.forEachRow(in: range, filter) { row in
      count += 1
      put(text(row, reader.series[row.series]))
      return trouble == nil
    }
    return count
  }

  private mutating func put(_ text: String) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= 1 << 16 { flush() }
  }

  private mutating func flush() {
    guard trouble == nil, !buffer.isEmpty else { return }
    do throws(SystemError) {
      try buffer.withUnsafeBufferPointer { bytes throws(SystemError) in
        _ = try writeAll(bytes, to: STDOUT_FILENO)
      }
    } catch {
      trouble = error
    }
    buffer.removeAll(keepingCapacity: true)
  }
}

import Commands
import Glibc
import History
import Platform

/// Prints what a query finds, row by row.
final class QueryOutput {
  static let nothing = "No data found for the specified time range."

  private var buffer: [UInt8] = []
  /// The reader at the other end went away, or the disk is full.
  private(set) var trouble: SystemError?

  init() { buffer.reserveCapacity(1 << 17) }

  func summary(
    _ reader: HistoryReader, _ range: HistoryRange, _ filter: HistoryFilter
  ) throws(SQLiteError) {
    let summaries = try reader.summaries(of: range, filter)
    if summaries.isEmpty { put("\(Self.nothing)\n") }
    for summary in summaries { put(summary.text + "\n") }
  }

  func rows(
    _ format: QueryFormat, isVerbose: Bool, _ reader: HistoryReader, _ range: HistoryRange,
    _ filter: HistoryFilter
  ) throws(SQLiteError) {
    func forEachRow(_ layout: HistoryLines.Layout) throws(SQLiteError) -> Int {
      var lines = HistoryLines(layout)
      var count = 0
      try reader.forEachRow(in: range, filter) { row in
        if layout == .jsonElement { put(count == 0 ? "[\n" : ",\n") }
        count += 1
        lines.append(row, reader.series, to: &buffer)
        return flushIfFull()
      }
      if count == 0 { CommandEntry.writeRemark(Self.nothing) }
      return count
    }
    switch format {
    case .table: try table(isVerbose: isVerbose, reader, range, filter)
    case .json:
      let count = try forEachRow(.jsonElement)
      put(count == 0 ? "[]\n" : "\n]\n")
    case .jsonl: _ = try forEachRow(.jsonLine)
    case .csv:
      put(HistoryLines.csvHead)
      _ = try forEachRow(.csv)
    case .openmetrics: try openMetrics(reader, range, filter)
    }
  }

  func openMetrics(
    _ reader: HistoryReader, _ range: HistoryRange, _ filter: HistoryFilter
  ) throws(SQLiteError) {
    let export = try reader.exportOpenMetrics(of: range, filter) { [self] bytes in
      buffer.append(contentsOf: bytes)
      return flushIfFull()
    }
    if export.samples == 0 { CommandEntry.writeRemark(Self.nothing) }
    if export.leftOut > 0 {
      CommandEntry.writeRemark(
        "\(export.leftOut) samples left out: a metrics server has neither their names nor their times"
      )
    }
  }

  /// Writes what is left; throws when writing failed before.
  func finish() throws(SystemError) {
    flush()
    if let trouble { throw trouble }
  }

  private func table(
    isVerbose: Bool, _ reader: HistoryReader, _ range: HistoryRange, _ filter: HistoryFilter
  ) throws(SQLiteError) {
    var table = HistoryTable(isVerbose: isVerbose, zone: .host)
    var count = 0
    try reader.forEachRow(in: range, filter) { row in
      table.measure(row, reader.series)
      count += 1
      return true
    }
    guard count > 0 else { return put("\(Self.nothing)\n") }
    table.appendHead(to: &buffer)
    try reader.forEachRow(in: range, filter) { row in
      table.append(row, reader.series, to: &buffer)
      return flushIfFull()
    }
  }

  /// Prints rows as they are stored, until `body` says otherwise.
  ///
  /// - Parameter wait: waits a while; returns false to end.
  func follow(
    _ tail: HistoryTail, _ format: QueryFormat, isVerbose: Bool, wait: () throws -> Bool
  ) throws {
    var table = HistoryTable(isVerbose: isVerbose, zone: .host)
    var lines = HistoryLines(format == .csv ? .csv : .jsonLine)
    if format == .table {
      let names = try tail.names()
      table.reserve(metrics: names.metrics, wans: names.wans)
      table.appendHead(to: &buffer)
    } else if format == .csv {
      put(HistoryLines.csvHead)
    }
    var toldError: SQLiteError?
    repeat {
      do throws(SQLiteError) {
        try tail.read { row in
          if format == .table {
            table.append(row, tail.series, to: &buffer)
          } else {
            lines.append(row, tail.series, to: &buffer)
          }
          return flushIfFull()
        }
        toldError = nil
      } catch {
        if toldError != error { CommandEntry.writeRemark("\(error); trying again") }
        toldError = error
      }
      try finish()
    } while try wait()
  }

  private func put(_ text: String) { buffer.append(contentsOf: text.utf8) }

  /// - Returns: whether somebody still reads.
  private func flushIfFull() -> Bool {
    if buffer.count >= 1 << 16 { flush() }
    return trouble == nil
  }

  private func flush() {
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

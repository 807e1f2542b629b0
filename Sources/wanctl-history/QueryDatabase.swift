import ArgumentParser
import Commands
import Glibc
import History

/// The database that a command reads.
enum QueryDatabase {
  /// Opens it, or says in one line why that cannot be and ends with 1.
  static func open(_ path: String) throws -> HistoryReader {
    try opened(path) { () throws(SQLiteError) in try reader(path) }
  }

  /// The same, for the rows that are still to come.
  static func follow(
    _ path: String, _ filter: HistoryFilter, from start: Int64?
  ) throws -> HistoryTail {
    try opened(path) { () throws(SQLiteError) in
      try HistoryTail(path: path, filter, from: start)
    }
  }

  private static func opened<Result>(
    _ path: String, _ open: () throws(SQLiteError) -> Result
  ) throws -> Result {
    var facts = stat()
    if stat(path, &facts) != 0, errno == ENOENT {
      CommandEntry.writeRemark("Database not found: \(path). Run wanctl to generate data.")
      throw ExitCode.failure
    }
    do throws(SQLiteError) {
      return try open()
    } catch {
      CommandEntry.writeRemark("\(error)\(advice(error))")
      throw ExitCode.failure
    }
  }

  private static func reader(_ path: String) throws(SQLiteError) -> HistoryReader {
    do throws(SQLiteError) {
      return try HistoryReader(SQLiteConnection(path: path, access: .readOnly))
    } catch  where error.kind == .readOnly || error.kind == .cannotOpen {
      // Its side files can be neither found nor made, so that nobody writes to it now.
      do throws(SQLiteError) {
        return try HistoryReader(SQLiteConnection(path: path, access: .immutable))
      } catch _ {
        throw error
      }
    }
  }

  private static func advice(_ error: SQLiteError) -> String {
    switch error.kind {
    case .cannotOpen, .readOnly: "; the group wanctl may read it: run as a member of that group"
    case .corrupt: "; it is no database, or damaged: the daemons keep it aside and begin anew"
    default: ""
    }
  }

  /// The names in the database that begin with what is typed, behind the names before the last comma.
  static func completions(
    of column: HistoryReader.NameColumn, _ arguments: [String], prefix: String
  ) -> [String] {
    func value(of option: String) -> String? {
      let place = arguments.lastIndex(of: option).map { $0 + 1 }
      return place.flatMap { $0 < arguments.count ? arguments[$0] : nil }
    }
    let path =
      value(of: "--db") ?? value(of: "--config").flatMap(DatabaseOptions.database(of:))?.path
      ?? MetricsSchema.defaultPath
    guard let reader = try? reader(path),
      let names = try? reader.names(of: column)
    else { return [] }
    let end = column == .metric ? prefix.lastIndex(of: ",").map(prefix.index(after:)) : nil
    let before = end.map { String(prefix[..<$0]) } ?? ""
    let begun = prefix[(end ?? prefix.startIndex)...]
    return names.filter { $0.hasPrefix(begun) }.map { before + $0 }
  }
}

import Glibc
import History
import Model
import Platform

/// Answers requests for history from the database that the running loop writes. May take as long as
/// a disk does: never for the control thread.
struct HistoryQuery: Sendable {
  /// How long an answer waits for what was decided just now to be stored.
  private static let flushPatience = Milliseconds(250)

  let path: String
  let writer: HistoryWriter

  func answer(_ query: String, now: Int64) -> HistoryAnswer {
    let request: HistoryRequest
    do { request = try HistoryRequest(query: query, zone: .host) } catch {
      return .invalid(error.description)
    }
    writer.flush(within: Self.flushPatience)
    do throws(SQLiteError) {
      return .page(try HistoryReader(connection()).payload(for: request, now: now))
    } catch {
      return .failed("\(error)")
    }
  }

  /// A database that is not there yet is an empty one.
  private func connection() throws(SQLiteError) -> SQLiteConnection {
    var facts = stat()
    if stat(path, &facts) != 0, errno == ENOENT {
      return try SQLiteConnection(path: "", access: .create)
    }
    return try SQLiteConnection(path: path, access: .readOnly)
  }
}

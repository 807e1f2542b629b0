public import Model
public import Platform

/// Why history could not be written or maintained.
public enum HistoryFailure: Error, Sendable, Equatable, CustomStringConvertible {
  case database(SQLiteError)
  case system(SystemError)

  public var description: String {
    switch self {
    case .database(let error): "\(error)"
    case .system(let error): "\(error)"
    }
  }

  /// Another process writes: that passes.
  var isLocked: Bool {
    if case .database(let error) = self { return error.kind == .locked }
    return false
  }

  var isCorrupt: Bool {
    if case .database(let error) = self { return error.kind == .corrupt }
    return false
  }
}

/// A change of how history is, worth a line in the log. Nothing is told twice until it has changed.
public enum HistoryEvent: Sendable, Equatable {
  /// Rows cannot be stored; they wait in memory, and the oldest go when there are too many.
  case failed(HistoryFailure)
  /// Rows are stored again, after this time and this many attempts.
  case recovered(after: Milliseconds, failures: Int)
  /// The damaged file was renamed, and a new one begun.
  case setAside(path: String, as: String)
  /// So many entries are lost by now.
  case lost(entries: Int)
  case maintained(MaintenancePass.Result)
  case maintenanceFailed(HistoryFailure)
}

extension HistoryEvent: CustomStringConvertible {
  /// A line for the log.
  public var description: String {
    switch self {
    case .failed(let failure): "history: \(failure); rows wait in memory"
    case .recovered(let time, let failures):
      "history is stored again after \(fixed(time.seconds, digits: 1)) s and \(failures) failures"
    case .setAside(let path, let name):
      "history: \(path) is damaged; it is \(name) now, and begins anew"
    case .lost(let entries):
      "history: \(entries) cycles lost so far: they could not be stored in time"
    case .maintained(let result):
      "history: \(result.aggregatedRows) rows became averages, \(result.expiredRows) were too old"
    case .maintenanceFailed(let failure): "history is not maintained: \(failure)"
    }
  }
}

/// Counters of history since the start, for health and metrics.
public struct HistoryCounters: Sendable, Equatable {
  /// Rows that were committed.
  public var rows = 0
  public var commits = 0
  /// Attempts to write that failed.
  public var failures = 0
  /// Entries that went before they could be stored.
  public var lostEntries = 0
  /// Rows without a value that can be stored.
  public var refusedRows = 0
  /// When rows were committed last.
  public var committedAt: MonotonicTime?
  /// Whether the last attempt failed.
  public var isFailing = false

  public init() {}
}

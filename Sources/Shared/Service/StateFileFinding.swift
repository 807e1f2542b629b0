/// What was wrong with a state file, and what was done about it.
public enum StateFileFinding: Sendable, Equatable {
  /// The file is there and cannot be read, e.g. `permission denied`.
  case unreadable(path: String, reason: String)
  /// The file is no state file. It was moved to `keptAs`; nil when that failed too.
  case damaged(path: String, reason: String, keptAs: String?)
  /// The state comes from this file, the version before.
  case usedBackup(path: String)
  /// One value cannot be used; its default stands. `key` is dotted: `download.current_rate`.
  case badField(key: String, wanted: String, found: String)
}

extension StateFileFinding: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "state file \(path): \(reason); starting afresh"
    case .damaged(let path, let reason, let keptAs):
      "state file \(path): \(reason)" + (keptAs.map { "; kept as \($0)" } ?? "")
    case .usedBackup(let path): "going on from \(path)"
    case .badField(let key, let wanted, let found):
      "state file: \(key): expected \(wanted), found \(found); the default stands"
    }
  }
}

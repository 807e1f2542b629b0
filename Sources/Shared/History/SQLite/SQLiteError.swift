import CSQLite
import Glibc

/// A call of SQLite that failed: on which file, what was attempted, and the library's reason.
public struct SQLiteError: Error, Sendable, Equatable {
  /// What an error means for whoever meets it.
  public enum Kind: Sendable, Equatable {
    /// Another connection writes; it is worth trying again.
    case locked
    /// The disk or the quota is full.
    case full
    /// The file, its folder or the connection does not allow writing.
    case readOnly
    /// The file cannot be opened: it is not there, is a folder, or belongs to somebody else.
    case cannotOpen
    /// The file is damaged, or no database at all.
    case corrupt
    /// The disk failed, or the file went while it was open.
    case disk
    /// A value that the table refuses.
    case constraint
    /// A table or column that is not there, or a mistake in a statement.
    case statement
    case other
  }

  /// The database's path.
  public var path: String
  /// What was attempted: `open`, `prepare`, `step`, …
  public var operation: String
  /// SQLite's extended result code, such as `SQLITE_IOERR_FSYNC`; its low byte is the primary code.
  public var extendedCode: CInt
  /// `errno` of the system call behind it; 0 where there is none.
  public var systemCode: CInt
  /// SQLite's own words, without the values of a row.
  public var message: String

  public init(
    path: String, operation: String, extendedCode: CInt, systemCode: CInt = 0, message: String
  ) {
    self.path = path
    self.operation = operation
    self.extendedCode = extendedCode
    self.systemCode = systemCode
    self.message = message
  }

  /// The primary result code: `SQLITE_BUSY`, `SQLITE_FULL`, …
  public var code: CInt { extendedCode & 0xFF }

  public var kind: Kind {
    switch code {
    case SQLITE_BUSY, SQLITE_LOCKED: .locked
    case SQLITE_FULL: .full
    case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: .readOnly
    case SQLITE_CANTOPEN: .cannotOpen
    case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT: .corrupt
    case SQLITE_IOERR: .disk
    case SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG, SQLITE_RANGE: .constraint
    case SQLITE_ERROR, SQLITE_SCHEMA, SQLITE_MISUSE: .statement
    default: .other
    }
  }
}

extension SQLiteError: CustomStringConvertible {
  /// `/var/lib/wanctl/metrics.db: step: database or disk is full (SQLite 13)`.
  public var description: String {
    let system = systemCode == 0 ? "" : ", \(Self.reason(of: systemCode))"
    return "\(path): \(operation): \(message)\(system) (SQLite \(extendedCode))"
  }

  private static func reason(of code: CInt) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
      guard let base = buffer.baseAddress, strerror_r(code, base, buffer.count) == 0 else {
        return "errno \(code)"
      }
      return String(cString: base)
    }
  }
}

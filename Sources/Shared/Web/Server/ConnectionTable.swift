import Glibc
import Model
import Platform
import Synchronization

/// The open connections and what each may take its time for. The library ends those on which nothing
/// happens; a client that sends a byte now and then is ended here.
final class ConnectionTable: Sendable {
  private struct Entry {
    var socket: CInt
    /// nil while an event stream or a disk takes what it takes.
    var deadline: MonotonicTime?
  }

  private let entries = Mutex<[UInt: Entry]>([:])

  var count: Int { entries.withLock { $0.count } }

  func opened(_ connection: UInt, socket: CInt, deadline: MonotonicTime) {
    entries.withLock { $0[connection] = Entry(socket: socket, deadline: deadline) }
  }

  func setDeadline(of connection: UInt, _ deadline: MonotonicTime?) {
    entries.withLock { $0[connection]?.deadline = deadline }
  }

  /// Called before the socket is closed.
  func closed(_ connection: UInt) {
    entries.withLock { entries in _ = entries.removeValue(forKey: connection) }
  }

  /// Ends what is overdue: the server's thread finds the connection closed by its client.
  func shutDownOverdue(at now: MonotonicTime) {
    // Under the lock, so that the number is not another socket's by now.
    entries.withLock { entries in
      for (key, entry) in entries {
        guard let deadline = entry.deadline, now >= deadline else { continue }
        shutdown(entry.socket, CInt(SHUT_RDWR))
        entries[key]?.deadline = nil
      }
    }
  }
}

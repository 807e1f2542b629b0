import Glibc
import Model
import Platform

/// The journal of this host, spoken to in its own protocol: one datagram per entry, whose fields
/// journalctl(1) selects by. <https://systemd.io/JOURNAL_NATIVE_PROTOCOL>
public final class Journal: Sendable {
  /// Where every journald listens; within a unit that has its own `LogNamespace=`, that one's.
  public static let path = "/run/systemd/journal/socket"

  /// A journal that does not take an entry for so long is left to the standard error, which leads
  /// to it too, but in lines.
  private static let patience = Milliseconds(1000)

  private let socket: UnixDatagrams

  /// - Parameter path: of the socket, or `@` and a name in the abstract namespace.
  /// - Returns: nil when no socket can be had.
  public init?(path: String = Journal.path) {
    guard let socket = try? UnixDatagrams(to: path),
      (try? socket.limitWaiting(to: Self.patience)) != nil
    else { return nil }
    self.socket = socket
  }

  /// The journal when `console` leads to it, else nil.
  public static func chosen(
    by environment: (String) -> String? = EnvironmentVariable.value, console: Int32 = 2,
    path: String = Journal.path
  ) -> Journal? {
    isBehind(console, environment) ? Journal(path: path) : nil
  }

  /// Whether `console` is the stream that systemd.exec(5) names in `JOURNAL_STREAM` as
  /// `DEVICE:INODE`. The variable alone tells little: a child may have another standard error.
  static func isBehind(_ console: Int32, _ environment: (String) -> String?) -> Bool {
    guard let stream = environment("JOURNAL_STREAM") else { return false }
    var status = stat()
    return fstat(console, &status) == 0 && stream == "\(status.st_dev):\(status.st_ino)"
  }

  /// Hands over one entry. Waits for a journal that is busy.
  /// - Returns: whether it was taken.
  func send(_ entry: JournalEntry) -> Bool {
    (try? socket.send(entry.bytes, waits: true, name: "the journal")) != nil
  }
}

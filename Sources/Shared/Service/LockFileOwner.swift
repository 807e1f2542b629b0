import Glibc
import Platform

/// Whom the text of a lock file names, held against the processes of this host.
enum LockFileOwner: Equatable {
  /// A live process of ours, or of the original.
  case controller(processID: Int32, command: String)
  // None of the others counts.
  case empty
  case garbage
  case gone(processID: Int32)
  case stranger(processID: Int32, command: String)

  /// - Parameter content: the text of the lock file.
  init(_ content: [UInt8]) {
    guard let processID = Self.processID(in: content) else {
      let isBlank = content.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
      self = isBlank ? .empty : .garbage
      return
    }
    // A number from before a restart may be that of this process by now, or of one of its threads.
    guard processID != getpid(), let process = ProcessEntry(processID), process.isAlive else {
      self = .gone(processID: processID)
      return
    }
    self =
      process.command.contains("wanctl")
      ? .controller(processID: processID, command: process.command)
      : .stranger(processID: processID, command: process.command)
  }

  /// The number that a lock file holds, blanks around it or not; nil for every other text.
  static func processID(in content: [UInt8]) -> Int32? {
    let text = String(decoding: content, as: UTF8.self)
    let words = text.split(whereSeparator: \.isWhitespace)
    return words.count == 1 ? Int32(words[0]) : nil
  }

  /// Why the lock file does not count; nil when it does.
  var takeoverReason: String? {
    switch self {
    case .controller: nil
    case .empty: "it is empty"
    case .garbage: "it holds no process ID"
    case .gone(let processID): "process \(processID) is gone"
    case .stranger(let processID, let command):
      "process \(processID) is another program: \(command)"
    }
  }
}

/// What `/proc` says of a process.
private struct ProcessEntry {
  /// A process, not a thread of one, and not a zombie.
  var isAlive: Bool
  /// Its arguments with blanks between them; empty where `/proc` does not show them.
  var command: String

  /// nil when there is no such process, or it is hidden from us.
  init?(_ processID: Int32) {
    guard processID > 0, let status = Self.text("/proc/\(processID)/status") else { return nil }
    func field(_ name: String) -> Substring? {
      status.split(separator: "\n").first { $0.hasPrefix(name + ":") }?
        .dropFirst(name.utf8.count + 1).drop(while: \.isWhitespace)
    }
    isAlive = field("Tgid").map { $0 == "\(processID)" } ?? true
    if field("State")?.first == "Z" { isAlive = false }
    command = (Self.text("/proc/\(processID)/cmdline") ?? "")
      .split(separator: "\0").joined(separator: " ")
  }

  private static func text(_ path: String) -> String? {
    (try? File(path, flags: O_RDONLY).read(limit: 16 << 10)).map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}

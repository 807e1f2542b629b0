import Glibc
public import Model
public import Platform
import Terminal

/// A person at the terminal of this process, whatever input and output are.
public final class TerminalDialogue: Dialogue {
  private let terminal: FileDescriptor

  /// Opens `/dev/tty`; fails where the process has no terminal.
  public init() throws(SystemError) {
    terminal = FileDescriptor(
      owning: try systemCall("open /dev/tty") { open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY) })
  }

  public func tell(_ text: String) { write(text + "\n") }

  public func ask(
    _ question: String, flag: String, fallback: String?, check: (String) -> String?
  ) throws(DialogueFailure) -> String {
    while true {
      let typed = try readLine(
        question + (fallback.map { $0.isEmpty ? "" : " [\($0)]" } ?? "") + ": ")
      let answer = typed.isEmpty ? fallback ?? "" : typed
      if answer.isEmpty, fallback == nil {
        write("Something must be given here (\(flag)).\n")
      } else if let reason = check(answer) {
        write("\(reason)\n")
      } else {
        return answer
      }
    }
  }

  public func askSecret(_ question: String, flag: String) throws(DialogueFailure) -> Secret {
    while true {
      let secret = try readLine("\(question) (not shown): ", isSecret: true)
      if !secret.isEmpty { return Secret(secret) }
      write("Something must be given here (\(flag)).\n")
    }
  }

  public func confirm(_ question: String, flag: String) throws(DialogueFailure) {
    while true {
      switch try readLine("\(question) [yes/no]: ").lowercased() {
      case "yes": return
      case "no": throw .refused(question)
      default: write("Please type yes or no.\n")
      }
    }
  }

  private func write(_ text: String) {
    // Only what is ours may control the terminal: names of a router are shown too.
    let bytes = Array(
      text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { printable(String($0)) }.joined(separator: "\n").utf8)
    let descriptor = terminal.rawValue
    // When the terminal is gone the next read tells.
    _ = try? bytes.withUnsafeBufferPointer { bytes throws(SystemError) in
      try writeAll(bytes, to: descriptor)
    }
  }

  /// One line, edited here byte by byte: the terminal itself neither shows it nor turns a key into a
  /// signal, so that no key ends this with a terminal that shows nothing any more.
  private func readLine(
    _ prompt: String, isSecret: Bool = false
  ) throws(DialogueFailure) -> String {
    let descriptor = terminal.rawValue
    var attributes = termios()
    let hadAttributes = tcgetattr(descriptor, &attributes) == 0
    var raw = attributes
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
    // Before anybody is asked to type.
    if hadAttributes { tcsetattr(descriptor, TCSANOW, &raw) }
    write(prompt)
    defer {
      if hadAttributes { tcsetattr(descriptor, TCSANOW, &attributes) }
      write("\n")
    }
    var line: [UInt8] = []
    while true {
      var byte: UInt8 = 0
      guard let count = try? systemCall("read", { read(descriptor, &byte, 1) }), count == 1 else {
        throw .ended(isInterrupt: false)
      }
      switch byte {
      case 0x0A, 0x0D: return String(decoding: line, as: UTF8.self)
      case 0x03: throw .ended(isInterrupt: true)
      case 0x04:
        if line.isEmpty { throw .ended(isInterrupt: false) }
      case 0x08, 0x7F: erase(&line, isSecret: isSecret)
      case 0x15:
        while !line.isEmpty { erase(&line, isSecret: isSecret) }
      case ..<0x20: break
      default:
        guard line.count < 4096 else { continue }
        line.append(byte)
        if !isSecret { echo(byte) }
      }
    }
  }

  private func echo(_ byte: UInt8) {
    var byte = byte
    _ = Glibc.write(terminal.rawValue, &byte, 1)
  }

  private func erase(_ line: inout [UInt8], isSecret: Bool) {
    guard !line.isEmpty else { return }
    // A character of several bytes goes as a whole.
    while let last = line.popLast(), last & 0xC0 == 0x80 {}
    guard !isSecret else { return }
    for byte in [0x08, 0x20, 0x08] as [UInt8] { echo(byte) }
  }
}

import Glibc
public import Model

/// The whole terminal for a live view: alternate screen, no cursor, keys without echo.
///
/// The terminal is as it was before when `close` has run, when the value goes out of scope, and
/// when a signal ends the process, be it SIGTERM or a crash. There can be only one at a time.
public struct FullScreen: ~Copyable {
  /// Why the terminal could not be taken.
  public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
    case notATerminal
    case call(String, code: Int32)

    public var description: String {
      switch self {
      case .notATerminal: "standard input and output are not both a terminal"
      case .call(let name, let code): "\(name): \(String(cString: strerror(code)))"
      }
    }
  }

  public let palette: Palette
  private let input: Int32
  private let output: Int32
  private let environment: [String: String]
  private var inputEnded = false

  /// Takes the terminal.
  public init(
    input: Int32 = 0, output: Int32 = 1, environment: [String: String]
  ) throws(Failure) {
    guard isTerminal(input), isTerminal(output) else { throw .notATerminal }
    var original = termios()
    guard tcgetattr(input, &original) == 0 else { throw .call("tcgetattr", code: errno) }
    TerminalRestorer.arm(input: input, output: output, attributes: original)
    var raw = original
    // Control keys come as bytes too: the view decides how it ends.
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
    raw.c_iflag &= ~tcflag_t(IXON | ICRNL)
    guard tcsetattr(input, TCSADRAIN, &raw) == 0 else {
      let code = errno
      TerminalRestorer.restore()
      throw .call("tcsetattr", code: code)
    }
    palette = Palette(isTerminal: true, environment: environment)
    self.input = input
    self.output = output
    self.environment = environment
    writeAll(output, "\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
  }

  deinit { TerminalRestorer.restore() }

  /// Gives the terminal back.
  public consuming func close() {}

  /// The size of the terminal now.
  public var size: TerminalSize { TerminalSize(descriptor: output, environment: environment) }

  /// Draws a frame. Returns false when the terminal is gone.
  @discardableResult
  public func draw(_ frame: Frame) -> Bool { writeAll(output, frame.drawing(palette)) }

  /// The next key, waited for until the time is up; nil when none came.
  public mutating func key(within time: Milliseconds) -> UInt8? {
    let wait = Int32(min(max(time.rawValue.rounded(.up), 0), 60_000))
    guard !inputEnded else {
      poll(nil, 0, wait)
      return nil
    }
    var descriptor = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, wait) > 0 else { return nil }
    var byte: UInt8 = 0
    let count = read(input, &byte, 1)
    // Nobody types any more; the view goes on without keys.
    if count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) { inputEnded = true }
    return count == 1 ? byte : nil
  }
}

/// Writes all of a text; false when that is not possible any more.
@discardableResult
func writeAll(_ descriptor: Int32, _ text: String) -> Bool {
  var text = text
  return text.withUTF8 { bytes in
    var rest = UnsafeRawBufferPointer(bytes)
    while !rest.isEmpty {
      let count = write(descriptor, rest.baseAddress, rest.count)
      if count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      } else if errno == EAGAIN {
        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&wait, 1, 1000)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}

import Foundation
import Glibc
import Model
import Testing

@testable import Terminal

/// A pseudo terminal: what the view does to `slave` is seen at `master`.
private final class PseudoTerminal {
  let master: Int32
  let slave: Int32

  init() throws {
    // What unlockpt and ptsname do; Swift's Glibc module does not have them.
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var unlocked: Int32 = 0
    var number: Int32 = 0
    try #require(
      ioctl(master, 0x4004_5431, &unlocked) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
    slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    try #require(slave >= 0)
  }

  deinit {
    close(slave)
    close(master)
  }

  var localFlags: tcflag_t {
    var attributes = termios()
    tcgetattr(slave, &attributes)
    return attributes.c_lflag
  }

  /// What was written to the terminal and not read yet.
  func output() -> String {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    var result = ""
    var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    while poll(&descriptor, 1, 0) > 0 {
      let count = read(master, &bytes, bytes.count)
      if count <= 0 { break }
      result += String(decoding: bytes[..<count], as: UTF8.self)
    }
    return result
  }

  func resize(columns: UInt16, rows: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }
}

/// One at a time: there is one terminal of the process.
@Suite(.serialized) struct FullScreenTests {
  @Test func theTerminalIsTakenAndGivenBack() throws {
    let terminal = try PseudoTerminal()
    let before = terminal.localFlags
    var screen = try FullScreen(
      input: terminal.slave, output: terminal.slave, environment: ["NO_COLOR": "1"])
    #expect(terminal.localFlags & tcflag_t(ICANON | ECHO | ISIG) == 0)
    #expect(terminal.output() == "\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
    var frame = Frame(width: 2, height: 1)
    frame.put("hi", x: 0, y: 0, Style(.red))
    let isDrawn = screen.draw(frame)
    #expect(isDrawn)
    #expect(terminal.output() == "\u{1B}[Hhi\u{1B}[K\u{1B}[J")
    let none = screen.key(within: .zero)
    #expect(none == nil)
    _ = "q".withCString { write(terminal.master, $0, 1) }
    let key = screen.key(within: Milliseconds(5000))
    #expect(key == UInt8(ascii: "q"))
    screen.close()
    #expect(terminal.localFlags == before)
    #expect(terminal.output() == "\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l")
  }

  @Test func theSizeFollowsTheTerminal() throws {
    let terminal = try PseudoTerminal()
    let screen = try FullScreen(
      input: terminal.slave, output: terminal.slave,
      environment: ["COLUMNS": "100", "LINES": "zero"])
    var size = screen.size
    #expect(size == TerminalSize(columns: 100, rows: 24))
    terminal.resize(columns: 132, rows: 43)
    size = screen.size
    #expect(size == TerminalSize(columns: 132, rows: 43))
    screen.close()
  }

  @Test func whatIsNoTerminalIsRefused() throws {
    let file = open("/dev/null", O_RDWR)
    defer { close(file) }
    #expect(throws: FullScreen.Failure.notATerminal) {
      let screen = try FullScreen(input: file, output: file, environment: [:])
      screen.close()
    }
    #expect("\(FullScreen.Failure.notATerminal)".contains("terminal"))
    #expect("\(FullScreen.Failure.call("tcgetattr", code: EIO))".hasPrefix("tcgetattr: "))
    #expect(
      TerminalSize(descriptor: file, environment: ["COLUMNS": "-1"]) == TerminalSize.fallback)
  }

  @Test func signalsAreTheOwnersAgain() throws {
    func handler(_ signal: Int32) -> Int {
      var action = sigaction()
      sigaction(signal, nil, &action)
      return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
    }
    let terminal = try PseudoTerminal()
    let before = handler(SIGTERM)
    let screen = try FullScreen(
      input: terminal.slave, output: terminal.slave, environment: [:])
    #expect(handler(SIGTERM) != before)
    screen.close()
    #expect(handler(SIGTERM) == before)
  }

  @Test func aTerminalThatIsGoneEndsTheDrawing() {
    #expect(!writeAll(-1, "x"))
    #expect(writeAll(-1, ""))
  }
}

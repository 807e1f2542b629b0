import Foundation
import Logging
import Model
import TestSupport
import Testing

@testable import Service

@Suite struct JournalTests {
  let folder: TemporaryFolder
  let receiver: DatagramReceiver
  let console: File

  init() throws {
    folder = try TemporaryFolder()
    receiver = try DatagramReceiver(folder.file("journal"))
    console = try File(folder.file("console"), flags: O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
  }

  func output(_ style: LogFormat.Style = .text, path: String? = nil) -> LogOutput {
    LogOutput(
      label: "wan1", mainLog: folder.file("main.log"),
      format: LogFormat(style: style, hasPriority: true),
      clock: LogOutput.Clock(
        wall: { UnixTime(microseconds: 0) }, monotonic: { MonotonicTime(nanoseconds: 0) }),
      console: console.rawValue, journal: Journal(path: path ?? folder.file("journal")))
  }

  func log(
    _ message: Logger.Message, _ metadata: Logger.Metadata = [:], error: (any Error)? = nil,
    to output: LogOutput
  ) {
    ServiceLogHandler(output).log(
      event: LogEvent(
        level: .warning, message: message, error: error, metadata: metadata, source: nil,
        file: #fileID, function: #function, line: #line))
  }

  struct Trouble: Error, CustomStringConvertible {
    var description: String { "no route" }
  }

  @Test func entriesHaveTheFieldsOfTheJSONLine() throws {
    log("push", ["queue": "WAN-Download", "n": "2"], error: Trouble(), to: output())
    #expect(
      try receiver.receiveText() == """
        MESSAGE=push: no route n=2 queue=WAN-Download
        PRIORITY=4
        SYSLOG_IDENTIFIER=wanctl-wan1
        WAN=wan1
        LEVEL=WARNING
        LOGGER=cake_continuous_wan1
        EXCEPTION=no route
        N=2
        QUEUE=WAN-Download

        """)
    #expect(try folder.text(of: "console").isEmpty)
    #expect(try folder.text(of: "main.log").hasSuffix("push: no route n=2 queue=WAN-Download\n"))
  }

  @Test func aMessageCanBeTheJSONLine() throws {
    log("pushed", to: output(.json))
    let message = try #require(try receiver.receiveText().split(separator: "\n").first)
    #expect(message.hasPrefix("MESSAGE={\"timestamp\":\"1970-01-01T00:00:00.000Z\","))
  }

  @Test func valuesOfSeveralLinesHaveALength() throws {
    log("two\nlines\u{1B}[31m", ["reply": "a\nPRIORITY=0"], to: output())
    let entry = try receiver.receive()
    let text = String(decoding: entry, as: UTF8.self)
    #expect(text.hasPrefix("MESSAGE=two\\nlines\\x1b[31m reply=a\\nPRIORITY=0\nPRIORITY=4\n"))
    let reply = Array("\nREPLY\n".utf8) + [12, 0, 0, 0, 0, 0, 0, 0] + Array("a\nPRIORITY=0\n".utf8)
    #expect(entry.suffix(reply.count).elementsEqual(reply))
  }

  @Test(arguments: [
    ("queue", "QUEUE"), ("rate-bps", "RATE_BPS"), ("größe", "GR____E"),
    ("message", "EXTRA_MESSAGE"),
    ("Priority", "EXTRA_PRIORITY"), ("_pid", "EXTRA__PID"), ("1st", "EXTRA_1ST"),
    ("syslog_facility", "EXTRA_SYSLOG_FACILITY"), ("unit", "EXTRA_UNIT"), ("=", nil), ("", nil),
    (String(repeating: "x", count: 70), String(repeating: "X", count: 64)),
  ])
  func namesAreThoseThatTheJournalTakes(key: String, name: String?) {
    #expect(JournalEntry.fieldName(key) == name)
  }

  @Test func withoutAJournalThereAreLines() throws {
    let output = output(path: folder.file("nobody"))
    log("one", to: output)
    #expect(try folder.text(of: "console") == "<4>[wan1] one\n")
    #expect(Journal(path: "journal") == nil)
    #expect(Journal(path: "/" + String(repeating: "x", count: 200)) == nil)
  }

  @Test func whatIsTooMuchForADatagramBecomesALine() throws {
    let long = String(repeating: "x", count: 4 << 20)
    log("\(long)", to: output())
    #expect(throws: (any Error).self) { try receiver.receive() }
    #expect(try folder.text(of: "console").utf8.count == long.utf8.count + 11)
  }

  /// A journal that hangs costs a second per line, and no line.
  @Test func aJournalThatHangsLosesNothing() throws {
    let output = output()
    var taken = 0
    for number in 0..<2000 {
      log("line \(number)", to: output)
      if try !folder.text(of: "console").isEmpty { break }
      taken = number + 1
    }
    #expect(try folder.text(of: "console") == "<4>[wan1] line \(taken)\n")
    for number in 0..<taken {
      #expect(try receiver.receiveText().hasPrefix("MESSAGE=line \(number)\n"))
    }
  }

  @Test func isChosenWhereTheStandardErrorLeadsToIt() throws {
    var status = stat()
    try #require(fstat(console.rawValue, &status) == 0)
    func chosen(_ variables: [String: String]) -> Journal? {
      Journal.chosen(
        by: { variables[$0] }, console: console.rawValue, path: folder.file("journal"))
    }
    #expect(chosen(["JOURNAL_STREAM": "\(status.st_dev):\(status.st_ino)"]) != nil)
    #expect(chosen(["JOURNAL_STREAM": "1:1"]) == nil)
    #expect(chosen([:]) == nil)
  }
}

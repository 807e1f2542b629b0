import Foundation
import Logging
import Model
import Synchronization
import TestSupport
import Testing

@testable import Service

@Suite struct LogFormatTests {
  let entry = LogEntry(
    time: UnixTime(microseconds: 1_780_000_000_059_000), level: .warning, label: "wan1",
    loggerName: "cake_continuous_wan1",
    message: "Router weg: \"Zeitüberschreitung\"\nzweite\tZeile \u{1B}[31m")

  @Test func textIsTheOriginals() {
    let stamp = LocalTime(entry.time).logStamp
    #expect(
      LogFormat().line(entry)
        == "\(stamp) [wan1] [WARNING] Router weg: \"Zeitüberschreitung\"\\nzweite\\tZeile \\x1b[31m\n"
    )
  }

  @Test func theJournalKeepsTimeAndLevel() {
    var entry = entry
    entry.message = "pushed"
    entry.metadata = ["queue": "WAN-Download", "n": "2"]
    entry.error = "no route"
    #expect(
      LogFormat(hasPriority: true).line(entry)
        == "<4>[wan1] pushed: no route n=2 queue=WAN-Download\n")
  }

  @Test func jsonHasTheOriginalsKeys() {
    var entry = entry
    entry.metadata = [
      "b": "x", "a": .array(["1", .dictionary(["k": .stringConvertible(2)])]), "level": "own",
    ]
    entry.error = "boom"
    #expect(
      LogFormat(style: .json).line(entry)
        == #"{"timestamp":"2026-05-28T20:26:40.059Z","level":"WARNING","logger":"cake_continuous_wan1","#
        + #""message":"Router weg: \"Zeit\u00fcberschreitung\"\nzweite\tZeile \u001b[31m","#
        + #""a":["1",{"k":"2"}],"b":"x","extra_level":"own","exception":"boom"}"# + "\n")
  }

  @Test func levelsHaveNamesAndPriorities() {
    #expect(
      Logger.Level.allCases.map(\.name) == [
        "DEBUG", "DEBUG", "INFO", "INFO", "WARNING", "ERROR", "CRITICAL",
      ])
    #expect(Logger.Level.allCases.map(\.priority) == [7, 7, 6, 5, 4, 3, 2])
  }

  @Test func theEnvironmentChooses() throws {
    func format(_ variables: [String: String]) -> LogFormat {
      LogFormat.chosen(by: { variables[$0] })
    }
    var status = stat()
    try #require(fstat(2, &status) == 0)
    let stream = "\(status.st_dev):\(status.st_ino)"
    #expect(format([:]) == LogFormat())
    #expect(format(["WANCTL_LOG_FORMAT": "JSON"]) == LogFormat(style: .json))
    #expect(format(["WANCTL_LOG_FORMAT": "xml"]) == LogFormat())
    #expect(format(["JOURNAL_STREAM": stream]) == LogFormat(hasPriority: true))
    #expect(format(["JOURNAL_STREAM": "1:1"]) == LogFormat())
    #expect(EnvironmentVariable.value("PATH") == ProcessInfo.processInfo.environment["PATH"])
    #expect(EnvironmentVariable.value("WANCTL_NO_SUCH_VARIABLE") == nil)
  }
}

@Suite struct LogOutputTests {
  let folder: TemporaryFolder
  let console: File
  let now = Now()

  init() throws {
    folder = try TemporaryFolder()
    console = try File(folder.file("console"), flags: O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
  }

  final class Now: Sendable {
    let seconds = Atomic(0)
  }

  func output(isDebug: Bool = false, mainLog: String? = nil, debugLog: String? = nil) -> LogOutput {
    LogOutput(
      label: "wan1", isDebug: isDebug, mainLog: mainLog, debugLog: debugLog,
      format: LogFormat(hasPriority: true),
      clock: LogOutput.Clock(
        wall: { UnixTime(microseconds: 0) },
        monotonic: { [now] in
          MonotonicTime(nanoseconds: Int64(now.seconds.load(ordering: .relaxed)) * 1_000_000_000)
        }), console: console.rawValue)
  }

  func logger(_ output: LogOutput) -> Logger {
    Logger(label: output.label) { _ in ServiceLogHandler(output) }
  }

  @Test func levelsGoWhereTheyBelong() throws {
    let output = output(
      isDebug: true, mainLog: folder.file("main.log"), debugLog: folder.file("debug.log"))
    let logger = logger(output)
    logger.debug("cycle")
    logger.info("pushed")
    let stamp = LocalTime(UnixTime(microseconds: 0)).logStamp
    #expect(try folder.text(of: "console") == "<7>[wan1] cycle\n<6>[wan1] pushed\n")
    #expect(try folder.text(of: "main.log") == "\(stamp) [wan1] [INFO] pushed\n")
    #expect(
      try folder.text(of: "debug.log")
        == "\(stamp) [wan1] [DEBUG] cycle\n\(stamp) [wan1] [INFO] pushed\n")
  }

  @Test func withoutDebugThereIsNoDebugLog() throws {
    let logger = logger(output(debugLog: folder.file("debug.log")))
    logger.debug("cycle")
    logger.notice("pushed")
    #expect(try folder.text(of: "console") == "<5>[wan1] pushed\n")
    #expect(try folder.names() == ["console"])
  }

  @Test func metadataIsMerged() throws {
    var handler = ServiceLogHandler(output())
    handler.metadata = ["a": "1", "b": "1"]
    handler.metadataProvider = Logger.MetadataProvider { ["b": "2", "c": "2"] }
    handler[metadataKey: "d"] = "4"
    #expect(handler[metadataKey: "d"] == "4")
    let logger = Logger(label: "wan1") { _ in handler }
    logger.info("x", metadata: ["c": "3"])
    #expect(try folder.text(of: "console") == "<6>[wan1] x a=1 b=2 c=3 d=4\n")
  }

  @Test func errorsAreSpelledOut() throws {
    struct Trouble: Error, CustomStringConvertible {
      var description: String { "no route" }
    }
    let event = LogEvent(
      level: .error, message: "push", error: Trouble(), metadata: nil, source: nil, file: #fileID,
      function: #function, line: #line)
    ServiceLogHandler(output()).log(event: event)
    #expect(try folder.text(of: "console") == "<3>[wan1] push: no route\n")
  }

  @Test func repeatsAreCounted() throws {
    let output = output(isDebug: true)
    let logger = logger(output)
    for second in 0..<60 {
      now.seconds.store(second, ordering: .relaxed)
      logger.warning("router away")
      logger.debug("cycle")
    }
    now.seconds.store(60, ordering: .relaxed)
    for _ in 0..<4 { logger.warning("router away") }
    output.flush()
    let lines = try folder.text(of: "console").split(separator: "\n")
    #expect(lines.filter { $0.hasSuffix("cycle") }.count == 60)
    #expect(
      lines.filter { $0.contains("router away") } == [
        "<4>[wan1] router away", "<4>[wan1] router away", "<4>[wan1] router away",
        "<4>[wan1] router away (57 more times)", "<4>[wan1] router away", "<4>[wan1] router away",
        "<6>[wan1] router away (1 more times)",
      ])
  }

  @Test func filesAreOpenedAnewAfterRotation() throws {
    let output = output(mainLog: folder.file("main.log"))
    let logger = logger(output)
    logger.info("one")
    try FileManager.default.moveItem(
      atPath: folder.file("main.log"), toPath: folder.file("main.log.1"))
    logger.info("two")
    output.reopen()
    logger.info("three")
    #expect(try folder.text(of: "main.log.1").contains("two"))
    #expect(try folder.text(of: "main.log").hasSuffix("three\n"))
  }

  @Test func missingFoldersAreMade() throws {
    let logger = logger(output(mainLog: folder.file("a/b/main.log")))
    logger.info("one")
    #expect(try folder.text(of: "a/b/main.log").hasSuffix("one\n"))
  }

  @Test func aFileThatCannotBeOpenedIsOneLine() throws {
    let path = folder.file("taken/main.log")
    try folder.write("", to: "taken")
    let output = output(mainLog: path)
    let logger = logger(output)
    logger.info("one")
    logger.info("two")
    let lines = try folder.text(of: "console").split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.first?.contains("log file: open \(path)") == true)
    try FileManager.default.removeItem(atPath: folder.file("taken"))
    output.reopen()
    logger.info("three")
    #expect(try folder.text(of: "taken/main.log").hasSuffix("three\n"))
  }

  @Test func aFullDiskIsToldOnce() throws {
    let logger = logger(output(mainLog: "/dev/full"))
    for number in 0..<3 { logger.info("line \(number)") }
    let lines = try folder.text(of: "console").split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines.filter { $0.contains("log file: write /dev/full") }.count == 1)
  }

  @Test func aClosedConsoleIsNoTrouble() {
    let output = LogOutput(
      label: "wan1", format: LogFormat(),
      clock: LogOutput.Clock(
        wall: { UnixTime(microseconds: 0) }, monotonic: { MonotonicTime(nanoseconds: 0) }),
      console: -1)
    logger(output).info("into the void")
  }
}

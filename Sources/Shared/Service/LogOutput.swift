import Glibc
public import Logging
public import Model
import Platform
import Synchronization

/// Where the log of one WAN goes: the standard error or the journal behind it, and the files that
/// its configuration names.
///
/// Writing to a pipe or a disk may block: nothing on the control thread logs.
public final class LogOutput: Sendable {
  /// Both clocks: what time a line shows, and what repeats are measured by.
  public struct Clock: Sendable {
    public var wall: @Sendable () -> UnixTime
    public var monotonic: @Sendable () -> MonotonicTime

    public init(
      wall: @escaping @Sendable () -> UnixTime,
      monotonic: @escaping @Sendable () -> MonotonicTime
    ) {
      self.wall = wall
      self.monotonic = monotonic
    }

    /// The clocks of the host.
    public static let system = Clock(
      wall: { Platform.Clock.wall() }, monotonic: { Platform.Clock.monotonic() })
  }

  private struct State {
    var limiter = RepeatLimiter()
    var main: LogFile?
    var debug: LogFile?
  }

  /// What every line of text names: the WAN.
  public let label: String
  /// What a line of JSON calls the logger.
  private let loggerName: String
  /// What is less severe goes nowhere.
  public let level: Logger.Level
  private let consoleFormat: LogFormat
  private let fileFormat: LogFormat
  private let console: Int32
  private let journal: Journal?
  private let clock: Clock
  private let state: Mutex<State>

  /// - Parameters:
  ///   - label: the WAN's name.
  ///   - isDebug: whether DEBUG is logged, on the standard error and in `debugLog`.
  ///   - mainLog: a file for INFO and worse; nil = none.
  ///   - debugLog: a file for everything, with `isDebug` alone; nil = none.
  ///   - loggerPrefix: what the logger's name begins with in JSON; the label in lower case follows.
  ///   - console: the descriptor of the standard error.
  ///   - journal: takes what would go to the standard error; nil = none, lines are written.
  public init(
    label: String, isDebug: Bool = false, mainLog: String? = nil, debugLog: String? = nil,
    loggerPrefix: String = "cake_continuous_", format: LogFormat = .chosen(),
    clock: Clock = .system, console: Int32 = 2, journal: Journal? = .chosen()
  ) {
    self.label = label
    self.loggerName = loggerPrefix + label.lowercased()
    self.level = isDebug ? .debug : .info
    self.consoleFormat = format
    self.fileFormat = LogFormat(style: format.style)
    self.console = console
    self.journal = journal
    self.clock = clock
    self.state = Mutex(
      State(
        main: mainLog.map { LogFile(path: $0) },
        debug: isDebug ? debugLog.map { LogFile(path: $0) } : nil))
    reopen()
  }

  /// Opens the files by name again, as after logrotate(8). One that cannot be opened is a line on
  /// the standard error and is left out until the next time.
  public func reopen() {
    state.withLock { state in
      if let error = state.main?.open() { complain(error) }
      if let error = state.debug?.open() { complain(error) }
    }
  }

  /// Prints the counts of repeated messages that are still to be told. For the end.
  public func flush() {
    state.withLock { state in
      for (text, repeats) in state.limiter.drain() {
        let entry = LogEntry(
          time: clock.wall(), level: .info, label: label, loggerName: loggerName,
          message: "\(text) (\(repeats) more times)")
        write(entry, &state)
      }
    }
  }

  func log(_ event: LogEvent, metadata: Logger.Metadata) {
    var entry = LogEntry(
      time: clock.wall(), level: event.level, label: label, loggerName: loggerName,
      message: event.message.description,
      error: event.error.map { "\($0)" }, metadata: metadata)
    state.withLock { state in
      if event.level >= .info {
        switch state.limiter.admit(entry.message, at: clock.monotonic()) {
        case .suppress: return
        case .print(let repeats):
          if repeats > 0 { entry.message += " (\(repeats) more times)" }
        }
      }
      write(entry, &state)
    }
  }

  private func write(_ entry: LogEntry, _ state: inout State) {
    writeToConsole(entry)
    let line = Array(fileFormat.line(entry).utf8)
    if entry.level >= .info, let error = state.main?.append(line) { complain(error) }
    if let error = state.debug?.append(line) { complain(error) }
  }

  private func complain(_ error: SystemError) {
    writeToConsole(
      LogEntry(
        time: clock.wall(), level: .warning, label: label, loggerName: loggerName,
        message: "log file: \(error)"))
  }

  private func writeToConsole(_ entry: LogEntry) {
    if let journal {
      let message = consoleFormat.journalMessage(entry)
      if journal.send(JournalEntry(entry, message: message)) { return }
    }
    var line = consoleFormat.line(entry)
    // There is nobody left to tell when this fails.
    line.withUTF8 { _ = try? writeAll($0, to: console) }
  }
}

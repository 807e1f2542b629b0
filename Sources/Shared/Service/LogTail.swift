public import Logging
public import Model
public import Platform
import Synchronization

/// The newest lines of the log, and how many there were of each level: what health and dashboard
/// tell of it.
public final class LogTail: Sendable {
  /// Of one WAN.
  public struct Counts: Sendable, Equatable {
    public var warnings = 0
    public var errors = 0
  }

  private struct State {
    var counts: [String: Counts] = [:]
    var lastError: LogLine?
  }

  /// At INFO or worse.
  public let lines: RecentElements<LogLine>
  private let state = Mutex(State())

  public init(capacity: Int = 256) {
    lines = RecentElements(capacity: capacity)
  }

  public func counts(wan: String) -> Counts { state.withLock { $0.counts[wan] ?? Counts() } }

  /// The newest line at WARNING or worse.
  public var lastError: LogLine? { state.withLock { $0.lastError } }

  func append(_ line: LogLine) {
    lines.append(line)
    guard line.level != .info else { return }
    state.withLock { state in
      state.lastError = line
      switch line.level {
      case .error: state.counts[line.wan, default: Counts()].errors += 1
      case .warning, .info: state.counts[line.wan, default: Counts()].warnings += 1
      }
    }
  }
}

/// Copies what is logged of a WAN to a `LogTail`.
public struct LogTailHandler: LogHandler {
  public var logLevel = Logger.Level.info
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  private let tail: LogTail
  private let wan: String

  public init(_ tail: LogTail, wan: String) {
    self.tail = tail
    self.wan = wan
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let level: LogLine.Level =
      switch event.level {
      case .critical, .error: .error
      case .warning: .warning
      default: .info
      }
    tail.append(
      LogLine(
        time: Clock.wall(), wan: wan, level: level, message: event.message.description))
  }
}

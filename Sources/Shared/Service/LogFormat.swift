import Glibc
import Logging
import Model

/// One message with everything that a line of the log may show.
struct LogEntry {
  var time: UnixTime
  var level: Logger.Level
  /// The WAN.
  var label: String
  /// The original's name of the WAN's logger.
  var loggerName: String
  var message: String
  var error: String?
  var metadata: Logger.Metadata = [:]
}

/// How a message becomes one line.
public struct LogFormat: Sendable, Equatable {
  /// The shape of the line itself.
  public enum Style: Sendable {
    /// `2026-11-20 23:31:14,983 [wan1] [INFO] message`, in local time.
    case text
    /// One JSON object, everything outside ASCII escaped, with the time in UTC.
    case json
  }

  public var style: Style
  /// Whether the line begins with `<N>`, the priority that journald takes off again. A text then
  /// leaves out the time and the level, which the journal keeps itself.
  public var hasPriority: Bool

  public init(style: Style = .text, hasPriority: Bool = false) {
    self.style = style
    self.hasPriority = hasPriority
  }

  /// The format that the environment asks for: `WANCTL_LOG_FORMAT=json`, in any case, and
  /// `JOURNAL_STREAM`, which names `console` as `DEVICE:INODE` when it leads to the journal.
  public static func chosen(
    by environment: (String) -> String? = EnvironmentVariable.value, console: Int32 = 2
  ) -> LogFormat {
    LogFormat(
      style: environment("WANCTL_LOG_FORMAT")?.lowercased() == "json" ? .json : .text,
      hasPriority: Journal.isBehind(console, environment))
  }

  /// The line with its newline. A message never becomes two lines, whatever it quotes.
  func line(_ entry: LogEntry) -> String {
    let priority = hasPriority ? "<\(entry.level.priority)>" : ""
    return priority + (style == .json ? json(entry) : text(entry)) + "\n"
  }

  /// The message of the entry in the journal: the line, without what its other fields tell.
  func journalMessage(_ entry: LogEntry) -> String {
    style == .json ? json(entry) : onOneLine(message(entry))
  }

  private func text(_ entry: LogEntry) -> String {
    let beginning =
      hasPriority
      ? "[\(entry.label)] "
      : "\(LocalTime(entry.time).logStamp) [\(entry.label)] [\(entry.level.name)] "
    return onOneLine(beginning + message(entry))
  }

  private func message(_ entry: LogEntry) -> String {
    var text = entry.message
    if let error = entry.error { text += ": \(error)" }
    for (key, value) in entry.metadata.sorted(by: { $0.key < $1.key }) {
      text += " \(key)=\(value)"
    }
    return text
  }

  private func json(_ entry: LogEntry) -> String {
    var json = JSONWriter(escaping: .ascii)
    json.beginObject()
    json.field("timestamp", LocalTime(utc: entry.time).iso8601Milliseconds + "Z")
    json.field("level", entry.level.name)
    json.field("logger", entry.loggerName)
    json.field("message", entry.message)
    for (key, value) in entry.metadata.sorted(by: { $0.key < $1.key }) {
      json.key(Self.ownKeys.contains(key) ? "extra_\(key)" : key)
      write(value, to: &json)
    }
    if let error = entry.error { json.field("exception", error) }
    json.endObject()
    return json.text
  }

  private static let ownKeys: Set<String> = [
    "timestamp", "level", "logger", "message", "exception",
  ]

  private func write(_ value: Logger.MetadataValue, to json: inout JSONWriter) {
    switch value {
    case .array(let elements):
      json.beginArray()
      for element in elements { write(element, to: &json) }
      json.endArray()
    case .dictionary(let members):
      json.beginObject()
      for (key, member) in members.sorted(by: { $0.key < $1.key }) {
        json.key(key)
        write(member, to: &json)
      }
      json.endObject()
    default: json.string("\(value)")
    }
  }
}

extension Logger.Level {
  /// The original's names.
  var name: String {
    switch self {
    case .trace, .debug: "DEBUG"
    case .info, .notice: "INFO"
    case .warning: "WARNING"
    case .error: "ERROR"
    case .critical: "CRITICAL"
    }
  }

  /// The priority of syslog(3).
  var priority: Int {
    switch self {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}

/// `text` with its control characters spelled out: a message that quotes a router or a file can
/// neither forge a second line nor send escape sequences to a terminal.
private func onOneLine(_ text: String) -> String {
  guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 }) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
      let digits = String(scalar.value, radix: 16)
      result += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// One finding about a configuration file: what stands where, and what is allowed there.
///
/// Passwords and tokens never get into it.
public struct ConfigDiagnostic: Error, Sendable, Equatable {
  public enum Severity: String, Sendable {
    /// The configuration cannot be used.
    case error
    /// It can be used, but probably does not do what its author wanted.
    case warning
  }

  /// The kind of problem, for programs that read the findings.
  public enum Reason: String, Sendable, CaseIterable {
    case unreadable
    case syntax
    case extends
    case missing
    case type
    case range
    case choice
    case order
    case name
    case unknownKey = "unknown_key"
    case repeatedKey = "repeated_key"
    case legacyKey = "legacy_key"
    case unusedKey = "unused_key"
    case empty
    case unsetVariable = "unset_variable"
    case placeholder
    case exposure
    case path
    case advice
  }

  public var severity: Severity
  public var reason: Reason
  public var location: ConfigLocation
  /// The full path of the key, `continuous_monitoring.download.floor_red_mbps`.
  public var key: String?
  /// The value as the file has it; nil when there is none, or when it is a secret.
  public var value: String?
  /// What is wrong, naming the key and the value.
  public var message: String
  /// What is allowed, or what to do.
  public var remedy: String?
  /// A warning with which `check`, `replay` and `simulate` do their work, but `run` does not start.
  public var preventsRun: Bool

  public init(
    _ severity: Severity, _ reason: Reason, at location: ConfigLocation, key: String? = nil,
    value: String? = nil, _ message: String, remedy: String? = nil, preventsRun: Bool = false
  ) {
    self.severity = severity
    self.reason = reason
    self.location = location
    self.key = key
    self.value = value
    self.message = message
    self.remedy = remedy
    self.preventsRun = preventsRun
  }
}

extension ConfigDiagnostic: CustomStringConvertible {
  /// One line: `wan1.yaml:14:18: download.floor_red_mbps 600 is above floor_green_mbps 550`.
  /// As with compilers a warning says so and an error does not.
  public var description: String {
    let mark = severity == .warning ? "warning: " : ""
    return "\(location): \(mark)\(text)"
  }

  /// The message and the remedy, without the place.
  public var text: String { remedy.map { "\(message); \($0)" } ?? message }
}

/// The path of a key as messages have it: without the section that most keys stand in.
func shortName(_ path: String) -> String {
  let section = "continuous_monitoring."
  return path.hasPrefix(section) ? String(path.dropFirst(section.count)) : path
}

/// The last part of a key's path.
func lastName(_ path: String) -> String {
  path.lastIndex(of: ".").map { String(path[path.index(after: $0)...]) } ?? path
}

/// A text of the file in quotes, short enough for a line and without control characters.
///
/// - Parameter limit: after so many characters it is cut.
func quoted(_ text: String, limit: Int = 60) -> String {
  var shown = "\""
  for (index, scalar) in text.unicodeScalars.enumerated() {
    if index == limit {
      shown += "…"
      break
    }
    switch scalar {
    case "\n": shown += "\\n"
    case "\t": shown += "\\t"
    case "\"": shown += "\\\""
    case "\\": shown += "\\\\"
    case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
      shown += "\\u{\(String(scalar.value, radix: 16))}"
    default: shown.unicodeScalars.append(scalar)
    }
  }
  return shown + "\""
}

import History

/// The options of a query, checked before they are parsed: mistakes are told in the words that
/// scripts around the original know.
enum QueryArguments {
  static let usage = """
    usage: wanctl-history [-h] [--last DURATION] [--from TIMESTAMP] [--to TIMESTAMP]
                          [--metrics NAMES] [--wan NAME] [--json] [--summary] [-v]
                          [--format FORMAT] [--follow] [--db PATH] [--config FILE]
    """

  private static let valued = [
    "--last", "--from", "--to", "--metrics", "--wan", "--format", "--db", "--config",
  ]
  private static let flags = [
    "--json", "--summary", "--verbose", "--follow", "--help", "--version",
  ]
  private static let ofTheParser = [
    "--generate-completion-script", "--experimental-dump-help", "---completion",
  ]

  static let longOptions = valued + flags

  static func duration(_ text: String) -> (seconds: Int64?, mistake: String?) {
    if let seconds = DurationText.seconds(text) { return (seconds, nil) }
    return (nil, "Invalid duration: '\(text)'. Use format like '1h', '30m', '7d'")
  }

  static func time(_ text: String) -> (seconds: Int64?, mistake: String?) {
    if let time = TimestampText.time(text, zone: .host) { return (time, nil) }
    return (
      nil, "Invalid timestamp: '\(text)'. Use ISO 8601 or 'YYYY-MM-DD HH:MM' format"
    )
  }

  /// The names of a list with commas. Empty ones are kept: they are in no row.
  static func names(_ list: String) -> [String] {
    list.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  /// What is wrong with the arguments of a query; nil when nothing is, and when they are not ours to
  /// judge: a subcommand, help, completion.
  static func mistake(in arguments: [String]) -> String? {
    if let first = arguments.first, !first.hasPrefix("-") { return nil }
    if arguments.contains(where: { option in ofTheParser.contains { option.hasPrefix($0) } }) {
      return nil
    }
    var unknown: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      if valued.contains(name) {
        guard let value = parts.count > 1 ? String(parts[1]) : value(from: &rest) else {
          return "argument \(name): expected one argument"
        }
        if let mistake = mistake(in: value, of: name) { return "argument \(name): \(mistake)" }
      } else if parts.count > 1 || !(flags + ["-h", "-v", "-f"]).contains(argument) {
        unknown.append(argument)
      } else if argument == "-h" || argument == "--help" || argument == "--version" {
        return nil
      }
    }
    return unknown.isEmpty ? nil : "unrecognized arguments: \(unknown.joined(separator: " "))"
  }

  private static func value(from rest: inout ArraySlice<String>) -> String? {
    guard let next = rest.first, next == "-" || !next.hasPrefix("-") else { return nil }
    return rest.removeFirst()
  }

  private static func mistake(in value: String, of option: String) -> String? {
    switch option {
    case "--last": return duration(value).mistake
    case "--from", "--to": return time(value).mistake
    case "--format":
      let choices = QueryFormat.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      return QueryFormat(rawValue: value) == nil
        ? "invalid choice: '\(value)' (choose from \(choices))" : nil
    default: return nil
    }
  }
}

/// A pass over the command line before it is parsed, for what the original's users type.
///
/// The original took unambiguous prefixes of long options (`--last` as `--la`) and several files
/// after one `--config`. The parser that we use knows neither.
public struct ArgumentPass: Sendable {
  private let options: [String]
  private let repeating: Set<String>

  /// - Parameters:
  ///   - options: all long options, with their dashes.
  ///   - repeating: those of them that take several values in a row.
  public init(options: [String], repeating: Set<String> = []) {
    self.options = options
    self.repeating = repeating
  }

  /// The arguments with full option names and with one value per repeated option.
  public func rewrite(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var open: String?
    for (index, argument) in arguments.enumerated() {
      if argument == "--" {
        return result + arguments[index...]
      }
      if argument.hasPrefix("--") {
        let full = complete(argument)
        result.append(full)
        open = repeating.contains(full) ? full : nil
      } else if argument.hasPrefix("-"), argument != "-" {
        result.append(argument)
        open = nil
      } else {
        if let open, result.last != open { result.append(open) }
        result.append(argument)
      }
    }
    return result
  }

  /// The only option that `argument` begins, with its `=value`; `argument` itself otherwise.
  private func complete(_ argument: String) -> String {
    let end = argument.firstIndex(of: "=") ?? argument.endIndex
    let name = argument[..<end]
    guard name.count > 2, !options.contains(String(name)) else { return argument }
    let matches = options.filter { $0.hasPrefix(name) }
    guard matches.count == 1 else { return argument }
    return matches[0] + argument[end...]
  }
}

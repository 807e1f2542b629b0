import Model

/// The console's texts for what it refuses. They come where the answer would, and the exit status
/// is 0 all the same.
enum ConsoleError {
  private static let rejections = [
    "expected ", "syntax error", "bad command name", "bad parameter", "failure:",
    "input does not match", "invalid value", "value of ", "missing value", "script error",
    "ambiguous ", "unknown parameter", "no such command", "std failure",
  ]

  /// Which failure a line is the text of; nil when it is none that is known.
  static func failureClass(_ line: some StringProtocol) -> RouterFailure.Class? {
    let text = line.lowercased()
    if text.contains("not enough permissions") || text.contains("not allowed") {
      return .permission
    }
    if text.hasPrefix("no such item") { return .missing }
    if text.hasPrefix("interrupted") || text.hasPrefix("action timed out") { return .busy }
    return rejections.contains { text.hasPrefix($0) } ? .rejected : nil
  }
}

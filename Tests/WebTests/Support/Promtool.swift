import TestSupport

/// Prometheus's own opinion of what we serve.
enum Promtool {
  struct Failure: Error { var message: String }

  /// What `promtool check metrics` has to say, one line per finding.
  static func check(_ metrics: String) throws -> [String] {
    let folder = try TemporaryFolder()
    try folder.write(metrics, to: "metrics")
    let (status, output) = try Program.result(
      ["promtool", "check", "metrics"], input: folder.file("metrics"))
    // 3: there are findings; 1: it could not be read.
    guard status == 0 || status == 3 else { throw Failure(message: output) }
    return output.split(separator: "\n").map(String.init)
  }
}

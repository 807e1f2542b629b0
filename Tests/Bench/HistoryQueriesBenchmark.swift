import Foundation
import History
import Model
import Platform
import TestSupport

extension Benchmark {
  /// What an operator waits for, and with how much memory: whole processes of `wanctl-history`, which
  /// is looked for beside this program.
  static let historyQueries = Benchmark(
    name: "history-queries",
    goal: "12 series at 20 Hz: an hour's table in 3 s and 40 MB, its summary in 1 s and 40 MB"
  ) {
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let tool = own.deletingLastPathComponent().appending(path: "wanctl-history").path
    guard access(tool, X_OK) == 0 else { return [Row("not measured", "there is no \(tool)")] }
    let folder = try TemporaryFolder()
    let ladder = folder.file("ladder.db")
    let now = Clock.wall().wholeSeconds
    let rows = try SyntheticHistory(.ladder, now: now).write(to: ladder)
    func row(_ name: String, goal: String, repeats: Int = 5, _ words: [String]) throws -> Row {
      let runs = try (0..<repeats).map { _ in try MeasuredProcess([tool] + words) }
      let wall = runs.map(\.wall).sorted()
      let memory = runs.map(\.peakMegabytes).max() ?? 0
      let time =
        wall[wall.count / 2] < 0.1
        ? "\(fixed(wall[wall.count / 2] * 1000, digits: 1)) ms"
        : "\(fixed(wall[wall.count / 2], digits: 2)) s"
      return Row(
        name,
        time.leftPadded(to: 9) + "\(fixed(memory, digits: 1)) MB".leftPadded(to: 10)
          + "   (\(goal))")
    }
    func query(_ words: String...) -> [String] { words + ["--db", ladder] }
    return [
      Row("the database", "\(rows) rows"),
      try row("--last 1h", goal: "3 s, 40 MB", repeats: 3, query("--last", "1h")),
      try row("--last 1h --format json", goal: "", repeats: 3, query("--last", "1h", "--json")),
      try row(
        "--last 1h --format openmetrics", goal: "", repeats: 3,
        query("--last", "1h", "--format", "openmetrics")),
      try row("--last 1h --summary", goal: "1 s, 40 MB", query("--last", "1h", "--summary")),
      try row("--last 24h --summary", goal: "1 s", query("--last", "24h", "--summary")),
      try row("--last 7d --summary", goal: "1 s", query("--last", "7d", "--summary")),
      try row(
        "--last 24h --summary, one metric", goal: "100 ms",
        query("--last", "24h", "--summary", "--metrics", "wanctl_rtt_ms")),
      try row(
        "--last 7d --summary, one metric", goal: "100 ms",
        query("--last", "7d", "--summary", "--metrics", "wanctl_rtt_ms")),
      try row(
        "a day that ended yesterday --summary", goal: "30 ms",
        query("--from", iso(now - 50 * 3600), "--to", iso(now - 26 * 3600), "--summary")),
      try row("--help", goal: "15 ms", repeats: 21, ["--help"]),
    ]
  }

  private static func iso(_ time: Int64) -> String {
    Date(timeIntervalSince1970: Double(time)).ISO8601Format()
  }
}

/// A process that ran to its end, and what it took.
private struct MeasuredProcess {
  /// Seconds.
  var wall: Double
  var peakMegabytes: Double

  struct Failure: Error {
    var words: [String]
    var status: Int32
  }

  init(_ words: [String]) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    let arguments = words.map { strdup($0) }
    defer { arguments.forEach { free($0) } }
    let begin = Clock.monotonic()
    var child: pid_t = 0
    let code = posix_spawn(&child, words[0], &actions, nil, arguments + [nil], environ)
    guard code == 0 else { throw Failure(words: words, status: code) }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(child, &status, 0, &usage) < 0, errno == EINTR {}
    guard status == 0 else { throw Failure(words: words, status: status) }
    wall = (Clock.monotonic() - begin).seconds
    // Kilobytes, on Linux.
    peakMegabytes = Double(usage.ru_maxrss) * 1024 / 1e6
  }
}

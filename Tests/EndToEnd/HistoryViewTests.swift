import Foundation
import History
import Model
import TestSupport
import Testing

/// `wanctl-history plot` and `report`.
@Suite struct HistoryViewTests {
  private let folder: TemporaryFolder

  /// An hour of seconds that ends now.
  init() throws {
    folder = try TemporaryFolder()
    let database = try SQLiteConnection(path: folder.file("metrics.db"), access: .create)
    try MetricsSchema.create(on: database)
    let insertion = try MetricInsertion(on: database)
    let now = Int64(Date().timeIntervalSince1970)
    try database.transaction { () throws(SQLiteError) in
      for time in now - 3600...now {
        for (metric, value) in [
          (.rtt, time % 600 < 60 ? 70 : 24), (.baseline, 24), (.downloadRate, 90),
          (.uploadRate, 9),
        ] as [(MetricName, Double)] {
          try insertion.insert(
            MetricRow(timestamp: time, wan: "wan1", metric: metric, value: value))
        }
      }
    }
  }

  private func history(
    _ arguments: String..., environment: [String: String] = [:]
  ) throws -> (status: Int32?, output: String, remarks: String) {
    let child = try ChildProcess(
      [Binaries.tool("wanctl-history")] + arguments + ["--db", folder.file("metrics.db")],
      folder: URL(filePath: folder.path), environment: environment)
    let status = child.waitUntilExit(within: 60)
    return (status, child.output, child.remarks)
  }

  @Test func plotDraws() throws {
    let plain = try history("plot", "--last", "1h", "--width", "80", "--height", "23")
    #expect(plain.status == 0, "\(plain.remarks)")
    let lines = plain.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 24)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(plain.output.contains("RTT") && plain.output.contains("Upload"))
    #expect(!plain.output.contains("\u{1B}"))
    // Without a terminal the environment tells the size.
    let narrow = try history("plot", environment: ["COLUMNS": "50", "LINES": "20"])
    #expect(
      narrow.output.split(separator: "\n", omittingEmptySubsequences: false).map(\.count).max()
        ?? 0 <= 50)
    let one = try history("plot", "wanctl_rtt_ms")
    #expect(one.output.contains("RTT") && !one.output.contains("Upload"))
    let none = try history("plot", "--wan", "wan9")
    #expect(none.status == 0)
    #expect(none.output == "No data found for the specified time range.\n")
  }

  @Test func picturesAndPagesAreWritten() throws {
    let picture = try history("plot", "--svg", folder.file("day.svg"))
    #expect(picture.status == 0 && picture.output.isEmpty, "\(picture.remarks)")
    #expect(try folder.text(of: "day.svg").hasPrefix("<svg "))
    #expect(try history("plot", "--svg", "-").output.hasSuffix("</svg>\n"))
    let page = try history("report", "--last", "1h", "--html", folder.file("week.html"))
    #expect(page.status == 0 && page.output.isEmpty, "\(page.remarks)")
    #expect(try folder.text(of: "week.html").hasPrefix("<!DOCTYPE html>"))
    let markdown = try history("report", "--markdown")
    #expect(markdown.output.hasPrefix("# What happened\n"))
    #expect(try history("report").output.hasPrefix("What happened\n"))
    let missing = try history("plot", "--svg", folder.file("no/day.svg"))
    #expect(missing.status == 1)
    #expect(missing.remarks == "\(folder.file("no/day.svg")): No such file or directory\n")
  }

  @Test(arguments: [
    (["plot", "--last", "1x"], "Invalid duration: '1x'"), (["plot", "--width", "0"], "--width 0"),
    (["report", "--from", "tomorrow"], "Invalid timestamp: 'tomorrow'"),
    (["report", "surplus"], "surplus"),
  ])
  func mistakesAreTold(arguments: [String], words: String) throws {
    let child = try ChildProcess(
      [Binaries.tool("wanctl-history")] + arguments, folder: URL(filePath: folder.path))
    #expect(child.waitUntilExit(within: 30) == 2)
    #expect(child.remarks.contains(words), "\(child.remarks)")
  }

  @Test func aConfigurationNamesTheDatabase() throws {
    try folder.write(
      """
      wan_name: wan1
      router: {host: 127.0.0.1, user: wanctl, password: x, ssh_key: /nonexistent}
      queues: {download: WAN-Download, upload: WAN-Upload}
      continuous_monitoring:
        enabled: true
        baseline_rtt_initial: 20
        download: {floor_mbps: 10, ceiling_mbps: 100, step_up_mbps: 1, factor_down: 0.85}
        upload: {floor_mbps: 5, ceiling_mbps: 20, step_up_mbps: 1, factor_down: 0.9}
        thresholds:
          {target_bloat_ms: 13, warn_bloat_ms: 45, baseline_time_constant_sec: 50, load_time_constant_sec: 0.2}
        ping_hosts: [127.0.0.1]
      logging: {main_log: \(folder.path)/wan1.log, debug_log: \(folder.path)/wan1_debug.log}
      lock_file: \(folder.path)/wan1.lock
      lock_timeout: 300
      storage: {db_path: \(folder.file("metrics.db"))}
      """, to: "wan1.yaml")
    func plot(_ file: String) throws -> ChildProcess {
      let child = try ChildProcess(
        [
          Binaries.tool("wanctl-history"), "plot", "--last", "1h", "--svg", "-", "--config",
          folder.file(file),
        ], folder: URL(filePath: folder.path))
      _ = eventually(within: 60) { !child.isRunning }
      return child
    }
    let child = try plot("wan1.yaml")
    #expect(child.waitUntilExit(within: 1) == 0, "\(child.remarks)")
    #expect(child.output.contains("target +13"))
    #expect(try plot("wan2.yaml").waitUntilExit(within: 1) == 78)
  }
}

import Foundation
import History
import Model
import TestSupport
import Testing

/// `wanctl-history --follow` beside a writer.
@Suite struct HistoryFollowTests {
  private let folder: TemporaryFolder
  private let path: String
  private let now = Int64(Date().timeIntervalSince1970)

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("metrics.db")
    try store([-30, -20, -10])
  }

  /// Rows whose values are their times less now.
  private func store(_ values: [Int], tier: Granularity = .raw, wan: String = "wan1") throws {
    let database = try SQLiteConnection(path: path, access: .create)
    try database.execute("PRAGMA journal_mode = WAL")
    try MetricsSchema.create(on: database)
    let insertion = try MetricInsertion(on: database)
    for value in values {
      try insertion.insert(
        MetricRow(
          timestamp: now + Int64(value), wan: wan, metric: .rtt, value: Double(value),
          granularity: tier))
    }
  }

  private func follow(_ arguments: String...) throws -> ChildProcess {
    try ChildProcess(
      [Binaries.tool("wanctl-history"), "--follow", "--db", path] + arguments,
      folder: URL(filePath: folder.path))
  }

  private func values(_ child: ChildProcess) -> [Int] {
    child.output.split(separator: "\n").dropFirst().compactMap { line in
      line.split(separator: ",").dropFirst(3).first.flatMap { Double($0) }.map { Int($0) }
    }
  }

  /// A writer that stays, as a daemon's: the side files are there.
  private func heldOpen() throws -> SQLiteConnection {
    let database = try SQLiteConnection(path: path, access: .readWrite)
    #expect(try database.integer("SELECT count(*) FROM metrics") ?? 0 > 0)
    return database
  }

  @Test func newRowsAreShownOnceInTheirOrder() throws {
    let daemon = try heldOpen()
    let child = try follow("--format", "csv", "--last", "15s")
    #expect(eventually(within: 30) { values(child) == [-10] }, "\(child.remarks)")
    try store([1, 2])
    #expect(eventually(within: 30) { values(child) == [-10, 1, 2] })
    // A clock that was set back, an average, another WAN.
    try store([-3600, 3])
    try store([-60], tier: .minute)
    try store([4], wan: "wan2")
    #expect(eventually(within: 30) { values(child) == [-10, 1, 2, -3600, 3, 4] })
    // The ladder takes rows away.
    try daemon.execute("DELETE FROM metrics WHERE value <> 3")
    try store([5])
    #expect(eventually(within: 30) { values(child) == [-10, 1, 2, -3600, 3, 4, 5] })
    child.send(SIGINT)
    #expect(child.waitUntilExit(within: 30) == 0)
    #expect(child.remarks == "")
  }

  @Test func aDatabaseThatIsReplacedIsFollowedOn() throws {
    var daemon = try heldOpen()
    let child = try follow("--format", "csv", "--wan", "wan1")
    #expect(eventually(within: 30) { child.output.hasPrefix("timestamp,") }, "\(child.remarks)")
    try store([1])
    #expect(eventually(within: 30) { values(child) == [1] })
    for suffix in ["", "-wal", "-shm"] {
      try FileManager.default.moveItem(atPath: path + suffix, toPath: path + ".corrupt" + suffix)
    }
    try store([2, 3])
    daemon = try heldOpen()
    #expect(eventually(within: 30) { values(child) == [1, 2, 3] }, "\(child.remarks)")
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    try store([4])
    daemon = try heldOpen()
    #expect(eventually(within: 30) { values(child) == [1, 2, 3, 4] }, "\(child.remarks)")
    withExtendedLifetime(daemon) {}
    child.terminate()
    #expect(child.waitUntilExit(within: 30) == 0)
  }

  @Test func aTableHasFixedColumns() throws {
    let daemon = try heldOpen()
    let child = try follow("--last", "1h", "-v")
    try store([7])
    #expect(eventually(within: 30) { child.output.split(separator: "\n").count == 6 })
    let lines = child.output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("Timestamp") == true)
    #expect(lines.last?.contains("wanctl_rtt_ms") == true && lines.last?.hasSuffix("raw") == true)
    withExtendedLifetime(daemon) {}
  }

  @Test func itEndsWithItsReader() throws {
    let daemon = try heldOpen()
    let script = """
      '\(Binaries.tool("wanctl-history"))' --follow --last 1h --format jsonl --db '\(path)' \
      | head -n 2
      """
    let child = try ChildProcess(
      ["bash", "-o", "pipefail", "-c", script], folder: URL(filePath: folder.path))
    // Nothing more is stored: it notices by itself that nobody reads.
    #expect(child.waitUntilExit(within: 30) == 0)
    #expect(child.output.split(separator: "\n").count == 2)
    #expect(child.remarks == "")
    withExtendedLifetime(daemon) {}
  }

  @Test func whatCannotBeFollowedIsSaid() throws {
    for arguments in [["--json"], ["--summary"], ["--format", "openmetrics"]] {
      let child = try ChildProcess(
        [Binaries.tool("wanctl-history"), "--follow", "--db", path] + arguments,
        folder: URL(filePath: folder.path))
      #expect(child.waitUntilExit(within: 30) == 2)
      #expect(child.remarks.contains("--follow goes with"))
    }
  }

  @Test func aConfigurationTellsDatabaseAndWAN() throws {
    try store([-5], wan: "wan2")
    try folder.write(
      """
      wan_name: wan1
      router: {host: 192.0.2.1, user: wanctl, password: x, ssh_key: ""}
      queues: {download: WAN-Download, upload: WAN-Upload}
      continuous_monitoring:
        enabled: true
        baseline_rtt_initial: 20
        download: {floor_mbps: 10, ceiling_mbps: 100, step_up_mbps: 1, factor_down: 0.85}
        upload: {floor_mbps: 5, ceiling_mbps: 20, step_up_mbps: 1, factor_down: 0.9}
        thresholds:
          {target_bloat_ms: 15, warn_bloat_ms: 45, baseline_time_constant_sec: 50, load_time_constant_sec: 0.2}
        ping_hosts: [192.0.2.1]
      logging: {main_log: /tmp/wan1.log, debug_log: /tmp/wan1_debug.log}
      lock_file: /tmp/wan1.lock
      lock_timeout: 300
      storage: {db_path: \(path)}
      """, to: "wan1.yaml")
    func lines(_ arguments: String...) throws -> Int {
      let child = try ChildProcess(
        [
          Binaries.tool("wanctl-history"), "--format", "csv", "--last", "1h", "--config",
          folder.file("wan1.yaml"),
        ] + arguments, folder: URL(filePath: folder.path))
      #expect(child.waitUntilExit(within: 30) == 0, "\(child.remarks)")
      return child.output.split(separator: "\n").count - 1
    }
    #expect(try lines() == 3)
    #expect(try lines("--wan", "") == 4)
    #expect(try lines("--wan", "wan2") == 1)
    try folder.write("wan_name: [", to: "broken.yaml")
    let child = try ChildProcess(
      [Binaries.tool("wanctl-history"), "--config", folder.file("broken.yaml")],
      folder: URL(filePath: folder.path))
    #expect(child.waitUntilExit(within: 30) == 78)
    #expect(child.remarks.contains("broken.yaml:1:"))
  }
}

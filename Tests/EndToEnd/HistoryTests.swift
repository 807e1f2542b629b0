import Foundation
import History
import Model
import TestSupport
import Testing

/// History of the real daemon.
@Suite(.serialized) struct HistoryTests {
  /// One row of the database.
  private struct Row: Equatable {
    var time: Int64
    var metric: String
    var value: Double
    var labels: String?
  }

  private func rows(_ path: String) throws -> [Row] {
    let database = try SQLiteConnection(path: path, access: .readWrite)
    #expect(try database.text("PRAGMA integrity_check") == "ok")
    let query = try database.prepare(
      """
      SELECT timestamp, metric_name, value, labels FROM metrics
      WHERE granularity = 'raw' AND wan_name = 'wan1' ORDER BY id
      """)
    var rows: [Row] = []
    while try query.step() {
      rows.append(
        Row(
          time: query.integer(0), metric: query.text(1) ?? "", value: query.real(2),
          labels: query.text(3)))
    }
    return rows
  }

  /// What a recording says that history must hold.
  private func recorded(_ recording: URL) throws -> [Row] {
    var rows: [Row] = []
    for line in try String(contentsOf: recording, encoding: .utf8).split(separator: "\n") {
      guard case .record(.decision(let decision))? = try? RecordReader().read(Array(line.utf8)),
        !decision.held, let rtt = decision.rtt
      else { continue }
      let time = decision.time.wholeSeconds
      func add(_ metric: String, _ value: Double, _ labels: String? = nil) {
        rows.append(Row(time: time, metric: metric, value: value, labels: labels))
      }
      let (download, upload) = (decision.directions.download, decision.directions.upload)
      add("wanctl_rtt_ms", rtt.rawValue)
      add("wanctl_rtt_baseline_ms", decision.baseline.rawValue)
      add("wanctl_rtt_delta_ms", decision.load.rawValue - decision.baseline.rawValue)
      add("wanctl_rate_download_mbps", download.rate.megabits)
      add("wanctl_rate_upload_mbps", upload.rate.megabits)
      add("wanctl_state", Double(download.zone.rawValue), #"{"direction": "download"}"#)
      if let reason = download.reason {
        add(
          "wanctl_state", Double(download.zone.rawValue),
          #"{"direction": "download", "reason": "\#(reason)"}"#)
      }
      if let reason = upload.reason {
        add(
          "wanctl_state", Double(upload.zone.rawValue),
          #"{"direction": "upload", "reason": "\#(reason)"}"#)
      }
    }
    return rows
  }

  @Test func theLoopKeepsWhatItDecided() throws {
    let folder = try TemporaryFolder()
    let database = folder.file("metrics.db")
    let line = try SimulatedLine(
      scenario: """
        {"base_rtt_ms": 20, "jitter_ms": 0.2,
         "download": {"capacity_mbps": {"from": 100, "changes": [{"at_s": 3, "to": 50}]},
                      "buffer_ms": 200, "load_mbps": 300},
         "upload": {"capacity_mbps": 20, "load_mbps": 1}}
        """,
      extra: "storage: {db_path: \(database), commit_interval_sec: 1}")
    let recording = line.folder.appending(path: "recording.jsonl")
    let loop = try line.start(
      "wanctl-loop", ["run", "--config", line.configuration.path, "--record", recording.path])
    let isEnough = eventually(within: 60) {
      guard let reader = try? SQLiteConnection(path: database, access: .readOnly) else {
        return false
      }
      let events = try? reader.integer("SELECT count(*) FROM metrics WHERE labels LIKE '%reason%'")
      let rows = try? reader.integer("SELECT count(*) FROM metrics")
      return (events ?? 0) > 1 && (rows ?? 0) > 600
    }
    #expect(isEnough, "\(loop.remarks)")
    loop.terminate()
    #expect(loop.waitUntilExit(within: 20) == 0, "\(loop.remarks)")

    var stored = try rows(database)
    let snapshot = try #require(stored.first)
    stored.removeFirst()
    #expect(snapshot.metric == "wanctl_config_snapshot")
    #expect(snapshot.value == Double(snapshot.time))
    #expect(
      snapshot.labels
        == #"{"trigger": "startup", "autorate": {"baseline_rtt_initial": 20, "#
        + #""download_ceiling_mbps": 95, "upload_ceiling_mbps": 18, "target_bloat_ms": 15, "#
        + #""warn_bloat_ms": 45}, "steering": null}"#)
    let wanted = try recorded(recording)
    #expect(stored.count == wanted.count)
    for (our, want) in zip(stored, wanted) where our != want {
      Issue.record("\(our) instead of \(want)")
      break
    }
    #expect(try folder.names() == ["metrics.db", "metrics.db.lock"], "it was closed")
  }

  /// The reflector is loopback, the router is a port that nobody listens on.
  private func configuration(_ folder: TemporaryFolder, database: String) throws -> String {
    try folder.write(
      """
      wan_name: wan1
      router: {host: 127.0.0.1, port: 9, user: wanctl, password: x, ssh_key: /nonexistent}
      queues: {download: WAN-Download, upload: WAN-Upload}
      continuous_monitoring:
        enabled: true
        baseline_rtt_initial: 20
        download: {floor_mbps: 10, ceiling_mbps: 100, step_up_mbps: 1, factor_down: 0.85}
        upload: {floor_mbps: 5, ceiling_mbps: 20, step_up_mbps: 1, factor_down: 0.9}
        thresholds:
          {target_bloat_ms: 15, warn_bloat_ms: 45, baseline_time_constant_sec: 50, load_time_constant_sec: 0.2}
        ping_hosts: [127.0.0.1]
        fallback_checks: {check_gateway: false, check_tcp: false}
      logging: {main_log: \(folder.path)/wan1.log, debug_log: \(folder.path)/wan1_debug.log}
      lock_file: \(folder.path)/wan1.lock
      lock_timeout: 300
      storage: {db_path: \(database), commit_interval_sec: 2}
      health_check: {port: 0}
      """, to: "wan1.yaml")
    return folder.file("wan1.yaml")
  }

  @Test func aKillLosesTheCommitIntervalAtMost() throws {
    let folder = try TemporaryFolder()
    let database = folder.file("metrics.db")
    let configuration = try configuration(folder, database: database)
    let recording = URL(filePath: folder.file("recording.jsonl"))
    for round in 1...2 {
      let loop = try ChildProcess(
        [
          Binaries.tool("wanctl-loop"), "run", "--config", configuration, "--record",
          recording.path,
        ], folder: URL(filePath: folder.path))
      let isEnough = eventually(within: 60) {
        guard let reader = try? SQLiteConnection(path: database, access: .readOnly) else {
          return false
        }
        let rows = try? reader.integer("SELECT count(*) FROM metrics")
        return (rows ?? 0) > Int64(round) * 400
      }
      #expect(isEnough, "\(loop.remarks)")
      loop.send(SIGKILL)
      _ = loop.waitUntilExit(within: 20)
      let stored = try rows(database).filter { $0.metric == "wanctl_rtt_ms" }
      let wanted = try recorded(recording).filter { $0.metric == "wanctl_rtt_ms" }
      let lost = try #require(wanted.last).time - #require(stored.last).time
      // The times are whole seconds, and this machine may be busy.
      #expect(lost <= 2 + 1 + 3, "round \(round)")
    }
  }

  @Test func aDatabaseThatCannotBeOpenedStopsNothing() throws {
    let folder = try TemporaryFolder()
    try folder.write("a file where a folder should be", to: "file")
    let configuration = try configuration(folder, database: folder.file("file/metrics.db"))
    let loop = try ChildProcess(
      [Binaries.tool("wanctl-loop"), "run", "--config", configuration, "--debug"],
      folder: URL(filePath: folder.path))
    #expect(
      eventually(within: 30) {
        loop.remarks.contains("rows wait in memory")
          && loop.remarks.split(separator: "\n").filter { $0.contains("GREEN/GREEN") }.count > 20
      }, "\(loop.remarks)")
    loop.terminate()
    #expect(loop.waitUntilExit(within: 20) == 0)
  }

  @Test func maintainSumsUpByHand() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("metrics.db")
    do {
      let database = try SQLiteConnection(path: path, access: .create)
      try MetricsSchema.create(on: database)
      let insertion = try MetricInsertion(on: database)
      try database.transaction { () throws(SQLiteError) in
        for second in 0..<7200 {
          try insertion.insert(
            MetricRow(timestamp: Int64(second), wan: "wan1", metric: .rtt, value: 5))
        }
      }
    }
    func maintain(_ arguments: String...) throws -> ChildProcess {
      let child = try ChildProcess(
        [Binaries.tool("wanctl-history"), "maintain"] + arguments,
        folder: URL(filePath: folder.path))
      _ = eventually(within: 60) { !child.isRunning }
      return child
    }
    let first = try maintain("--db", path, "--now", "777600")
    #expect(first.waitUntilExit(within: 30) == 0, "\(first.remarks)")
    #expect(first.output == "raw->1m: 120\n1m->5m: 24\n5m->1h: 2\nremoved: 0\n")
    let second = try maintain("--db", path, "--now", "777600", "--retention-days", "3")
    #expect(second.output == "raw->1m: 0\n1m->5m: 0\n5m->1h: 0\nremoved: 2\n")
    let lock = try MaintenanceLock(database: path)
    let third = try maintain("--db", path)
    #expect(third.waitUntilExit(within: 30) == 1)
    #expect(third.remarks.contains("another process maintains"))
    withExtendedLifetime(lock) {}
    let missing = try maintain("--db", folder.file("none.db"))
    #expect(missing.waitUntilExit(within: 30) == 1)
    #expect(missing.remarks.hasPrefix("Database not found: \(folder.file("none.db"))."))
    #expect(try maintain("--retention-days", "0").waitUntilExit(within: 30) == 2)
  }
}

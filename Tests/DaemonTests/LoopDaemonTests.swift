import Config
import Foundation
import Model
import Platform
import Synchronization
import Testing

@testable import Daemon

/// The daemon in this process, on loopback: it needs the right to send ICMP.
@Suite struct LoopDaemonTests {
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: "daemon-\(UUID().uuidString)")

  private func configuration(_ reflectors: String, name: String = "wan1") throws -> ConfigResult {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "\(name).yaml")
    try """
    wan_name: \(name)
    router: {host: 127.0.0.1, port: 9, user: wanctl, password: "${SECRET}", ssh_key: /nonexistent}
    queues: {download: WAN-Download, upload: WAN-Upload}
    continuous_monitoring:
      enabled: true
      baseline_rtt_initial: 20
      download: {floor_mbps: 10, ceiling_mbps: 100, step_up_mbps: 1, factor_down: 0.85}
      upload: {floor_mbps: 5, ceiling_mbps: 20, step_up_mbps: 1, factor_down: 0.9}
      thresholds:
        {target_bloat_ms: 15, warn_bloat_ms: 45, baseline_time_constant_sec: 50, load_time_constant_sec: 0.2}
      ping_hosts: [\(reflectors)]
      fallback_checks: {check_gateway: true, gateway_ip: 127.0.0.1, tcp_targets: [[127.0.0.1, 9]]}
    logging: {main_log: \(folder.path)/\(name).log, debug_log: \(folder.path)/\(name)_debug.log}
    lock_file: \(folder.path)/\(name).lock
    lock_timeout: 300
    storage: {db_path: ""}
    """.write(to: file, atomically: true, encoding: .utf8)
    return ConfigFile.load(path: file.path, environment: ["SECRET": "x"])
  }

  /// Runs on a thread of its own: the daemon gives up capabilities and blocks signals there.
  private func run(
    _ configurations: [ConfigResult], options: LoopDaemon.Options
  ) throws -> Result<CInt, any Error> {
    let result = Mutex<Result<CInt, any Error>?>(nil)
    let thread = try Thread(name: "daemon") {
      let outcome = Result {
        try LoopDaemon(
          configurations: configurations, environment: ["SECRET": "x"], options: options
        ).run()
      }
      result.withLock { $0 = outcome }
    }
    thread.join()
    return try #require(result.withLock { $0 })
  }

  @Test func oneCycleOfTwoWANsIsRecordedAndKept() throws {
    let configurations = [
      try configuration("127.0.0.1, 127.0.0.2"), try configuration("127.0.0.3", name: "wan2"),
    ]
    #expect(configurations.map(\.isValid) == [true, true])
    let recording = folder.appending(path: "recording").path
    let result = try run(
      configurations,
      options: LoopDaemon.Options(
        record: recording, logsEveryCycle: true, endsAfterOneCycle: true))
    #expect(try result.get() == 1, "nobody listens on the router's port")
    let lines = try String(contentsOfFile: recording, encoding: .utf8).split(separator: "\n")
    let types = lines.compactMap { line -> String? in
      guard case .record(let record)? = try? RecordReader().read(Array(line.utf8)) else {
        return nil
      }
      switch record {
      case .start(let start): return "start \(start.wan)"
      case .rtt(let rtt): return "\(rtt.method.name) \(rtt.wan ?? "")"
      case .decision(let decision): return "decision \(decision.wan ?? "")"
      case .queue, .set, .steer, .transport: return "other"
      }
    }
    #expect(types.count == lines.count)
    for wanted in ["start wan1", "start wan2", "decision wan1", "decision wan2", "icmp wan1"] {
      #expect(types.contains(wanted), "\(types)")
    }
    for name in ["wan1", "wan2"] {
      let state = try String(contentsOfFile: folder.path + "/\(name)_state.json", encoding: .utf8)
      #expect(state.hasPrefix(#"{"download":{"green_streak":1,"#))
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/\(name).lock"))
      let log = try String(contentsOfFile: folder.path + "/\(name)_debug.log", encoding: .utf8)
      #expect(log.contains("\(name): [GREEN/GREEN] RTT="))
      #expect(!log.contains("Basic "))
    }
  }

  @Test func aNameThatIsNotFoundIsALostReflector() throws {
    let result = try run(
      [try configuration("name.invalid, 127.0.0.1")],
      options: LoopDaemon.Options(endsAfterOneCycle: true))
    #expect(try result.get() == 1, "nobody listens on the router's port")
    let log = try String(contentsOfFile: folder.path + "/wan1.log", encoding: .utf8)
    #expect(log.contains("name.invalid"))
    #expect(
      FileManager.default.fileExists(atPath: folder.path + "/wan1_state.json"),
      "the other reflector answers, so there was a decision")
  }

  @Test func aLockThatIsHeldEndsTheStartInOneLine() throws {
    let configuration = try configuration("127.0.0.1")
    let lock = folder.appending(path: "wan1.lock").path
    try "".write(toFile: lock, atomically: true, encoding: .utf8)
    let descriptor = try FileDescriptor(owning: systemCall("open") { open(lock, O_RDWR) })
    try systemCall("flock") { flock(descriptor.rawValue, LOCK_EX | LOCK_NB) }
    let result = try run([configuration], options: LoopDaemon.Options(endsAfterOneCycle: true))
    #expect(throws: StartFailure.self) { try result.get() }
  }
}

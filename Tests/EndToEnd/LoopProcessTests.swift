import Foundation
import Testing

/// The process around the loop: its command line, its signals, what it says when it cannot start.
/// The reflector is loopback, the router is a port that nobody listens on.
@Suite struct LoopProcessTests {
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: "loop-\(UUID().uuidString)")
  private let configuration: URL

  init() throws {
    configuration = folder.appending(path: "wan1.yaml")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // The test of missing rights runs as another user.
    chmod(folder.path, 0o777)
    try write()
  }

  private func write(ceiling: String = "100", password: String = "${WANCTL_TEST_PASSWORD}") throws {
    try """
    wan_name: wan1
    router: {host: 127.0.0.1, port: 9, user: wanctl, password: "\(password)", ssh_key: /nonexistent}
    queues: {download: WAN-Download, upload: WAN-Upload}
    continuous_monitoring:
      enabled: true
      baseline_rtt_initial: 20
      download:
        floor_green_mbps: 10
        floor_yellow_mbps: 10
        floor_red_mbps: 10
        ceiling_mbps: \(ceiling)
        step_up_mbps: 1
        factor_down: 0.85
      upload:
        {floor_green_mbps: 5, floor_yellow_mbps: 5, floor_red_mbps: 5, ceiling_mbps: 20, step_up_mbps: 1, factor_down: 0.9}
      thresholds:
        {target_bloat_ms: 15, warn_bloat_ms: 45, baseline_time_constant_sec: 50, load_time_constant_sec: 0.2}
      ping_hosts: [127.0.0.1]
      fallback_checks: {check_gateway: false, check_tcp: false}
    logging: {main_log: \(folder.path)/wan1.log, debug_log: \(folder.path)/wan1_debug.log}
    lock_file: \(folder.path)/wan1.lock
    lock_timeout: 300
    storage: {db_path: ""}
    health_check: {port: 0}
    """.write(to: configuration, atomically: true, encoding: .utf8)
  }

  private func start(_ arguments: String...) throws -> ChildProcess {
    try ChildProcess(
      [Binaries.tool("wanctl-loop")] + arguments, folder: folder,
      environment: ["WANCTL_TEST_PASSWORD": "open sesame", "WANCTL_LOG_FORMAT": ""])
  }

  @Test func oneCycleFailsWithItsRouterAndKeepsItsState() throws {
    let loop = try start("--config", configuration.path, "--oneshot")
    #expect(loop.waitUntilExit(within: 10) == 1, "\(loop.remarks)")
    let state = try String(
      contentsOf: folder.appending(path: "wan1_state.json"), encoding: .utf8)
    #expect(state.hasPrefix(#"{"download":{"green_streak":1,"#))
    #expect(!loop.remarks.contains("open sesame"))
  }

  @Test func signalsReloadAndStopIt() throws {
    let loop = try start("run", "--config", configuration.path)
    #expect(eventually(within: 10) { loop.remarks.contains("wanctl-loop 0.1.0 runs") })
    try write(ceiling: "80")
    loop.send(SIGHUP)
    #expect(eventually(within: 10) { loop.remarks.contains("ceiling_mbps: 100 -> 80") })
    let state = folder.appending(path: "wan1_state.json")
    #expect(
      eventually(within: 10) {
        (try? String(contentsOf: state, encoding: .utf8))?.contains(#""current_rate":80000000"#)
          == true
      }, "the new ceiling limits the rate")
    try write(ceiling: "5")
    loop.send(SIGHUP)
    #expect(eventually(within: 10) { loop.remarks.contains("the configuration stays as it was") })

    let second = try start("run", "--config", configuration.path)
    #expect(second.waitUntilExit(within: 10) == 78, "that file is not valid now")
    try write()
    let third = try start("run", "--config", configuration.path)
    #expect(third.waitUntilExit(within: 10) == 1)
    #expect(third.remarks.contains("wan1.lock"), "\(third.remarks)")

    loop.terminate()
    #expect(loop.waitUntilExit(within: 5) == 0)
    #expect(loop.remarks.contains("stopped by SIGTERM"))
  }

  @Test func aConfigurationIsCheckedWithPlaceAndStatus() throws {
    let check = try start("check", "--config", configuration.path, "--json")
    #expect(check.waitUntilExit(within: 10) == 0)
    #expect(check.output.hasPrefix(#"{"valid":true,"#))
    let valid = try start("--config", configuration.path, "--validate-config")
    #expect(valid.waitUntilExit(within: 10) == 0)
    #expect(valid.output.hasPrefix("Configuration valid: \(configuration.path)\n"))

    try write(ceiling: "5")
    let invalid = try start("check", "--config", configuration.path)
    #expect(invalid.waitUntilExit(within: 10) == 78)
    #expect(invalid.output.contains("wan1.yaml:8:23: "), "\(invalid.output)")
    let original = try start("--validate-config", "--config", configuration.path)
    #expect(original.waitUntilExit(within: 10) == 1)
    let run = try start("run", "--config", configuration.path)
    #expect(run.waitUntilExit(within: 10) == 78)
    #expect(run.remarks.contains("wan1.yaml:8:23: "))
  }

  @Test func whatIsLeftToChooseStopsTheDaemonOnly() throws {
    try write(password: "CHANGE_ME")
    #expect(try start("run", "--config", configuration.path).waitUntilExit(within: 10) == 78)
    #expect(try start("check", "--config", configuration.path).waitUntilExit(within: 10) == 0)
  }

  @Test func mistakesOnTheCommandLineAreStatusTwo() throws {
    for arguments in [["--nonsense"], ["run"], ["replay", "--config"]] {
      let loop = try ChildProcess([Binaries.tool("wanctl-loop")] + arguments, folder: folder)
      #expect(loop.waitUntilExit(within: 10) == 2, "\(arguments): \(loop.remarks)")
      #expect(loop.output.isEmpty)
    }
    let version = try start("--version")
    #expect(version.waitUntilExit(within: 10) == 0)
    #expect(version.output == "wanctl-loop 0.1.0\n")
  }

  @Test(.enabled(if: getuid() == 0, "only root can give rights up"))
  func withoutTheRightToProbeItSaysHowToGiveIt() throws {
    let tool = folder.appending(path: "wanctl-loop")
    try Binaries.copy("wanctl-loop", to: tool)
    let loop = try ChildProcess(
      [
        "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--bounding-set",
        "-net_raw", tool.path, "run", "--config", configuration.path,
      ], folder: folder, environment: ["WANCTL_TEST_PASSWORD": "x"])
    #expect(loop.waitUntilExit(within: 10) == 1, "\(loop.remarks)")
    #expect(loop.remarks.contains("CAP_NET_RAW"), "\(loop.remarks)")
  }
}

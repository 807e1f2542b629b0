import Model
import Testing

@testable import Config

/// A steering configuration beside that of the loop which it names.
@Suite struct LoopComparisonTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The findings with a loop of `loopText` beside the fixture after one edit.
  private func result(
    _ old: String = "wan1", _ new: String = "wan1", loop: String
  ) throws -> SteeringConfigResult {
    try folder.write("loops/wan1.yaml", loop)
    let text = editedSteering("primary_wan_config: \"\"", "primary_wan_config: loops/wan1.yaml")
      .replacing(old, with: new)
    let path = try folder.write("steering.yaml", text)
    return SteeringConfigFile.load(path: path, environment: testEnvironment)
  }

  private func texts(_ result: SteeringConfigResult) -> [String] {
    result.diagnostics.map {
      "\($0.severity) \($0.location.line) \($0.text)".replacing(folder.path + "/", with: "")
    }
  }

  @Test func whatAgreesIsNotTold() throws {
    let found = try result(loop: validText)
    #expect(texts(found) == [])
    #expect(found.settings?.control.thresholds.baselineBounds == ClosedBounds(min: 10, max: 60))
  }

  @Test func boundsAreThoseOfTheLoop() throws {
    let loop = edited("baseline_rtt_initial: 24", "baseline_rtt_initial: 8")
    #expect(
      try result(loop: loop).settings?.control.thresholds.baselineBounds
        == ClosedBounds(min: 4, max: 60))
    #expect(
      try result(
        "thresholds:", "thresholds:\n  baseline_rtt_bounds: {min: 7}", loop: loop
      ).settings?.control.thresholds.baselineBounds == ClosedBounds(min: 7, max: 60))
  }

  @Test(arguments: [
    (
      "/run/wanctl/wan1_state.json", "/run/wanctl/wan2_state.json",
      "warning 14 cake_state_sources.primary \"/run/wanctl/wan2_state.json\" is not where the loop of loops/wan1.yaml keeps its state: there is no baseline to be had; write primary: /run/wanctl/wan1_state.json"
    ),
    (
      "cake_state_sources:\n  primary: /run/wanctl/wan1_state.json\n", "",
      "warning 1 cake_state_sources.primary \"/var/lib/wanctl/wan1_state.json\" (the default) is not where the loop of loops/wan1.yaml keeps its state: there is no baseline to be had; write primary: /run/wanctl/wan1_state.json"
    ),
    (
      "WAN-Download-1", "WAN-Download-2",
      "warning 16 cake_queues.primary_download \"WAN-Download-2\" is not the download queue of loops/wan1.yaml, \"WAN-Download-1\"; write primary_download: WAN-Download-1"
    ),
    (
      "primary_upload: WAN-Upload-1", "primary_upload: WAN-Upload-2",
      "warning 17 cake_queues.primary_upload \"WAN-Upload-2\" is not the upload queue of loops/wan1.yaml, \"WAN-Upload-1\"; write primary_upload: WAN-Upload-1"
    ),
    (
      "primary_wan: wan1", "primary_wan: cable",
      "warning 3 topology.primary_wan \"cable\" is not the wan_name of loops/wan1.yaml, \"wan1\": history and metrics of both would not be told together; write primary_wan: wan1"
    ),
    (
      "host: 192.168.55.1", "host: 192.168.55.2",
      "warning 7 router.host \"192.168.55.2\" is not the router of loops/wan1.yaml, \"192.168.55.1\"; write host: 192.168.55.1"
    ),
    (
      "file: /var/lib/wanctl/steering_state.json", "file: /run/wanctl/../wanctl/wan1_state.json",
      "error 26 state.file is the state file of the loop, which steering only reads; name another file"
    ),
    (
      "/run/wanctl/steering.lock", "/run/wanctl/wan1.lock",
      "error 31 lock_file is the lock file of the loop of loops/wan1.yaml; name another file, or only one of both can run"
    ),
    (
      "lock_timeout: 60", "lock_timeout: 60\nhealth_check: {port: 9101}",
      "warning 33 health_check.port 9101 is the health port of the loop of loops/wan1.yaml; choose another; 9102 is usual"
    ),
  ])
  func whatDiffersIsTold(old: String, new: String, expected: String) throws {
    // The folder of the locks is one that is there, so that .. is resolved.
    try folder.write("run/wan1.lock", "")
    func placed(_ text: String) -> String {
      text.replacing("/run/wanctl/", with: folder.path + "/run/")
        .replacing("run/../wanctl", with: "run/../run")
    }
    try folder.write("loops/wan1.yaml", placed(validText))
    let text = editedSteering("primary_wan_config: \"\"", "primary_wan_config: loops/wan1.yaml")
      .replacing(old, with: new)
    let path = try folder.write("steering.yaml", placed(text))
    let found = SteeringConfigFile.load(path: path, environment: testEnvironment)
    #expect(texts(found) == [expected.replacing("/run/wanctl/", with: "run/")])
  }

  @Test func aLoopThatCannotBeReadIsTold() throws {
    let text = editedSteering("primary_wan_config: \"\"", "primary_wan_config: none.yaml")
    let path = try folder.write("steering.yaml", text)
    let missing = SteeringConfigFile.load(path: path, environment: testEnvironment)
    let remedy =
      "; nothing is compared with it, and the bounds of the baseline are 10 to 60 ms unless they are set"
    #expect(
      texts(missing) == [
        "warning 4 topology.primary_wan_config \"none.yaml\" cannot be read: No such file or directory"
          + remedy
      ])
    #expect(missing.isValid)
    #expect(
      texts(try result(loop: edited("lock_timeout: 300", "lock_timeout: 0"))) == [
        "warning 4 topology.primary_wan_config \"loops/wan1.yaml\" is not valid (1 error)" + remedy
      ])
  }

  /// What only the loop's service has in its environment does not matter here.
  @Test func unsetVariablesOfTheLoopDoNotMatter() throws {
    let found = try result(loop: edited("${ROUTER_PASSWORD}", "${PASSWORD_OF_THE_LOOP}"))
    #expect(texts(found) == [])
  }
}

import Model
import Testing

@Suite struct SettingsTests {
  func settings(
    lockFile: String = "/run/wanctl/wan1.lock", password: String = ""
  ) throws -> LoopSettings {
    let queue = ControlSettings.Queue(
      ceiling: 2e6, floorGreen: 1e6, floorYellow: 1e6, floorSoftRed: 1e6, floorRed: 1e6,
      stepUp: 1e6, factorDown: 0.9, factorDownYellow: 0.96, greenRequired: 5)
    return LoopSettings(
      wan: try Identifier("wan1"),
      queues: PerDirection(download: try Identifier("d"), upload: try Identifier("u")),
      router: RouterSettings(
        host: "r", user: "admin", password: Secret(password), sshPassword: Secret(password)),
      control: ControlSettings(
        baselineInitial: Milliseconds(24), baselineBounds: ClosedBounds(min: 10, max: 60),
        targetBloat: ConfiguredNumber(integer: 12), warnBloat: ConfiguredNumber(integer: 45),
        hardRedBloat: ConfiguredNumber(integer: 80), alphaBaseline: 0.001, alphaLoad: 0.5,
        baselineUpdateThreshold: Milliseconds(3), accelThreshold: Milliseconds(15),
        baselineRelearnAfter: .zero, download: queue, upload: queue),
      probe: LoopSettings.Probe(reflectors: ["1.1.1.1"]), lockFile: lockFile, mainLog: "m",
      debugLog: "d",
      health: LoopSettings.Listener(
        isEnabled: true, host: "127.0.0.1", port: 9101, token: Secret(password)))
  }

  @Test(arguments: [
    ("/run/wanctl/wan1.lock", "/run/wanctl/wan1_state.json"),
    ("/run/wanctl/a.b.lock", "/run/wanctl/a.b_state.json"),
    ("/run/wan.ctl/wan1", "/run/wan.ctl/wan1_state.json"),
    ("wan1.lock", "wan1_state.json"),
    ("/wan1.lock", "/wan1_state.json"),
    // A dot at the start of a name begins no extension.
    ("/run/.lock", "/run/.lock_state.json"),
    ("/run/..lock", "/run/..lock_state.json"),
    ("/run/.wan1.lock", "/run/.wan1_state.json"),
    ("/run/wan1.", "/run/wan1_state.json"),
    ("/run/...", "/run/..._state.json"),
    ("", "_state.json"),
  ])
  func theStateFileLiesBesideTheLock(lockFile: String, stateFile: String) throws {
    #expect(try settings(lockFile: lockFile).stateFile == stateFile)
  }

  @Test func aSecretIsNeverPrinted() throws {
    let settings = try settings(password: "hunter2")
    var dumped = ""
    dump(settings, to: &dumped)
    for text in [
      "\(settings)", String(describing: settings.router), String(reflecting: settings), dumped,
      "\(settings.router.password)", String(reflecting: settings.router.password),
      "\(Optional(settings.router.password) as Any)",
    ] {
      #expect(!text.contains("hunter2"))
      #expect(text.contains("(hidden)"))
    }
    #expect(settings.router.password.revealed == "hunter2")
    #expect("\(Secret(""))" == "(none)")
    #expect(Secret("").isEmpty)
  }

  @Test func tlsIsSpokenUnlessPortOrKeySaysNo() {
    func usesTLS(_ scheme: RouterSettings.Scheme, _ port: Int) -> Bool {
      RouterSettings(host: "r", port: port, user: "u", scheme: scheme).usesTLS
    }
    #expect(usesTLS(.auto, 443) && usesTLS(.auto, 8443) && !usesTLS(.auto, 80))
    #expect(usesTLS(.https, 80) && !usesTLS(.http, 443))
    #expect(RouterSettings.Scheme(rawValue: "yes") == .https)
  }

  @Test func crossedBoundsHoldNothing() {
    #expect(ClosedBounds(min: 10, max: 60).contains(10))
    #expect(ClosedBounds(min: 10, max: 60).contains(60))
    #expect(!ClosedBounds(min: 10, max: 60).contains(.nan))
    #expect(!ClosedBounds(min: 60, max: 10).contains(30))
  }
}

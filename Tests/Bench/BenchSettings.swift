import Model

extension LoopSettings {
  /// A cable line with three reflectors.
  static func bench() throws -> LoopSettings {
    LoopSettings(
      wan: try Identifier("wan1"),
      queues: PerDirection(
        download: try Identifier("WAN-Download-1"), upload: try Identifier("WAN-Upload-1")),
      router: RouterSettings(host: "192.168.88.1", user: "admin"),
      control: ControlSettings(
        baselineInitial: Milliseconds(24), baselineBounds: ClosedBounds(min: 10, max: 60),
        targetBloat: ConfiguredNumber(integer: 12), warnBloat: ConfiguredNumber(integer: 45),
        hardRedBloat: ConfiguredNumber(integer: 80), alphaBaseline: 0.001, alphaLoad: 0.5,
        baselineUpdateThreshold: Milliseconds(3), accelThreshold: Milliseconds(12),
        baselineRelearnAfter: Milliseconds(seconds: 600),
        download: ControlSettings.Queue(
          ceiling: 940e6, floorGreen: 550e6, floorYellow: 350e6, floorSoftRed: 275e6,
          floorRed: 200e6, stepUp: 10e6, factorDown: 0.85, factorDownYellow: 0.96,
          greenRequired: 5),
        upload: ControlSettings.Queue(
          ceiling: 38e6, floorGreen: 8e6, floorYellow: 8e6, floorSoftRed: 8e6, floorRed: 8e6,
          stepUp: 1e6, factorDown: 0.9, factorDownYellow: 0.94, greenRequired: 5)),
      probe: Probe(reflectors: ["1.1.1.1", "8.8.8.8", "9.9.9.9"], usesMedianOfThree: true),
      lockFile: "/run/wanctl/wan1.lock", mainLog: "/var/log/wanctl/wan1.log",
      debugLog: "/var/log/wanctl/wan1_debug.log")
  }
}

/// RTTs in ms that visit every zone, the same in every run.
func benchRTTs(count: Int) -> [Double] {
  (0..<count).map { index in
    let noise = Double((index &* 2_654_435_761) % 1000) / 500
    return [24, 24, 24, 60, 100, 160, 30, 24][(index / 40) % 8] + noise
  }
}

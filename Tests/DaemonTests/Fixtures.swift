import Model

/// The cable line of the worked examples.
func cableSettings(
  reflectors: [String] = ["192.0.2.1", "192.0.2.2", "192.0.2.3"],
  fallback: LoopSettings.Fallback = LoopSettings.Fallback()
) throws -> LoopSettings {
  LoopSettings(
    wan: try Identifier("cable"),
    queues: PerDirection(
      download: try Identifier("WAN-Download"), upload: try Identifier("WAN-Upload")),
    router: RouterSettings(host: "127.0.0.1", user: "wanctl"),
    control: ControlSettings(
      baselineInitial: Milliseconds(24), baselineBounds: ClosedBounds(min: 10, max: 60),
      targetBloat: ConfiguredNumber(integer: 12), warnBloat: ConfiguredNumber(integer: 45),
      hardRedBloat: ConfiguredNumber(integer: 80), alphaBaseline: 0.001, alphaLoad: 0.5,
      baselineUpdateThreshold: Milliseconds(3), accelThreshold: Milliseconds(12),
      baselineRelearnAfter: Milliseconds(600_000),
      download: ControlSettings.Queue(
        ceiling: 940e6, floorGreen: 550e6, floorYellow: 350e6, floorSoftRed: 275e6, floorRed: 200e6,
        stepUp: 10e6, factorDown: 0.85, factorDownYellow: 0.96, greenRequired: 5),
      upload: ControlSettings.Queue(
        ceiling: 38e6, floorGreen: 8e6, floorYellow: 8e6, floorSoftRed: 8e6, floorRed: 8e6,
        stepUp: 1e6, factorDown: 0.9, factorDownYellow: 0.94, greenRequired: 5)),
    probe: LoopSettings.Probe(reflectors: reflectors, usesMedianOfThree: true), fallback: fallback,
    lockFile: "/run/wanctl/cable.lock", mainLog: "/var/log/wanctl/cable.log",
    debugLog: "/var/log/wanctl/cable_debug.log")
}

/// A moment in the time of these tests.
func at(_ milliseconds: Double) -> UnixTime {
  UnixTime(microseconds: 1_780_000_000_000_000) + Milliseconds(milliseconds)
}

func outcome(
  _ seq: Int, _ target: Int = 0, rtt: Double?, sentAt: Double? = nil, method: ProbeMethod = .icmp,
  waited: Double = 1000
) -> ProbeOutcome {
  ProbeOutcome(
    target: target, method: method, seq: seq, sentAt: at(sentAt ?? Double(seq) * 50),
    result: rtt.map { .answered(Milliseconds($0), .kernel) }
      ?? .lost(.timeout, waited: Milliseconds(waited)))
}

public import Model

/// The scenarios that come with wanctl, made to the measure of a line.
public enum BuiltInScenario: String, Sendable, CaseIterable {
  case demo
  case steady
  case halves
  case evening
  case upload
  case reflector
  case outage
  case route

  /// One sentence for a list.
  public var summary: String {
    switch self {
    case .demo: "capacity halves, an upload joins in, a reflector dies: a minute of a busy line"
    case .steady: "the line carries its ceiling; a download fills it from second 5 to 55"
    case .halves: "the capacity halves under load from second 20 to 40"
    case .evening: "the capacity sinks by half, wavers and returns, as in a busy neighbourhood"
    case .upload: "an upload fills the line, whose upload capacity falls for a while"
    case .reflector: "the first reflector dies for 20 seconds while the capacity is low"
    case .outage: "nothing passes for 8 seconds under load"
    case .route: "a change of route adds 15 ms for half a minute"
    }
  }

  /// - Parameters:
  ///   - nominal: what the line carries on a good day.
  ///   - baseRTT: the RTT of the idle line.
  public func scenario(nominal: PerDirection<BitsPerSecond>, baseRTT: Milliseconds) -> Scenario {
    let down = nominal.download.megabits
    let up = nominal.upload.megabits
    /// A share of the nominal capacity from a second on.
    func at(_ second: Double, _ share: Double, of nominal: Double, over: Double = 0)
      -> Schedule.Change
    {
      Schedule.Change(
        at: Milliseconds(seconds: second), to: share * nominal, over: Milliseconds(seconds: over))
    }
    func window(_ from: Double, _ to: Double) -> Scenario.Window {
      Scenario.Window(from: Milliseconds(seconds: from), to: Milliseconds(seconds: to))
    }
    // A transfer that would take three times what the line has, from second 5 to 55.
    func saturating(_ nominal: Double) -> Schedule {
      Schedule(0.02 * nominal, changes: [at(5, 3, of: nominal), at(55, 0.02, of: nominal)])
    }
    var scenario = Scenario(
      name: rawValue, summary: summary, duration: Milliseconds(60_000),
      baseRTTms: Schedule(baseRTT.rawValue), jitter: Milliseconds(0.6), loss: 0.0005,
      reflectorExtra: [.zero, Milliseconds(0.4), Milliseconds(0.8)],
      download: Scenario.Link(
        capacityMbps: Schedule(down), loadMbps: saturating(down), senderLag: baseRTT),
      upload: Scenario.Link(capacityMbps: Schedule(up), loadMbps: Schedule(0.03 * up)))
    switch self {
    case .demo:
      scenario.download.capacityMbps.changes = [
        at(15, 0.5, of: down), at(30, 0.8, of: down, over: 4), at(48, 1, of: down),
      ]
      scenario.upload.loadMbps.changes = [at(36, 3, of: up), at(46, 0.03, of: up)]
      scenario.upload.capacityMbps.changes = [at(38, 0.7, of: up), at(46, 1, of: up)]
      scenario.faults = [Scenario.Fault(reflector: 0, window: window(20, 28))]
    case .steady: break
    case .halves:
      scenario.download.capacityMbps.changes = [at(20, 0.5, of: down), at(40, 1, of: down)]
    case .evening:
      scenario.duration = Milliseconds(120_000)
      scenario.download.loadMbps.changes[1].at = Milliseconds(115_000)
      scenario.download.capacityMbps.changes = [
        at(15, 0.6, of: down, over: 20), at(45, 0.75, of: down, over: 5),
        at(55, 0.5, of: down, over: 10), at(75, 0.65, of: down, over: 3),
        at(85, 1, of: down, over: 20),
      ]
    case .upload:
      scenario.download.loadMbps = Schedule(0.05 * down)
      scenario.upload.loadMbps = saturating(up)
      scenario.upload.capacityMbps.changes = [at(20, 0.6, of: up), at(40, 1, of: up)]
    case .reflector:
      scenario.download.capacityMbps.changes = [at(20, 0.6, of: down), at(45, 1, of: down)]
      scenario.faults = [Scenario.Fault(reflector: 0, window: window(15, 35))]
    case .outage:
      scenario.outages = [window(25, 33)]
    case .route:
      scenario.baseRTTms.changes = [
        Schedule.Change(at: Milliseconds(15_000), to: baseRTT.rawValue + 15),
        Schedule.Change(at: Milliseconds(45_000), to: baseRTT.rawValue),
      ]
    }
    return scenario
  }
}

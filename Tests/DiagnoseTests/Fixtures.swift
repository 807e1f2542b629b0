import Diagnose
import Model

let wanName = try! Identifier("wan1")
let downName = try! Identifier("WAN-Download-1")
let upName = try! Identifier("WAN-Upload-1")
let ruleComment = try! RuleComment("ADAPTIVE: Steer latency-sensitive to WAN2")

func mega(_ rate: Double) -> BitsPerSecond { BitsPerSecond(Int64(rate * 1_000_000)) }

func failure(_ failureClass: RouterFailure.Class, _ message: String = "planted") -> RouterFailure {
  RouterFailure(failureClass, transport: .rest, operation: "test", message: message)
}

extension LoopSettings {
  /// 95 down to 15 Mbit/s, 18 down to 5 Mbit/s.
  static func example(router: RouterSettings) -> LoopSettings {
    func queue(_ ceiling: Double, _ floor: Double) -> ControlSettings.Queue {
      ControlSettings.Queue(
        ceiling: ceiling * 1e6, floorGreen: floor * 2e6, floorYellow: floor * 1.5e6,
        floorSoftRed: floor * 1.2e6, floorRed: floor * 1e6, stepUp: 1e6, factorDown: 0.85,
        factorDownYellow: 0.96, greenRequired: 5)
    }
    return LoopSettings(
      wan: wanName, queues: PerDirection(download: downName, upload: upName), router: router,
      control: ControlSettings(
        baselineInitial: Milliseconds(20), baselineBounds: ClosedBounds(min: 10, max: 60),
        targetBloat: ConfiguredNumber(integer: 15), warnBloat: ConfiguredNumber(integer: 45),
        hardRedBloat: ConfiguredNumber(integer: 80), alphaBaseline: 0.001, alphaLoad: 0.2,
        baselineUpdateThreshold: Milliseconds(3), accelThreshold: Milliseconds(15),
        baselineRelearnAfter: Milliseconds(seconds: 600), download: queue(95, 15),
        upload: queue(18, 5)),
      probe: Probe(reflectors: ["1.1.1.1"]), lockFile: "/run/wanctl/wan1.lock",
      mainLog: "/tmp/none", debugLog: "/tmp/none")
  }
}

extension RouterFacts {
  /// A router with which everything is all right.
  static func clean() -> RouterFacts {
    let settings = RouterSettings(
      host: "192.168.88.1", user: "wanctl-rate", password: Secret("x"), caFile: "/etc/ca.pem")
    var wan = WANFacts(settings: .example(router: settings), configFile: "wan1.yaml")
    let state = LoopState(
      queues: PerDirection(
        download: LoopState.Queue(streaks: Streaks(), rate: 80e6),
        upload: LoopState.Queue(streaks: Streaks(), rate: 15e6)),
      baseline: Milliseconds(20), load: Milliseconds(21),
      lastApplied: PerDirection(download: mega(80), upload: mega(15)))
    wan.stored = .init(first: state, last: state)
    wan.runningProcess = 4711
    var facts = RouterFacts(settings: settings, configFile: "wan1.yaml", wans: [wan])
    facts.usesSSH = true
    facts.contacts = [
      Contact(.rest, user: "wanctl-rate"), Contact(.ssh, user: "wanctl-rate"),
      Contact(.rest, user: "wanctl-steer"),
    ]
    facts.tls = .tried(failure: nil, pin: "sha256//AAAA")
    facts.hostKey = .trusted
    facts.steering = SteeringFacts(
      configFile: "steering.yaml", user: "wanctl-steer",
      rules: [SteeringSettings.Rule(target: "wan2", comment: ruleComment)])
    facts.identity = "MikroTik"
    facts.interval = Milliseconds(seconds: 3)
    facts.resource = Samples(first: .read(resource()), last: .read(resource()))
    facts.queues = Samples(
      first: .read(tree(bytes: 1_000_000)), last: .read(tree(bytes: 9_000_000)))
    facts.interfaces = Samples(
      first: .read(interfaces(bytes: 5_000_000)), last: .read(interfaces(bytes: 25_000_000)))
    facts.queueTypes = .read([
      QueueType(name: "default-small", kind: "pfifo"),
      QueueType(name: "fq", kind: "fq-codel"),
      QueueType(name: "cake-down", kind: "cake", bandwidth: .zero),
      QueueType(name: "cake-up", kind: "cake", bandwidth: .zero),
    ])
    facts.filterRules = .read([FirewallRule(id: "*1", action: "accept")])
    facts.mangleRules = .read([
      FirewallRule(id: "*4", action: "mark-routing", comment: ruleComment.text, isDisabled: true)
    ])
    facts.users = .read([
      RouterUser(name: "wanctl-rate", group: "wanctl"),
      RouterUser(name: "wanctl-steer", group: "wanctl"),
      RouterUser(name: "admin", group: "full"),
    ])
    facts.groups = .read([
      UserGroup(name: "full", policies: ["local", "read", "write", "policy"]),
      UserGroup(name: "wanctl", policies: ["ssh", "read", "write", "api", "rest-api"]),
    ])
    facts.clock = .read(
      ClockReading(router: UnixTime(seconds: 1_800_000_001), host: UnixTime(seconds: 1_800_000_000))
    )
    return facts
  }

  static func resource(
    version: String = "7.23.7 (long-term)", sectors: Int64 = 14_202, load: Int = 7
  ) -> RouterResourceFacts {
    RouterResourceFacts(
      version: version, board: "RB5009UG+S+", uptime: Milliseconds(seconds: 602_363),
      sectorsWritten: sectors, processorLoad: load)
  }

  private static func tree(bytes: Int64) -> [TreeQueue] {
    [
      TreeQueue(
        name: downName.text, parent: "bridge1", queueType: "cake-down", packetMark: "no-mark",
        maxLimit: mega(80), bytes: bytes),
      TreeQueue(
        name: upName.text, parent: "ether1", queueType: "cake-up", packetMark: "no-mark",
        maxLimit: mega(15), bytes: bytes / 4),
    ]
  }

  private static func interfaces(bytes: Int64) -> [InterfaceCounters] {
    [
      InterfaceCounters(name: "bridge1", sentBytes: bytes),
      InterfaceCounters(name: "ether1", sentBytes: bytes / 4),
    ]
  }

  /// Changes a queue in both samples.
  mutating func changeQueue(_ name: Identifier, _ change: (inout TreeQueue) -> Void) {
    for sample in [\RouterFacts.queues.first, \RouterFacts.queues.last] {
      guard var rows = self[keyPath: sample].value,
        let index = rows.firstIndex(where: { $0.name == name.text })
      else { continue }
      change(&rows[index])
      self[keyPath: sample] = .read(rows)
    }
  }

  mutating func changeResource(_ resource: RouterResourceFacts) {
    self.resource = Samples(first: .read(resource), last: .read(resource))
  }

  mutating func changeState(_ change: (inout LoopState) -> Void) {
    for sample in [\WANFacts.stored.first, \WANFacts.stored.last] {
      guard var state = wans[0][keyPath: sample] else { continue }
      change(&state)
      wans[0][keyPath: sample] = state
    }
  }
}

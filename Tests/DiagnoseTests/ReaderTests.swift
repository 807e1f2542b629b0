import Foundation
import Model
import Router
import Testing

@testable import Diagnose

/// The reader on a router that exists only here, in virtual time.
@Suite struct ReaderTests {
  /// Answers with rows of a table, and fails where it is told to.
  final class TablePort: RouterPort {
    let transport: Transport
    var notBefore: MonotonicTime?
    var now = MonotonicTime(nanoseconds: 0)
    var tables: [RouterMenu: [[String: String]]] = [:]
    /// Asked before each operation; the number counts the reads of that menu.
    var fault: (RouterMenu, Int) -> RouterFailure? = { _, _ in nil }
    var probeFailure: RouterFailure?
    /// What changes while time goes by.
    var onSleep: (TablePort) -> Void = { _ in }
    private(set) var reads: [RouterMenu] = []
    private(set) var isDisconnected = false

    init(_ transport: Transport = .rest) { self.transport = transport }

    var interrupter: @Sendable () -> Void { {} }
    func disconnect() { isDisconnected = true }

    func probe() throws(RouterFailure) -> RouterIdentity {
      if let probeFailure { throw probeFailure }
      return RouterIdentity(name: "table", resource: try readResource())
    }

    func readResource() throws(RouterFailure) -> RouterResource {
      RouterResource(version: "7.23.7", board: "none", uptime: nil)
    }

    func readRows(
      _ menu: RouterMenu, properties: [String]
    ) throws(RouterFailure) -> [RouterRow] {
      if let notBefore, notBefore > now { throw failure(.busy) }
      reads.append(menu)
      now = now + Milliseconds(20)
      if let failure = fault(menu, reads.count { $0 == menu }) { throw failure }
      return (tables[menu] ?? []).map { row in
        RouterRow(row.filter { $0.key == ".id" || properties.contains($0.key) })
      }
    }

    // A doctor asks for none of these, and writes nothing.
    private func never<Answer>(_ what: String) throws(RouterFailure) -> Answer {
      Issue.record("the reader called \(what)")
      throw failure(.rejected)
    }
    func readQueues(_ names: [Identifier]) throws(RouterFailure) -> [QueueRow?] {
      try never("readQueues")
    }
    func queueNames() throws(RouterFailure) -> [String] { try never("queueNames") }
    func leafKind(ofType queueType: String) throws(RouterFailure) -> String? {
      try never("leafKind")
    }
    func setLimit(_ limit: BitsPerSecond, of queue: Identifier) throws(RouterFailure) {
      let _: Bool = try never("setLimit")
    }
    func ruleStatus(_ comment: RuleComment) throws(RouterFailure) -> RuleStatus {
      try never("ruleStatus")
    }
    func setRule(_ comment: RuleComment, enabled: Bool) throws(RouterFailure) {
      let _: Bool = try never("setRule")
    }
    func flushConnections(ports: [UInt16]) throws(RouterFailure) -> Int {
      try never("flushConnections")
    }
  }

  private static func clock(_ port: TablePort) -> FactsReader.Clock {
    FactsReader.Clock(
      monotonic: { port.now },
      wall: { UnixTime(seconds: 1_795_277_077) + (port.now - MonotonicTime(nanoseconds: 0)) },
      sleep: {
        port.now = port.now + $0
        port.onSleep(port)
      })
  }

  private static func port() -> TablePort {
    let port = TablePort()
    port.tables = [
      .queueTree: [
        [
          ".id": "*1000000", "name": "WAN-Download-1", "parent": "bridge1", "queue": "cake-down",
          "packet-mark": "no-mark", "max-limit": "80M", "bytes": "1000000", "disabled": "false",
          "invalid": "false",
        ],
        [
          "name": "WAN-Upload-1", "parent": "ether1", "queue": "cake-up", "max-limit": "15000000",
          "bytes": "500", "disabled": "no", "invalid": "no",
        ],
        ["name": "odd", "max-limit": "fast"],
      ],
      .queueType: [
        ["name": "cake-down", "kind": "cake", "cake-bandwidth": "0"],
        ["name": "cake-up", "kind": "cake"],
      ],
      .interfaces: [
        ["name": "bridge1", "tx-byte": "100"], ["name": "ether1", "tx-byte": "7"],
        ["name": "lo"],
      ],
      .firewallFilter: [[".id": "*1", "action": "drop"], ["comment": "no id"], [".id": "*2"]],
      .mangle: [
        [".id": "*4", "action": "mark-packet", "new-packet-mark": "up", "disabled": "true"]
      ],
      .users: [["name": "wanctl-rate", "group": "wanctl"]],
      .userGroups: [
        ["name": "wanctl", "policy": "ssh,read,write,!policy,api,rest-api,!sniff"]
      ],
      .clock: [["date": "2026-11-21", "time": "17:04:37", "gmt-offset": "+01:00"]],
      .resource: [
        [
          "version": "7.23.7 (long-term)", "board-name": "RB5009UG+S+",
          "uptime": "6d23h19m23s", "write-sect-since-reboot": "14202", "cpu-load": "7%",
        ]
      ],
    ]
    return port
  }

  private static func facts() -> RouterFacts {
    let settings = RouterSettings(
      host: "r", user: "wanctl-rate", password: Secret("x"), caFile: "/ca")
    var wan = WANFacts(settings: .example(router: settings), configFile: "wan1.yaml")
    wan.lockFile = "/nonexistent/wan1.lock"
    wan.stateFile = "/nonexistent/wan1_state.json"
    return RouterFacts(settings: settings, configFile: "wan1.yaml", wans: [wan])
  }

  @Test func everythingIsReadAndWhatMovesTwice() throws {
    let port = Self.port()
    port.onSleep = { $0.tables[.queueTree]?[0]["bytes"] = "9000000" }
    var facts = Self.facts()
    FactsReader(logins: [.init(user: "wanctl-rate", port: port)], clock: Self.clock(port))
      .read(into: &facts, sampleTime: Milliseconds(seconds: 3))
    #expect(facts.identity == "table" && facts.contacts == [.init(.rest, user: "wanctl-rate")])
    #expect(abs(facts.interval.seconds - 3) < 0.001)
    let pair = try #require(facts.queues.pair)
    #expect(pair.first.map(\.name) == ["WAN-Download-1", "WAN-Upload-1"])
    #expect(pair.first[0].bytes == 1_000_000 && pair.last[0].bytes == 9_000_000)
    #expect(pair.first[0].maxLimit == mega(80) && pair.first[1].packetMark.isEmpty)
    #expect(facts.queueTypes.value?.map(\.bandwidth) == [.zero, nil])
    #expect(facts.interfaces.newest?.map(\.sentBytes) == [100, 7])
    #expect(facts.filterRules.value?.map(\.action) == ["drop", "accept"])
    #expect(facts.mangleRules.value?.first?.packetMark == "up")
    #expect(facts.mangleRules.value?.first?.isDisabled == true)
    #expect(facts.groups.value?.first?.policies == ["ssh", "read", "write", "api", "rest-api"])
    let resource = try #require(facts.resource.newest)
    #expect(resource.uptime?.seconds == 602_363 && resource.sectorsWritten == 14_202)
    #expect(resource.processorLoad == 7)
    let clock = try #require(facts.clock.value)
    #expect(abs(clock.offset.seconds) < 1 && clock.took.rawValue > 0)
    #expect(facts.wans[0].stored.first == nil && facts.wans[0].runningProcess == nil)
    for menu in [RouterMenu.queueTree, .interfaces, .resource] {
      #expect(port.reads.count { $0 == menu } == 2)
    }
    #expect(port.reads.count == 12 && port.isDisconnected)
  }

  @Test func oneSampleIsEnoughWhereNothingIsToBeSeenMoving() {
    let port = Self.port()
    var facts = Self.facts()
    FactsReader(logins: [.init(user: "wanctl-rate", port: port)], clock: Self.clock(port))
      .read(into: &facts, sampleTime: .zero)
    #expect(port.reads.count == 9 && facts.queues.last == .skipped && facts.interval == .zero)
    #expect(facts.findings() == [])
  }

  @Test func whatIsRefusedIsAFindingAndTheRestIsRead() {
    let port = Self.port()
    port.fault = { menu, _ in menu == .users ? failure(.rejected, "no such command") : nil }
    var facts = Self.facts()
    FactsReader(logins: [.init(user: "wanctl-rate", port: port)], clock: Self.clock(port))
      .read(into: &facts, sampleTime: .zero)
    #expect(facts.findings().map(\.kind) == [.readRefused])
    #expect(facts.groups.value != nil && facts.clock.value != nil)
  }

  @Test func aRouterThatIsLostIsNotAskedOnAndOn() {
    let port = Self.port()
    port.fault = { menu, _ in menu == .queueType ? failure(.timeout) : nil }
    var facts = Self.facts()
    FactsReader(logins: [.init(user: "wanctl-rate", port: port)], clock: Self.clock(port))
      .read(into: &facts, sampleTime: Milliseconds(seconds: 60))
    #expect(port.reads.last == .queueType && port.now.rawValue < 1_000_000_000)
    #expect(facts.findings().map(\.kind) == [.routerUnreachable])
  }

  @Test func theFallbackIsReadWhenThePrimaryDoesNotAnswer() {
    let (rest, ssh) = (Self.port(), TablePort(.ssh))
    ssh.tables = rest.tables
    rest.probeFailure = failure(.connectionRefused)
    var facts = Self.facts()
    FactsReader(
      logins: [.init(user: "wanctl-rate", port: rest), .init(user: "wanctl-rate", port: ssh)],
      clock: Self.clock(ssh)
    ).read(into: &facts, sampleTime: .zero)
    #expect(rest.reads.isEmpty && ssh.reads.count == 9)
    #expect(facts.findings().map(\.severity) == [.warning])
  }

  @Test func aDaemonThatCannotLogInIsAnErrorThoughAnotherOneCan() {
    let (loop, steering) = (Self.port(), TablePort())
    steering.probeFailure = failure(.authFailure)
    var facts = Self.facts()
    FactsReader(
      logins: [
        .init(user: "wanctl-rate", port: loop), .init(user: "wanctl-steer", port: steering),
      ],
      clock: Self.clock(loop)
    ).read(into: &facts, sampleTime: .zero)
    let findings = facts.findings()
    #expect(findings.map(\.kind) == [.loginRefused] && findings[0].severity == .error)
    #expect(findings[0].facts.contains(.init("router.user", "wanctl-steer")))
  }

  @Test func aRouterThatWantsToBeLeftAloneIs() {
    let port = Self.port()
    port.fault = { menu, _ in
      guard menu == .clock else { return nil }
      port.notBefore = port.now + Milliseconds(2500)
      return failure(.rejected)
    }
    var facts = Self.facts()
    FactsReader(logins: [.init(user: "wanctl-rate", port: port)], clock: Self.clock(port))
      .read(into: &facts, sampleTime: .zero)
    #expect(facts.groups.value != nil && port.now.rawValue > 2_500_000_000)
  }

  @Test func theFilesOfTheLoopAreRead() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "doctor-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let state = folder.appending(path: "wan1_state.json")
    try Data(
      #"{"download":{"current_rate":500000000.0},"last_applied":{"dl_rate":70000000,"ul_rate":15000000}}"#
        .utf8
    ).write(to: state)
    let port = Self.port()
    var facts = Self.facts()
    facts.wans[0].stateFile = state.path
    FactsReader(logins: [.init(user: "wanctl-rate", port: port)], clock: Self.clock(port))
      .read(into: &facts, sampleTime: .zero)
    #expect(facts.wans[0].stored.first?.lastApplied.download == mega(70))
    #expect(facts.wans[0].stored.first?.queues.upload.rate == 18e6)
    #expect(facts.findings().map(\.kind) == [.stateOutsideConfiguration])
    // A damaged file is the loop's matter, and stays where it is.
    try Data("{".utf8).write(to: state)
    var again = Self.facts()
    again.wans[0].stateFile = state.path
    FactsReader(logins: [.init(user: "wanctl-rate", port: port)], clock: Self.clock(port))
      .read(into: &again, sampleTime: .zero)
    #expect(again.wans[0].stored.first == nil)
    #expect(FileManager.default.contents(atPath: state.path) == Data("{".utf8))
  }

  @Test func routersAreVisitedOnceWhoeverNamesThem() {
    var survey = RouterSurvey()
    let settings = RouterSettings(host: "r", user: "a", caFile: "/ca")
    var second = settings
    second.user = "b"
    var other = settings
    other.host = "s"
    survey.add(.example(router: settings), from: "wan1.yaml")
    survey.add(.example(router: second), from: "wan2.yaml")
    survey.add(.example(router: other), from: "wan3.yaml")
    #expect(survey.routers.map(\.facts.wans.count) == [2, 1])
    #expect(survey.routers[0].logins.map(\.user) == ["a", "b"])
  }

  @Test(arguments: [
    ("2026-11-21", "16:04:37", "+00:00", 1_795_277_077.0),
    ("nov/21/2026", "17:04:37", "+01:00", 1_795_277_077),
    ("2026-11-21", "12:34:37", "-03:30", 1_795_277_077),
    ("1970-01-01", "00:00:00", "+00:00", 0), ("2000-02-29", "23:59:59", "+00:00", 951_868_799),
    ("2024-03-01", "00:00:00", "+00:00", 1_709_251_200),
  ])
  func clocksAreUnderstood(date: String, time: String, offset: String, seconds: Double) {
    let row = RouterRow(["date": date, "time": time, "gmt-offset": offset])
    #expect(ClockReading.time(row)?.seconds == seconds)
  }

  @Test(arguments: [
    ("", "16:04:37", "+00:00"), ("2026-13-01", "16:04:37", "+00:00"),
    ("9999999999999999999-01-01", "16:04:37", "+00:00"), ("2026-11-21", "never", "+00:00"),
    ("2026-11-21", "16:04:37", ""), ("foo/21/2026", "16:04:37", "+00:00"),
    ("2026-11-21", "99:99:99", "+00:00"),
  ])
  func otherClocksAreNone(date: String, time: String, offset: String) {
    let row = RouterRow(["date": date, "time": time, "gmt-offset": offset])
    #expect(ClockReading.time(row) == nil)
  }
}

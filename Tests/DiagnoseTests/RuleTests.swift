import Model
import TestSupport
import Testing

@testable import Diagnose

/// What the checks rest on.
@Suite struct RuleTests {
  @Test(arguments: [
    ("6.49.20", true), ("6.49.21", false), ("6.50", false), ("7.1", true), ("7.22.9", true),
    ("7.23.3 (stable)", true), ("7.23.4 (long-term)", false), ("7.23.7 (long-term)", false),
    ("7.24", true), ("7.24beta3 (development)", true), ("7.24.1 (stable)", true),
    ("7.24.2 (stable)", false), ("7.25rc1 (testing)", false), ("8.0", false),
  ])
  func theHoleIsInTheVersionsBeforeItsMending(text: String, hasHole: Bool) throws {
    #expect(try #require(RouterOSVersion(text)).hasSSHHole == hasHole)
  }

  @Test(arguments: ["", "7", "seven", ".", "7.", "99999999999999999999.1", "x7.1"])
  func whatIsNoVersionIsNone(text: String) {
    #expect(RouterOSVersion(text) == nil)
  }

  @Test func aNameIsOneArgumentWhateverIsInIt() {
    #expect(ConsoleText.quoted(#"a "b" $c \ d"#) == #""a \"b\" \$c \\ d""#)
    #expect(ConsoleText.quoted("ü\n\u{1}") == #""\C3\BC\0A\01""#)
  }

  /// However odd a text is, it stays between the quotes that it is put in.
  @Test func noTextEndsItsQuotes() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<2000 {
      let length = Int.random(in: 0...20, using: &random)
      let odd: [UInt8] = Array(#""\$;[]{} a"#.utf8) + [0, 10, 0x7F, 0xC3, 0xFF]
      let text = String(
        decoding: (0..<length).map { _ in odd.randomElement(using: &random)! }, as: UTF8.self)
      let inner = ConsoleText.quoted(text).dropFirst().dropLast()
      var isEscaped = false
      for character in inner.utf8 {
        #expect((0x20...0x7E).contains(character))
        if !isEscaped {
          #expect(character != UInt8(ascii: "\"") && character != UInt8(ascii: "$"), "\(text)")
        }
        isEscaped = !isEscaped && character == UInt8(ascii: "\\")
      }
      #expect(!isEscaped)
    }
  }

  @Test(arguments: [
    ("192.168.88.1", #"subject-alt-name="IP:192.168.88.1""#),
    ("fe80::1", #"subject-alt-name="IP:fe80::1""#),
    ("router.lan", #"subject-alt-name="DNS:router.lan""#),
  ])
  func aCertificateIsForTheHost(host: String, name: String) {
    let commands = ConsoleText.certificate(for: host)
    #expect(
      commands.contains { if case .router(let text) = $0 { text.contains(name) } else { false } })
  }

  @Test func aChainOfParentsHasItsInterfaceOrNone() {
    var facts = RouterFacts.clean()
    func queue(_ name: String, _ parent: String) -> TreeQueue {
      TreeQueue(name: name, parent: parent, queueType: "default", maxLimit: .zero)
    }
    facts.queues.last = .read([
      queue("a", "b"), queue("b", "ether1"), queue("c", "d"), queue("d", "c"), queue("e", ""),
    ])
    let roots = facts.queues.newest?.map { facts.root(of: $0) }
    #expect(roots == ["ether1", "ether1", nil, nil, nil])
  }

  /// What is not certain is no finding.
  @Test func doubtIsNoFinding() {
    var facts = RouterFacts.clean()
    // Rates that change between the samples.
    facts.changeState { $0.lastApplied.download = mega(70) }
    var rows = facts.queues.first.value!
    rows[0].maxLimit = mega(79)
    facts.queues.first = .read(rows)
    // A loop that does not run leaves what it left.
    var stopped = RouterFacts.clean()
    stopped.changeState { $0.lastApplied.download = mega(70) }
    stopped.wans[0].runningProcess = nil
    // One busy moment.
    var busy = RouterFacts.clean()
    busy.resource.last = .read(RouterFacts.resource(load: 100))
    // A clock that took long to be read.
    var slow = RouterFacts.clean()
    slow.clock = .read(
      ClockReading(
        router: UnixTime(seconds: 112), host: UnixTime(seconds: 100),
        took: Milliseconds(seconds: 4)))
    // Counters that were reset between the samples.
    var reset = RouterFacts.clean()
    reset.queues = Samples(first: reset.queues.last, last: reset.queues.first)
    reset.interfaces = Samples(first: reset.interfaces.last, last: reset.interfaces.first)
    // Housekeeping of the flash in a short sample.
    var house = RouterFacts.clean()
    house.resource.last = .read(RouterFacts.resource(sectors: 14_202 + 64))
    for facts in [facts, stopped, busy, slow, reset, house] {
      #expect(facts.findings() == [])
    }
  }

  @Test func oneProcessMayServeTwoWANs() {
    var facts = RouterFacts.clean()
    var second = facts.wans[0]
    second.configFile = "wan2.yaml"
    facts.wans.append(second)
    #expect(facts.findings() == [])
    facts.wans[0].runningProcess = nil
    facts.wans[1].runningProcess = nil
    #expect(facts.findings().map(\.kind) == [.userShared])
  }

  @Test func fastTrackHarmsNoInterfaceQueueWithoutMarks() {
    var facts = RouterFacts.clean()
    facts.steering = nil
    facts.filterRules = .read([FirewallRule(id: "*7", action: "fasttrack-connection")])
    #expect(facts.findings() == [])
    facts.changeQueue(downName) { $0.parent = "global" }
    facts.filterRules = .read([
      FirewallRule(id: "*7", action: "fasttrack-connection", isDisabled: true),
      FirewallRule(id: "*8", action: "fasttrack-connection", isDynamic: true),
    ])
    #expect(facts.findings() == [])
  }

  @Test func theWorstComesFirst() {
    var facts = RouterFacts.clean()
    facts.clock = .failed(failure(.rejected))
    facts.changeResource(RouterFacts.resource(load: 99))
    facts.changeQueue(upName) { $0.isDisabled = true }
    #expect(facts.findings().map(\.severity) == [.error, .warning, .note])
  }
}

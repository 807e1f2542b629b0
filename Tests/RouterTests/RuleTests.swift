import Model
import Router
import Synchronization
import TestSupport
import Testing

/// Rules, connections and rows of menus over REST.
@Suite struct RuleTests {
  static let mangle = "/rest/ip/firewall/mangle"
  static let connections = "/rest/ip/firewall/connection"
  static let comment = try! RuleComment("ADAPTIVE: Steer latency-sensitive to WAN2")

  /// A router whose mangle table holds these rows.
  static func router(_ rows: [String]) throws -> FakeRouterOS {
    let router = try FakeRouterOS()
    router.set { $0.menus[mangle] = rows }
    return router
  }

  static func row(
    _ id: String, _ comment: String? = comment.text, _ more: String = ""
  ) -> String {
    let comment = comment.map { #","comment":"\#($0)""# } ?? ""
    return
      #"{".id":"\#(id)","action":"mark-routing","chain":"prerouting"\#(comment)\#(more),"bytes":"0"}"#
  }

  struct Standing: Sendable {
    var rows: [String]
    var status: RuleStatus
  }

  @Test(arguments: [
    Standing(rows: [], status: .missing),
    Standing(rows: [row("*1", nil), row("*2", "other")], status: .missing),
    Standing(rows: [row("*4")], status: .enabled),
    Standing(rows: [row("*4", comment.text, #","disabled":"false""#)], status: .enabled),
    Standing(rows: [row("*4", comment.text, #","disabled":"true""#)], status: .disabled),
    Standing(rows: [row("*4", comment.text, #","disabled":true"#)], status: .disabled),
    Standing(rows: [row("*4", comment.text + " (old)")], status: .missing),
    Standing(rows: [row("*4", "adaptive: steer latency-sensitive to wan2")], status: .missing),
    Standing(rows: [row("*4"), row("*5", comment.text + " too")], status: .enabled),
    Standing(rows: [row("*4", comment.text, #","dynamic":"true""#)], status: .missing),
    Standing(
      rows: [row("*4", comment.text, #","disabled":"true","dynamic":"false""#)], status: .disabled),
    Standing(
      rows: [row("*3", comment.text, #","dynamic":"true""#), row("*4")], status: .enabled),
    Standing(rows: [row("*4"), row("*5"), row("*6")], status: .ambiguous(count: 3)),
  ])
  func theStatusIsThatOfExactlyThisComment(standing: Standing) throws {
    let router = try Self.router(standing.rows)
    #expect(try router.port().ruleStatus(Self.comment) == standing.status)
    #expect(
      router.server.requests.map(\.path)
        == [Self.mangle + "?.proplist=.id,chain,comment,disabled,dynamic"])
  }

  @Test func aRuleIsSwitchedAndBackWithOneWriteEach() throws {
    let router = try Self.router([Self.row("*4"), Self.row("*5", "other")])
    let port = router.port()
    try port.setRule(Self.comment, enabled: false)
    #expect(try port.ruleStatus(Self.comment) == .disabled)
    try port.setRule(Self.comment, enabled: true)
    #expect(try port.ruleStatus(Self.comment) == .enabled)
    let writes = router.server.requests.filter { $0.method != "GET" }
    #expect(writes.map(\.method) == ["PATCH", "PATCH"])
    #expect(writes.map(\.path) == [Self.mangle + "/*4", Self.mangle + "/*4"])
    #expect(writes.map(\.body) == [#"{"disabled":"true"}"#, #"{"disabled":"false"}"#])
  }

  @Test func aRuleThatStandsAsWantedIsNotWrittenTo() throws {
    let router = try Self.router([Self.row("*4")])
    try router.port().setRule(Self.comment, enabled: true)
    #expect(router.server.requests.map(\.method) == ["GET"])
  }

  @Test func whatCannotBeSwitchedIsRefusedWithTheReason() throws {
    let router = try Self.router([Self.row("*4"), Self.row("*5")])
    let port = router.port()
    let twins = #expect(throws: RouterFailure.self) {
      try port.setRule(Self.comment, enabled: false)
    }
    #expect(twins?.failureClass == .rejected && twins?.outcome == .notDone)
    #expect(twins?.message.contains("2 rules in /ip/firewall/mangle have the comment") == true)
    router.set { $0.menus[Self.mangle] = [] }
    let missing = #expect(throws: RouterFailure.self) {
      try port.setRule(Self.comment, enabled: false)
    }
    #expect(missing?.failureClass == .missing && missing?.outcome == .notDone)
    #expect(missing?.description.contains("'\(Self.comment)'") == true)
    #expect(router.server.requests.allSatisfy { $0.method == "GET" })
  }

  @Test func aRuleMadeAnewBetweenLookingAndWritingIsFound() throws {
    let router = try Self.router([Self.row("*4")])
    router.fail("PATCH", times: 1, .json(404, #"{"error":404,"message":"Not Found"}"#))
    try router.port().setRule(Self.comment, enabled: false)
    #expect(router.server.requests.map(\.method) == ["GET", "PATCH", "GET", "PATCH"])
  }

  @Test func anAnswerThatDoesNotSayItIsNoSuccess() throws {
    let enabled = Self.row("*4", Self.comment.text, #","disabled":"false""#)
    for body in [enabled, Self.row("*4"), Self.row("*4", "other", #","disabled":"true""#), "{}"] {
      let router = try Self.router([Self.row("*4")])
      router.fail("PATCH", .json(200, body))
      let port = router.port()
      let failure = #expect(throws: RouterFailure.self) {
        try port.setRule(Self.comment, enabled: false)
      }
      #expect(failure?.failureClass == .verifyMismatch && failure?.outcome == .unknown)
      #expect(router.server.requests.map(\.method) == ["GET", "PATCH", "GET", "PATCH"])
    }
  }

  @Test func anIDThatIsNoneNeverComesIntoAPath() throws {
    let router = try Self.router([Self.row("../../user/1")])
    let port = router.port()
    let failure = #expect(throws: RouterFailure.self) {
      try port.setRule(Self.comment, enabled: false)
    }
    #expect(failure?.failureClass == .protocolError)
    #expect(router.server.requests.map(\.method) == ["GET"])
  }
}

/// Tracked connections, and menus read as they are.
@Suite struct MenuRowTests {
  static func connection(_ id: Int, from source: String, to target: String) -> String {
    let id = String(id, radix: 16, uppercase: true)
    return #"{".id":"*\#(id)","dst-address":"\#(target)","src-address":"\#(source)"}"#
  }

  @Test func connectionsOfThePortsAreRemovedAndNoOthers() throws {
    let router = try FakeRouterOS()
    let others = [
      Self.connection(1, from: "192.0.2.1:50600", to: "198.51.100.1:443"),
      Self.connection(2, from: "192.0.2.1", to: "198.51.100.1"),
      Self.connection(3, from: "192.0.2.5060", to: "198.51.100.1:65536"),
    ]
    let wanted = [
      Self.connection(17, from: "192.0.2.1:5060", to: "198.51.100.1:40000"),
      Self.connection(18, from: "192.0.2.1:40000", to: "198.51.100.1:5060"),
      Self.connection(19, from: "192.0.2.9:40000", to: "198.51.100.1:3478"),
    ]
    router.set { $0.menus[RuleTests.connections] = others + wanted }
    #expect(try router.port().flushConnections(ports: [5060, 3478]) == 3)
    #expect(router.world.withLock { $0.menus[RuleTests.connections] } == others)
    let requests = router.server.requests
    #expect(requests.map(\.method) == ["GET", "POST"])
    #expect(requests[1].body == #"{".id":"*11,*12,*13"}"#)
    #expect(try router.port().flushConnections(ports: [5060]) == 0)
    #expect(try router.port().flushConnections(ports: []) == 0)
    #expect(router.server.requests.count == 3)
  }

  @Test func manyConnectionsAreRemovedInBatches() throws {
    let router = try FakeRouterOS()
    router.set {
      $0.menus[RuleTests.connections] = (1...250).map {
        Self.connection($0, from: "192.0.2.1:\(1024 + $0)", to: "198.51.100.1:443")
      }
    }
    #expect(try router.port().flushConnections(ports: [443]) == 250)
    #expect(router.world.withLock { $0.menus[RuleTests.connections] } == [])
    #expect(router.server.requests.map(\.method) == ["GET", "POST", "POST", "POST"])
  }

  @Test func aConnectionThatEndsMeanwhileDoesNotHinder() throws {
    let router = try FakeRouterOS()
    router.set {
      $0.menus[RuleTests.connections] = (1...3).map {
        Self.connection($0, from: "192.0.2.1:\(1024 + $0)", to: "198.51.100.1:443")
      }
    }
    router.fail("POST", times: 1, .json(404, #"{"error":404,"message":"Not Found"}"#))
    #expect(try router.port().flushConnections(ports: [443]) == 3)
    #expect(router.server.requests.map(\.method) == ["GET", "POST", "GET", "POST"])
  }

  @Test func theRemovalOfConnectionsIsBounded() throws {
    let router = try FakeRouterOS()
    router.set {
      $0.menus[RuleTests.connections] = [Self.connection(1, from: "192.0.2.1:1", to: "192.0.2.2:2")]
    }
    router.fail("POST", .json(404, #"{"error":404,"message":"Not Found"}"#))
    let port = router.port()
    let failure = #expect(throws: RouterFailure.self) { try port.flushConnections(ports: [1]) }
    #expect(failure?.failureClass == .missing)
    #expect(router.server.requests.count == 10)
  }

  @Test func theRowsOfAMenuAreTextsByProperty() throws {
    let router = try FakeRouterOS()
    router.set {
      $0.menus["/rest/user"] = [
        #"{".id":"*1","name":"admin","disabled":false,"count":7,"list":[1,"b"],"odd":{"a":1},"none":null}"#,
        #"{".id":"*2","name":"b","disabled":"yes"}"#,
      ]
    }
    let rows = try router.port().readRows(.users, properties: [])
    #expect(rows.map(\.id) == ["*1", "*2"])
    #expect(rows[0]["name"] == "admin" && rows[0]["count"] == "7")
    #expect(rows[0]["list"] == "1,b")
    #expect(rows[0]["odd"] == nil && rows[0]["none"] == nil && rows[0]["absent"] == nil)
    #expect(rows.map { $0.flag("disabled") } == [false, true])
    #expect(rows[0].flag("name") == nil && rows[0].flag("absent") == nil)
    _ = try router.port().readRows(.users, properties: ["name", "a b&c"])
    #expect(
      router.server.requests.map(\.path)
        == ["/rest/user", "/rest/user?.proplist=name,a%20b%26c"])
  }

  @Test func aSingletonIsOneRow() throws {
    let rows = try FakeRouterOS().port().readRows(.identity, properties: [])
    #expect(rows.map { $0["name"] } == ["MikroTik"])
    #expect(rows[0].id == nil)
  }

  @Test func pathsAreThoseOfTheManual() {
    #expect(RouterMenu.mangle.restPath == "/rest/ip/firewall/mangle")
    #expect(RouterMenu.mangle.consolePath == "/ip firewall mangle")
    #expect("\(RouterMenu.queueTree)" == "/queue/tree")
    #expect(RouterMenu.users.consolePath == "/user")
    #expect(RouterMenu.clock.isSingleton && !RouterMenu.packages.isSingleton)
  }

  @Test func aMenuThatIsNotThereIsAFailure() throws {
    let port = try FakeRouterOS().port()
    let failure = #expect(throws: RouterFailure.self) {
      try port.readRows(.certificates, properties: [])
    }
    #expect(failure?.failureClass == .missing)
    #expect(failure?.operation == "read /certificate")
  }
}

/// The port that pretends.
@Suite struct DryRunRuleTests {
  @Test func aRuleIsSwitchedInPretenceOnly() throws {
    let router = try RuleTests.router([RuleTests.row("*4")])
    let port = DryRunPort(router.port())
    try port.setRule(RuleTests.comment, enabled: false)
    #expect(try port.ruleStatus(RuleTests.comment) == .disabled)
    #expect(router.server.requests.allSatisfy { $0.method == "GET" })
    router.set { $0.menus[RuleTests.mangle] = [] }
    #expect(try port.ruleStatus(RuleTests.comment) == .missing)
    let failure = #expect(throws: RouterFailure.self) {
      try port.setRule(RuleTests.comment, enabled: true)
    }
    #expect(failure?.failureClass == .missing)
  }

  @Test func connectionsAreCountedAndStay() throws {
    let router = try FakeRouterOS()
    router.set {
      $0.menus[RuleTests.connections] = [
        MenuRowTests.connection(1, from: "192.0.2.1:1", to: "192.0.2.2:2"),
        MenuRowTests.connection(2, from: "192.0.2.1:3", to: "192.0.2.2:2"),
      ]
    }
    #expect(try DryRunPort(router.port()).flushConnections(ports: [1]) == 1)
    #expect(router.world.withLock { $0.menus[RuleTests.connections]?.count } == 2)
  }
}

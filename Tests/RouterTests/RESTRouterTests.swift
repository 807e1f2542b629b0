import Foundation
import Model
import Router
import Synchronization
import TestSupport
import Testing

@Suite struct RESTRouterTests {
  func failure(_ body: () throws(RouterFailure) -> Void) -> RouterFailure? {
    do { try body() } catch { return error }
    return nil
  }

  @Test func aWriteIsOneRequestWithMaxLimitOnly() throws {
    let router = try FakeRouterOS()
    let port = router.port()
    _ = try port.readQueues([down, up])
    try port.setLimit(BitsPerSecond(612_000_000), of: down)
    #expect(router.limit("WAN-Download-1") == 612_000_000)
    let requests = router.server.requests
    #expect(requests.count == 2)
    #expect(requests[1].method == "PATCH")
    #expect(requests[1].path == "/rest/queue/tree/*1000000")
    #expect(requests[1].body == #"{"max-limit":"612000000"}"#)
    #expect(requests[1].headers["content-type"] == "application/json")
    #expect(requests[1].headers["expect"] == nil)
    #expect(
      requests[1].headers["authorization"] == "Basic "
        + Data("wanctl-rate:s3cret!".utf8)
        .base64EncodedString())
  }

  @Test func aHundredOperationsUseOneConnection() throws {
    let router = try FakeRouterOS()
    let port = router.port()
    for rate in 1...100 { try port.setLimit(BitsPerSecond(Int64(rate) * 1_000_000), of: down) }
    #expect(router.server.connections == 1)
    // One lookup, then a hundred writes.
    #expect(router.server.requests.count == 101)
  }

  @Test func bothQueuesAreReadInOneRequest() throws {
    let router = try FakeRouterOS()
    let rows = try router.port().readQueues([up, try Identifier("Nobody"), down])
    #expect(router.server.requests.count == 1)
    #expect(rows.map { $0?.name } == ["WAN-Upload-1", nil, "WAN-Download-1"])
    let row = try #require(rows[2])
    #expect(row.maxLimit == BitsPerSecond(800_000_000))
    #expect(row.rate == BitsPerSecond(48_213_344))
    #expect(row.bytes == 1000 && row.packets == 184_614_358 && row.dropped == 0)
    #expect(row.queuedBytes == 18168 && row.queuedPackets == 12)
    #expect(row.queueType == "cake-down-wan1" && row.parent == "bridge1")
    #expect(!row.isDisabled && !row.isInvalid)
    #expect(
      router.server.requests[0].body.contains(
        ##"".query":["name=WAN-Upload-1","name=Nobody","name=WAN-Download-1","#|","#|"]"##))
  }

  @Test func theRouterTellsWhoItIs() throws {
    let identity = try FakeRouterOS().port().probe()
    #expect(identity.name == "MikroTik")
    #expect(identity.resource.version == "7.23.7 (long-term)")
    #expect(identity.resource.board == "RB5009UG+S+")
    #expect(identity.resource.uptime == Milliseconds(seconds: 602_363))
    #expect(identity.resource.sectorsWritten == 14202)
  }

  @Test func leafKindsAndNamesAreListed() throws {
    let router = try FakeRouterOS()
    let port = router.port()
    #expect(try port.leafKind(ofType: "cake-down-wan1") == "cake")
    #expect(try port.leafKind(ofType: "strange type+") == nil)
    #expect(router.server.requests[1].path.contains("name=strange%20type%2B"))
    #expect(try port.queueNames() == ["WAN-Download-1", "WAN-Upload-1"])
  }

  @Test func aQueueMadeAnewIsFoundAgainWithTwoMoreRequests() throws {
    let router = try FakeRouterOS()
    let port = router.port()
    try port.setLimit(BitsPerSecond(1_000_000), of: down)
    router.set { $0.rows["WAN-Download-1"]!.id = "*1000099" }
    let before = router.server.requests.count
    try port.setLimit(BitsPerSecond(2_000_000), of: down)
    #expect(router.limit("WAN-Download-1") == 2_000_000)
    #expect(router.server.requests[before...].map(\.method) == ["PATCH", "GET", "PATCH"])
  }

  @Test func aNameThatIsGoneIsLookedUpOnceMore() throws {
    let router = try FakeRouterOS()
    let port = router.port()
    _ = try port.readQueues([down])
    router.fail(
      "PATCH", times: 1,
      .json(400, #"{"detail":"no such command or directory (WAN-Download-1)","error":400}"#))
    try port.setLimit(BitsPerSecond(3_000_000), of: down)
    #expect(router.server.requests.map(\.method) == ["POST", "PATCH", "GET", "PATCH"])
  }

  @Test func aQueueThatIsNotThereIsMissing() throws {
    let port = try FakeRouterOS().port()
    let name = try Identifier("Gone")
    let failure = try #require(
      failure { () throws(RouterFailure) in try port.setLimit(BitsPerSecond(1), of: name) })
    #expect(failure.failureClass == .missing)
    #expect(failure.outcome == .notDone)
    #expect(failure.message.contains("'Gone'"))
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var status: Int
    var body: String
    var failureClass: RouterFailure.Class
    var outcome = RouterFailure.Outcome.unknown
    var says: String
    var testDescription: String { "\(status) \(body)" }

    init(
      _ status: Int, detail: String?, _ failureClass: RouterFailure.Class,
      outcome: RouterFailure.Outcome = .unknown, says: String
    ) {
      self.status = status
      body =
        detail.map { #"{"detail":"\#($0)","error":\#(status),"message":"x"}"# }
        ?? #"{"error":\#(status),"message":"x"}"#
      self.failureClass = failureClass
      self.outcome = outcome
      self.says = says
    }
  }

  @Test(arguments: [
    Refusal(401, detail: nil, .authFailure, outcome: .notDone, says: "router.password"),
    Refusal(403, detail: nil, .serviceOff, outcome: .notDone, says: "rest-plain=yes"),
    Refusal(500, detail: "std failure: not allowed (9)", .permission, says: "policy api"),
    Refusal(500, detail: "not enough permissions (9)", .permission, says: "policy write"),
    Refusal(400, detail: "missing or invalid resource identifier", .permission, says: "write"),
    Refusal(400, detail: "Session closed", .busy, says: "a router user for this daemon alone"),
    Refusal(400, detail: "unknown parameter x", .rejected, says: "unknown parameter x"),
    Refusal(400, detail: "invalid value for argument max-limit", .rejected, says: "max-limit"),
    Refusal(406, detail: "no such command", .rejected, says: "HTTP 406"),
    Refusal(415, detail: nil, .protocolError, says: "HTTP 415"),
    Refusal(503, detail: nil, .protocolError, says: "HTTP 503"),
  ])
  func eachRefusalHasItsClassAndItsWayOut(refusal: Refusal) throws {
    let router = try FakeRouterOS()
    let port = router.port()
    _ = try port.readQueues([down])
    router.fail("PATCH", .json(refusal.status, refusal.body))
    let failure = try #require(
      failure { () throws(RouterFailure) in try port.setLimit(BitsPerSecond(5), of: down) })
    #expect(failure.failureClass == refusal.failureClass)
    #expect(failure.outcome == refusal.outcome)
    #expect(failure.message.contains(refusal.says), "\(failure.message)")
    #expect(failure.operation == "set WAN-Download-1 to 5")
    // A refusal is not repeated by the port.
    #expect(router.server.requests.count == 2)
    #expect(!"\(failure)".contains("s3cret"))
  }

  @Test func anHTMLPageMeansThatTheServiceIsOff() throws {
    let router = try FakeRouterOS()
    router.fail("POST", .html(403, "<html>Forbidden</html>"))
    let port = router.port()
    let failure = failure { () throws(RouterFailure) in _ = try port.readQueues([down]) }
    #expect(failure?.failureClass == .serviceOff)
  }

  @Test func aValueThatDidNotChangeIsNoSuccess() throws {
    let router = try FakeRouterOS()
    let port = router.port()
    _ = try port.readQueues([down])
    let unchanged = FakeRouterOS.json("WAN-Download-1", FakeRouterOS.rows["WAN-Download-1"]!)
    router.fail("PATCH", .json(200, unchanged))
    let failure = try #require(
      failure { () throws(RouterFailure) in try port.setLimit(BitsPerSecond(5), of: down) })
    #expect(failure.failureClass == .verifyMismatch)
    #expect(failure.outcome == .unknown)
    #expect(failure.message.contains("800M"))
    // Looked up and tried once more, no oftener.
    #expect(router.server.requests.map(\.method) == ["POST", "PATCH", "GET", "PATCH"])
  }

  @Test func anAnswerAboutAnotherQueueIsNoSuccess() throws {
    let router = try FakeRouterOS()
    let port = router.port()
    _ = try port.readQueues([down])
    let row = FakeRouterOS.Row(id: "*1000000", limit: 5)
    router.fail("PATCH", .json(200, FakeRouterOS.json("Guests", row)))
    let failure = try #require(
      failure { () throws(RouterFailure) in try port.setLimit(BitsPerSecond(5), of: down) })
    #expect(failure.failureClass == .verifyMismatch)
    #expect(failure.message.contains("'Guests'"))
  }

  @Test func anIDThatCameToMeanAnotherQueueIsDropped() throws {
    let router = try FakeRouterOS()
    let port = router.port()
    _ = try port.readQueues([down, up])
    router.set { world in
      world.rows["WAN-Upload-1"]!.id = "*1000000"
      world.rows["WAN-Download-1"]!.id = "*1000007"
    }
    try port.setLimit(BitsPerSecond(9_000_000), of: down)
    #expect(router.limit("WAN-Download-1") == 9_000_000)
  }

  @Test(arguments: [
    "", "[", "{}", "[]", "null", "<html>", "\u{0}", #"{"name":5}"#, #"{"name":"WAN-Download-1"}"#,
    #"{"name":"WAN-Download-1","max-limit":"fast"}"#, #"{"name":"WAN-Download-1","max-limit":""}"#,
    #"[{"name":"WAN-Download-1","max-limit":"5"}]"#,
  ])
  func anAnswerThatIsNoneConfirmsNothing(body: String) throws {
    let router = try FakeRouterOS()
    let port = router.port()
    _ = try port.readQueues([down])
    router.fail("PATCH", .json(200, body))
    let failure = try #require(
      failure { () throws(RouterFailure) in try port.setLimit(BitsPerSecond(5), of: down) })
    #expect([.protocolError, .verifyMismatch].contains(failure.failureClass))
    #expect(failure.outcome == .unknown)
  }

  @Test func suffixesAndOtherBooleansAreUnderstood() throws {
    let router = try FakeRouterOS()
    let rows =
      #"[{".id":"*A","name":"WAN-Download-1","max-limit":"612M","rate":"48.2Mbps","bytes":"x","#
      + #""disabled":"yes","invalid":true,"unknown":{"a":[1]}}]"#
    router.fail("POST", .json(200, rows))
    let row = try #require(try router.port().readQueues([down])[0])
    #expect(row.maxLimit == BitsPerSecond(612_000_000))
    #expect(row.rate == BitsPerSecond(48_200_000))
    #expect(row.bytes == nil && row.packets == nil)
    #expect(row.isDisabled && row.isInvalid)
  }

  @Test func aCommentWithABackslashDoesNotHideAConfirmation() throws {
    let router = try FakeRouterOS()
    let port = router.port()
    _ = try port.readQueues([down])
    router.fail(
      "PATCH",
      .json(200, #"{"comment":"a\qb\\ \"c","max-limit":"5","name":"WAN-Download-1"}"#))
    try port.setLimit(BitsPerSecond(5), of: down)
  }

  @Test func anIDThatIsNoneNeverComesIntoAPath() throws {
    let router = try FakeRouterOS()
    router.fail { request in
      request.method == "PATCH"
        ? nil
        : .json(200, #"[{".id":"../../user/1","name":"WAN-Download-1","max-limit":"5"}]"#)
    }
    let port = router.port()
    _ = try port.readQueues([down])
    let failure = failure { () throws(RouterFailure) in
      try port.setLimit(BitsPerSecond(5), of: down)
    }
    #expect(failure?.failureClass == .missing)
    #expect(router.server.requests.allSatisfy { !$0.path.contains("user") })
  }

  @Test func aNegativeRateNeverReachesTheRouter() throws {
    let router = try FakeRouterOS()
    let port = router.port()
    let failure = failure { () throws(RouterFailure) in
      try port.setLimit(BitsPerSecond(-1), of: down)
    }
    #expect(failure?.failureClass == .rejected)
    #expect(router.server.requests.isEmpty)
  }
}

import Foundation
import Testing

@testable import RouterSim

/// Each fault mode does to a client what its row in docs/routersim.md says.
@Suite struct FaultTests {
  private static let queue = "/rest/queue/tree/*1000000"
  private static let change = #"{"max-limit":"1M"}"#
  private let queue = FaultTests.queue
  private let change = FaultTests.change

  private func limit(_ router: Router, _ name: String = "WAN-Download-1") throws -> JSON? {
    try router.get("/queues")[name]
  }

  // MARK: Transport

  @Test func t1RefusesConnectionsUntilItEnds() throws {
    let router = try Router()
    let open = try router.client()
    try open.ask("GET", queue)
    try router.fault(#"{"fault":"T1","args":{"service":"www"}}"#)
    #expect(open.ending() == .reset)
    #expect(throws: Client.Trouble.refused) { try router.client() }
    try router.clearFaults()
    #expect(try router.ask("GET", queue).status == 200)
    try router.fault(#"{"fault":"T1","args":{"ms":500}}"#)
    #expect(throws: Client.Trouble.refused) { try router.client() }
    try router.advance(ms: 500)
    #expect(try router.ask("GET", queue).status == 200)
  }

  @Test func t2LeavesTheClientWaiting() throws {
    let router = try Router()
    try router.fault(#"{"fault":"T2","match":{"method":"PATCH"}}"#)
    let client = try router.client(timeout: 0.2)
    #expect(throws: Client.Trouble.timeout) { try client.ask("PATCH", queue, change) }
    #expect(try limit(router) == 800_000_000)
    client.leave()
    #expect(try router.ask("PATCH", queue, change).status == 200)
  }

  @Test func t2CanDropSYNsOrStaySilentFromTheStart() throws {
    let router = try Router()
    let old = try router.client(timeout: 0.2)
    try old.ask("GET", queue)
    try router.fault(#"{"fault":"T2","args":{"stage":"syn","service":"www"}}"#)
    #expect(throws: Client.Trouble.timeout) { try old.ask("GET", queue) }
    #expect(throws: Client.Trouble.timeout) { try router.client(timeout: 0.3) }
    try router.clearFaults()
    #expect(try router.ask("GET", queue).status == 200)
    try router.fault(#"{"fault":"T2","args":{"stage":"tls"}}"#)
    let silent = try router.client(timeout: 0.2)
    #expect(throws: Client.Trouble.timeout) { try silent.ask("GET", queue) }
    try router.clearFaults()
    #expect(try router.ask("GET", queue).status == 200)
  }

  @Test(arguments: [true, false])
  func t3ResetsBeforeTheAnswer(isApplied: Bool) throws {
    let router = try Router()
    try router.fault(#"{"fault":"T3","args":{"applied":\#(isApplied)}}"#)
    #expect(throws: Client.Trouble.reset) { try router.ask("PATCH", queue, change) }
    #expect(try limit(router) == (isApplied ? 1_000_000 : 800_000_000))
    #expect(try router.requests().last?["outcome"] == "reset")
  }

  @Test(arguments: [("fin", Client.Trouble.closed), ("rst", .reset)])
  func t4ClosesAnIdleConnectionAsItIsUsedAgain(how: String, trouble: Client.Trouble) throws {
    let router = try Router()
    try router.fault(#"{"fault":"T4","args":{"how":"\#(how)"}}"#)
    let client = try router.client()
    #expect(try client.ask("GET", queue).status == 200)
    #expect(throws: trouble) { try client.ask("PATCH", queue, change) }
    #expect(try limit(router) == 800_000_000)
    #expect(try router.ask("PATCH", queue, change).status == 200)
  }

  @Test func t5CutsTheBody() throws {
    let router = try Router()
    try router.fault(#"{"fault":"T5","args":{"bytes":10}}"#)
    #expect(throws: Client.Trouble.closed) { try router.ask("PATCH", queue, change) }
    #expect(try limit(router) == 1_000_000)
  }

  @Test func t6Drips() throws {
    let router = try Router()
    try router.fault(#"{"fault":"T6","args":{"ms":100,"bytes":7}}"#)
    let client = try router.client(timeout: 0.2)
    try client.send("GET", "/rest/system/identity")
    #expect(throws: Client.Trouble.timeout) { try client.answer() }
    try router.advance(ms: 100_000)
    #expect(try client.answer().body == #"{"name":"MikroTik"}"#)
  }

  @Test func t7SendsNonsense() throws {
    let router = try Router()
    let client = try router.client()
    for (kind, check) in [
      ("json", { $0.hasSuffix(#""name":"#) }), ("empty", { $0.isEmpty }),
      ("html", { $0.hasPrefix("<html>") }), ("nul", { $0.contains("\0") }),
      ("huge", { $0.utf8.count == 5_000_000 }),
    ] as [(String, (String) -> Bool)] {
      try router.fault(#"{"fault":"T7","args":{"kind":"\#(kind)","bytes":5000000}}"#)
      let answer = try client.ask("GET", queue)
      #expect(answer.status == 200)
      #expect(check(answer.body), "\(kind): \(answer.body.prefix(80))")
    }
  }

  @Test func t8Stalls() throws {
    let router = try Router()
    try router.fault(#"{"fault":"T8"}"#)
    let client = try router.client(timeout: 0.1)
    try client.send("GET", queue)
    try router.waitForRequests(1, outcome: "pending")
    try router.advance(ms: 39)
    #expect(throws: Client.Trouble.timeout) { try client.answer() }
    try router.advance(ms: 1)
    #expect(try client.answer().status == 200)
  }

  // MARK: Rights and answers

  static let answers: [(String, Int, String)] = [
    (#"{"fault":"A1"}"#, 401, "Unauthorized"),
    (#"{"fault":"A2","args":{"kind":"api"}}"#, 500, "std failure: not allowed (9)"),
    (#"{"fault":"A2"}"#, 400, "missing or invalid resource identifier"),
    (#"{"fault":"A3"}"#, 403, "<html>"),
    (#"{"fault":"E1","args":{"detail":"unknown parameter x"}}"#, 400, "unknown parameter x"),
    (#"{"fault":"E3"}"#, 200, #""max-limit":"800000000""#),
    (#"{"fault":"E6"}"#, 415, "Unsupported Media Type"),
    (#"{"fault":"Q2"}"#, 400, "Session closed"),
  ]

  @Test(arguments: answers)
  func refusedWithoutEffect(fault: String, status: Int, says: String) throws {
    let router = try Router()
    try router.fault(fault)
    let answer = try router.ask("PATCH", queue, change)
    #expect(answer.status == status)
    #expect(answer.body.contains(says), "\(answer.body)")
    #expect(try limit(router) == 800_000_000)
    #expect(try router.ask("PATCH", queue, change).status == 200)
  }

  @Test func a2OfAReadNamesThePermission() throws {
    let router = try Router()
    try router.fault(#"{"fault":"A2"}"#)
    #expect(try router.ask("GET", queue).body.contains("not enough permissions (9)"))
  }

  @Test func e2GivesAQueueANewIdentity() throws {
    let router = try Router()
    try router.fault(
      #"{"fault":"E2","match":{"method":"PATCH"},"args":{"queue":"WAN-Download-1"}}"#)
    let client = try router.client()
    #expect(try client.ask("GET", queue).status == 200)
    #expect(try client.ask("PATCH", queue, change).status == 404)
    let found = try client.ask("GET", "/rest/queue/tree?name=WAN-Download-1&.proplist=bytes")
    #expect(found.body == #"[{".id":"*1000004","bytes":"0"}]"#)
  }

  @Test func e4WritesToAnotherRecord() throws {
    let router = try Router()
    try router.fault(
      #"{"fault":"E4","match":{"method":"PATCH"},"args":{"queue":"WAN-Download-1","with":"WAN-Upload-2"}}"#
    )
    let answer = try router.ask("PATCH", queue, change)
    #expect(answer.status == 200)
    #expect(answer.body.contains(#""name":"WAN-Upload-2""#))
    #expect(try limit(router) == 800_000_000)
    #expect(try limit(router, "WAN-Upload-2") == 1_000_000)
  }

  @Test func e5RefusesWhatItDid() throws {
    let router = try Router()
    try router.fault(#"{"fault":"E5"}"#)
    let answer = try router.ask("PATCH", queue, change)
    #expect(answer.status == 400)
    #expect(try limit(router) == 1_000_000)
  }

  @Test func q3HandsOutAStaleAnswer() throws {
    let router = try Router()
    let open = try router.client()
    try router.fault(#"{"fault":"Q3","args":{"ms":1000,"status":401}}"#)
    #expect(open.ending() == .reset)
    try router.advance(ms: 799)
    #expect(try router.client().ending() == .reset)
    try router.advance(ms: 1)
    #expect(try router.ask("PATCH", queue, change).status == 401)
    #expect(try limit(router) == 800_000_000)
    #expect(try router.ask("PATCH", queue, change).status == 200)
  }

  // MARK: Values

  @Test func v1CountersGoBack() throws {
    let router = try Router()
    try router.fault(#"{"fault":"V1","args":{"queue":"WAN-Download-1","by":1200}}"#)
    let row = try router.ask("GET", queue).body
    #expect(row.contains(#""bytes":"272603900953""#))
    #expect(row.contains(#""packets":"184614357""#))
    try router.fault(#"{"fault":"V1"}"#)
    #expect(try router.ask("GET", queue).body.contains(#""bytes":"0""#))
  }

  @Test func v2StatisticsLookOdd() throws {
    let router = try Router()
    let client = try router.client()
    try router.fault(#"{"fault":"V2","args":{"field":"rate","kind":"suffix"}}"#)
    #expect(try client.ask("GET", queue).body.contains(#""rate":"48.2Mbps""#))
    try router.fault(#"{"fault":"V2","args":{"field":"bytes","kind":"missing"}}"#)
    #expect(try !client.ask("GET", "/rest/queue/tree").body.contains(#""bytes""#))
    try router.fault(#"{"fault":"V2","args":{"field":"bytes","kind":"empty"}}"#)
    #expect(try client.ask("GET", queue).body.contains(#""bytes":"""#))
  }

  @Test func v3FreezesDrops() throws {
    let router = try Router()
    try router.post(
      "/world", #"{"switches":{"countCakeDrops":true}}"#)
    try router.post("/series", #"{"queue":"WAN-Download-1","pin":[{"dropped":77}]}"#)
    #expect(try router.ask("GET", queue).body.contains(#""dropped":"77""#))
    try router.fault(#"{"fault":"V3"}"#)
    #expect(try router.ask("GET", queue).body.contains(#""dropped":"0""#))
    try router.clearFaults()
    #expect(try router.ask("GET", queue).body.contains(#""dropped":"77""#))
  }

  @Test func v4AQueueIsNotWhatItWas() throws {
    let router = try Router()
    for (kind, text) in [
      ("disabled", #""disabled":"true""#), ("invalid", #""invalid":"true""#),
      ("leaf", #""queue":"default-small""#), ("deleted", "Not Found"),
    ] {
      try router.fault(
        #"{"fault":"V4","args":{"queue":"WAN-Download-1","kind":"\#(kind)"}}"#)
      #expect(try router.ask("GET", queue).body.contains(text), "\(kind)")
    }
    try router.post(
      "/fault", #"{"fault":"V4","args":{"queue":"WAN-Download-1"}}"#, expecting: 400)
    try router.post("/fault", #"{"fault":"V4","args":{"kind":"odd"}}"#, expecting: 400)
  }

  @Test func v5RulesHaveTwins() throws {
    let router = try Router()
    for kind in ["duplicate", "dynamic", "substring", "fasttrack"] {
      try router.fault(#"{"fault":"V5","args":{"kind":"\#(kind)"}}"#)
    }
    let rows = try router.get("/state")["rows"]?["ip/firewall/mangle"]?.elements ?? []
    let comments = rows.suffix(4).map { $0["comment"]?.text ?? "" }
    let ours = Firewall.steeringComment
    #expect(comments[0] == ours && comments[1] == ours)
    #expect(comments[2] != ours && comments[2].contains(ours))
    #expect(rows.suffix(4).map { $0["dynamic"]?.flag } == [false, true, false, true])
  }

  @Test func v6LeavesDisabledOut() throws {
    let router = try Router()
    try router.fault(#"{"fault":"V6"}"#)
    #expect(try !router.ask("GET", "/rest/ip/firewall/mangle/*4").body.contains("disabled"))
  }

  @Test func v7SomebodyElseChangesThings() throws {
    let router = try Router()
    try router.fault(#"{"fault":"V7","args":{"queue":"WAN-Upload-1","max-limit":"3M"}}"#)
    #expect(try limit(router, "WAN-Upload-1") == 3_000_000)
    try router.fault(#"{"fault":"V7","args":{"comment":"\#(Firewall.steeringComment)"}}"#)
    #expect(
      try router.ask("GET", "/rest/ip/firewall/mangle/*4").body
        .contains(#""disabled":"false""#))
  }

  // MARK: Boots

  @Test func b1RebootsInStages() throws {
    let router = try Router()
    let old = try router.client(timeout: 0.2)
    try old.ask("PATCH", queue, change)
    let late = try router.client()
    try router.fault(#"{"fault":"Q1","args":{"user":"wanctl-steer","ms":10}}"#)
    try late.send("PATCH", queue, #"{"max-limit":"2M"}"#, user: "wanctl-steer")
    try router.waitForRequests(1, outcome: "pending")
    try router.fault(#"{"fault":"B1","args":{"downMs":1000,"refuseMs":500}}"#)
    #expect(throws: Client.Trouble.timeout) { try old.ask("GET", queue) }
    #expect(throws: Client.Trouble.timeout) { try router.client(timeout: 0.3) }
    try router.advance(ms: 1000)
    #expect(old.ending() == .reset)
    #expect(throws: Client.Trouble.refused) { try router.client() }
    try router.advance(ms: 500)
    #expect(try router.ask("GET", "/rest/queue/tree").body == "[]")
    #expect(try router.ask("GET", queue).status == 404)
    #expect(try router.ask("GET", "/rest/system/resource").body == #"{"uptime":"0s"}"#)
    try router.advance(ms: 5000)
    let row = try router.ask("GET", queue).body
    #expect(row.contains(#""bytes":"0""#))
    #expect(row.contains(#""max-limit":"1000000""#))
    let resource = try router.ask("GET", "/rest/system/resource").body
    #expect(resource.contains(#""uptime":"5s""#))
    #expect(resource.contains(#""write-sect-since-reboot":"0","write-sect-total":"58111""#))
  }

  @Test func b2RebootsUnseen() throws {
    let router = try Router()
    try router.fault(#"{"fault":"B2","args":{"uptimeSec":12}}"#)
    #expect(
      try router.ask("GET", "/rest/system/resource").body.contains(#""uptime":"12s""#))
    #expect(try router.ask("GET", queue).body.contains(#""packets":"0""#))
  }

  @Test func f1WearsTheFlash() throws {
    let router = try Router()
    try router.fault(#"{"fault":"F1","args":{"perHour":7200}}"#)
    try router.advance(ms: 60_000)
    #expect(
      try router.ask("GET", "/rest/system/resource").body
        .contains(#""write-sect-since-reboot":"14322""#))
  }

  // MARK: The book

  @Test func faultsWaitForTheirRequest() throws {
    let router = try Router()
    try router.fault(
      #"{"fault":"E1","match":{"user":"wanctl-rate","method":"PATCH","path":"queue/tree","service":"www","body":"max-limit"},"after":1,"count":2}"#
    )
    func status(_ method: String, _ user: String = "wanctl-rate") throws -> Int {
      try router.ask(method, queue, method == "GET" ? nil : change, user: user).status
    }
    #expect(try status("PATCH") == 200)
    #expect(try status("GET") == 200)
    #expect(try status("PATCH", "wanctl-steer") == 200)
    #expect(try status("PATCH") == 400)
    #expect(try status("PATCH") == 400)
    #expect(try status("PATCH") == 200)
    let armed = try router.get("/fault").elements ?? []
    #expect(armed.first?["fired"] == 2)
    #expect(try router.requests().compactMap { $0["faults"]?.elements?.first } == ["E1", "E1"])
  }

  @Test func aFaultForAllRequestsCanBeTakenBack() throws {
    let router = try Router()
    let first = try router.fault(#"{"fault":"A1","count":0}"#)
    try router.fault(#"{"fault":"E1","count":0}"#)
    for _ in 0..<3 { #expect(try router.ask("GET", queue).status == 401) }
    _ = try router.control.ask("DELETE", "/fault?id=\(first)", user: nil)
    #expect(try router.ask("GET", queue).status == 400)
    try router.clearFaults()
    #expect(try router.ask("GET", queue).status == 200)
  }

  @Test(arguments: [
    #"{"fault":"T99"}"#, #"{"fault":"T3","after":-1}"#, #"{"fault":"T3","count":"x"}"#,
    #"{"fault":"T3","match":[]}"#, #"{"fault":"T3","match":{"colour":"red"}}"#,
    #"{"fault":"T3","match":{"user":1}}"#, #"{"fault":"T3","much":1}"#,
    #"{"fault":"L1","args":{"certificate":"gold"}}"#, #"{"fault":"Q1"}"#,
    #"{"fault":"E2","args":{"queue":"none"}}"#, #"{"fault":"V6","args":{"comment":"none"}}"#,
    #"{"fault":"V7","args":{"max-limit":"fast"}}"#, #"{"fault":"#, "[]",
    #"{"fault":"V4","args":{"kind":"leaf","type":"none"}}"#,
  ])
  func impossibleFaultsAreRefused(json: String) throws {
    let router = try Router()
    let answer = try router.post("/fault", json, expecting: 400)
    #expect(answer["error"]?.text?.isEmpty == false)
    #expect(try router.get("/fault") == [])
  }
}

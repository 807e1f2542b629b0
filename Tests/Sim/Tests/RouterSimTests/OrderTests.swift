import Testing

@testable import RouterSim

/// One user, one request at a time; sessions; idle connections; damage by aborted requests.
@Suite struct OrderTests {
  private let identity = "/rest/system/identity"

  @Test func requestsOfOneUserWaitForEachOther() throws {
    let router = try Router()
    let first = try router.client()
    let second = try router.client()
    let other = try router.client()
    try router.fault(#"{"fault":"Q1","args":{"user":"wanctl-rate","ms":3000}}"#)
    try first.send("PATCH", "/rest/queue/tree/*1000000", #"{"max-limit":"1M"}"#)
    try router.waitForRequests(1, outcome: "pending")
    try second.send("PATCH", "/rest/queue/tree/*1000000", #"{"max-limit":"2M"}"#)
    try router.waitForRequests(2, outcome: "pending")
    #expect(try other.ask("GET", identity, user: "wanctl-steer").status == 200)
    try router.advance(ms: 2999)
    #expect(try router.requests().filter { $0["outcome"] == "pending" }.count == 2)
    try router.advance(ms: 1)
    #expect(try first.answer().body.contains(#""max-limit":"1000000""#))
    #expect(try second.answer().body.contains(#""max-limit":"2000000""#))
  }

  @Test func whatTakesAMinuteEndsWithWhatWaitsBehindIt() throws {
    let router = try Router()
    let monitor = try router.client()
    let behind = try router.client()
    try monitor.send("POST", "/rest/interface/monitor-traffic", #"{"interface":"ether1"}"#)
    try router.waitForRequests(1, outcome: "pending")
    try behind.send("GET", identity)
    try router.waitForRequests(2, outcome: "pending")
    try router.advance(ms: 59_999)
    #expect(try router.requests().filter { $0["outcome"] == "pending" }.count == 2)
    try router.advance(ms: 1)
    let closed = #"{"detail":"Session closed","error":400,"message":"Bad Request"}"#
    #expect(try monitor.answer().body == closed)
    #expect(try behind.answer().body == closed)
    #expect(try behind.ask("GET", identity).status == 200)
  }

  @Test func monitorWithDurationAnswersWhenItIsOver() throws {
    let router = try Router()
    let client = try router.client()
    try client.send("POST", "/rest/queue/monitor", #"{"duration":"2s"}"#)
    try router.waitForRequests(1, outcome: "pending")
    try router.advance(ms: 2000)
    #expect(
      try client.answer().body
        == #"[{".section":"0","queued-bytes":"18168","queued-packets":"12"},{".section":"1","queued-bytes":"18168","queued-packets":"12"}]"#
    )
  }

  @Test func pipelinedRequestsAreAnsweredInOrder() throws {
    let router = try Router()
    let client = try router.client()
    try client.send(
      Client.request("GET", identity) + Client.request("GET", "/rest/queue/simple"))
    #expect(try client.answer().body == #"{"name":"MikroTik"}"#)
    #expect(try client.answer().body == "[]")
  }

  @Test func aSessionLastsTenMinutesOverAllConnections() throws {
    let router = try Router()
    func lines() throws -> [String] {
      try router.get("/log").elements?.compactMap { $0["message"]?.text } ?? []
    }
    for _ in 0..<3 { _ = try router.ask("GET", identity) }
    let two = [
      "user wanctl-rate logged in from 127.0.0.1 via rest-api",
      "user wanctl-rate logged in from 127.0.0.1 via api",
    ]
    #expect(try lines() == two)
    try router.advance(ms: 600_001)
    _ = try router.ask("GET", identity)
    #expect(try lines() == two + two)
    _ = try router.ask("GET", identity, password: "wrong")
    let last = try #require(try router.get("/log").elements?.last)
    #expect(last["topics"] == "system,error,critical")
    #expect(last["message"] == "login failure for user wanctl-rate from 127.0.0.1 via rest-api")
  }

  @Test func anIdleConnectionIsClosed() throws {
    let router = try Router()
    let client = try router.client()
    try client.ask("GET", identity)
    try router.advance(ms: 24_999)
    try client.ask("GET", identity)
    try router.advance(ms: 24_999)
    #expect(try router.get("/state")["connections"] == 1)
    try router.advance(ms: 1)
    #expect(client.ending() == .closed)
    try router.post("/world", #"{"switches":{"idleCloseSec":"never"}}"#)
    let patient = try router.client()
    try patient.ask("GET", identity)
    try router.advance(ms: 3_600_000)
    #expect(try patient.ask("GET", identity).status == 200)
  }

  /// Makes a client leave while its request waits, then lets that request end.
  private func abort(_ router: Router, aborted: Int) throws {
    let client = try router.client()
    try router.fault(#"{"fault":"Q1","args":{"user":"wanctl-rate","ms":100}}"#)
    try client.send("GET", "/rest/queue/simple")
    try router.waitForRequests(1, outcome: "pending")
    client.leave()
    try router.waitForRequests(aborted, outcome: "aborted")
    try router.advance(ms: 100)
  }

  @Test func anAbortedRequestStillRuns() throws {
    let router = try Router()
    let client = try router.client()
    try router.fault(#"{"fault":"Q1","args":{"user":"wanctl-rate","ms":100}}"#)
    try client.send("PATCH", "/rest/queue/tree/*1000000", #"{"max-limit":"7M"}"#)
    try router.waitForRequests(1, outcome: "pending")
    client.leave()
    try router.waitForRequests(1, outcome: "aborted")
    try router.advance(ms: 100)
    #expect(try router.get("/queues")["WAN-Download-1"] == 7_000_000)
    #expect(try router.requests().first?["status"] == 200)
  }

  @Test func alternatingAbortsBreakTheWebServer() throws {
    let router = try Router()
    try abort(router, aborted: 1)
    #expect(try router.ask("GET", identity).status == 200)
    try abort(router, aborted: 2)
    let bystander = try router.client()
    // The second completed request breaks it; its own answer is still sent.
    #expect(try router.ask("GET", identity).status == 200)
    #expect(bystander.ending() == .reset)
    #expect(try router.client().ending() == .reset)
    var waited = 0
    while try router.client(timeout: 0.2).ending() == .reset {
      try router.advance(ms: 50)
      waited += 50
      try #require(waited < 2500)
    }
    #expect((1050...2250).contains(waited))
    // The first request afterwards gets the answer of an aborted one.
    #expect(try router.ask("GET", identity).body == "[]")
    #expect(try router.ask("GET", identity).body == #"{"name":"MikroTik"}"#)
  }

  @Test func abortsAloneDoNoHarm() throws {
    let router = try Router()
    for count in 1...4 { try abort(router, aborted: count) }
    #expect(try router.ask("GET", identity).status == 200)
    #expect(try router.ask("GET", identity).status == 200)
    try router.post("/world", #"{"switches":{"abortDamage":false}}"#)
    try abort(router, aborted: 5)
    #expect(try router.ask("GET", identity).status == 200)
    #expect(try router.ask("GET", identity).status == 200)
  }
}

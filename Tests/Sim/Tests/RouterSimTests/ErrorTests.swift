import Testing

@testable import RouterSim

/// The error catalogue and the order in which RouterOS looks at things.
@Suite struct ErrorTests {
  struct Case {
    var method = "GET"
    var target: String
    var body: String?
    var user: String? = "wanctl-rate"
    var password = "secret"
    var type: String? = "application/json"
    var status: Int
    /// The whole body for a 404 or 401; else the detail.
    var says: String?
  }

  static let queue = "/rest/queue/tree/*1000000"
  static let masked = "missing or invalid resource identifier"

  static let cases: [Case] = [
    Case(
      target: "/rest/nonexistent", status: 400,
      says: "no such command or directory (nonexistent)"),
    Case(
      target: "/rest/queue/trees", status: 400, says: "no such command or directory (trees)"),
    Case(target: "/rest/queue", status: 400, says: "no such command"),
    Case(target: "/rest/queue/tree/set", status: 400, says: "no such command"),
    Case(target: "/rest/queue/tree/%2A1000000", status: 400, says: "no such command prefix"),
    Case(target: "/rest/ip/firewall/mangle/none", status: 400, says: "no such command prefix"),
    Case(
      target: "/rest/queue/tree/WAN-Download-9", status: 400,
      says: "no such command or directory (WAN-Download-9)"),
    Case(target: "/rest/queue/tree/*FF", status: 404),
    Case(
      method: "PATCH", target: queue, body: #"{"max-limit":"fast"}"#, status: 400,
      says: "invalid value for argument max-limit"),
    Case(
      method: "PATCH", target: queue, body: #"{"max-limit":"-1"}"#, status: 400,
      says: "invalid value for argument max-limit"),
    Case(
      method: "PATCH", target: queue, body: #"{"max-limit":"9223372036854775808"}"#, status: 400,
      says: "invalid value for argument max-limit"),
    Case(
      method: "PATCH", target: queue, body: #"{"max-limit":6e8}"#, status: 400,
      says: "invalid value for argument max-limit"),
    Case(
      method: "PATCH", target: queue, body: #"{"queue":"nope"}"#, status: 400,
      says: "input does not match any value of queue"),
    Case(
      method: "PATCH", target: queue, body: #"{"parent":"nope"}"#, status: 400,
      says: "input does not match any value of parent"),
    Case(
      method: "PATCH", target: queue, body: #"{"maxlimit":"1"}"#, status: 400,
      says: "unknown parameter maxlimit"),
    Case(
      method: "PATCH", target: queue, body: #"{"priority":"9"}"#, status: 400,
      says: "value of priority out of range (1..8)"),
    Case(
      method: "PATCH", target: queue, body: #"{"max-limit":"1"}"#, user: "readonly",
      status: 400, says: masked),
    Case(
      method: "PATCH", target: "/rest/queue/tree/WAN-Download-1", body: #"{"maxlimit":"1"}"#,
      status: 400, says: masked),
    Case(method: "PATCH", target: "/rest/queue/tree/*FF", body: "{}", status: 404),
    Case(
      method: "POST", target: "/rest/queue/tree/set", body: #"{"max-limit":"1"}"#, status: 400,
      says: "missing =.id="),
    Case(
      method: "POST", target: "/rest/queue/tree/set", body: #"{".id":"*FF"}"#, status: 404),
    Case(
      method: "POST", target: "/rest/queue/tree/set", body: #"{".id":"*1000000"}"#,
      user: "readonly", status: 500, says: "not enough permissions (9)"),
    Case(
      method: "POST", target: "/rest/queue/tree/explode", body: "{}", status: 400,
      says: "no such command or directory (explode)"),
    Case(
      method: "PATCH", target: queue, body: "{", status: 400, says: "Failed to parse json"),
    Case(method: "PATCH", target: queue, body: "{}", type: nil, status: 415),
    Case(method: "PATCH", target: queue, body: "{}", type: "text/plain", status: 415),
    Case(target: queue, user: "norest", status: 401),
    Case(target: queue, user: "noapi", status: 500, says: "std failure: not allowed (9)"),
    Case(target: queue, user: nil, status: 401),
    Case(target: queue, password: "wrong", status: 401),
    Case(target: queue, user: "nobody", status: 401),
    // The order: credentials, then the content type, then the body, then the path.
    Case(
      method: "PATCH", target: "/rest/x", body: "{", password: "wrong", type: nil, status: 401),
    Case(method: "PATCH", target: "/rest/x", body: "{", type: nil, status: 415),
    Case(method: "PATCH", target: "/rest/x", body: "{", status: 400, says: "Failed to parse json"),
    Case(
      method: "PATCH", target: "/rest/queue/tree/*FF", body: #"{"max-limit":"x"}"#,
      user: "readonly", status: 404),
    Case(method: "OPTIONS", target: queue, user: nil, status: 503),
  ]

  @Test func catalogue() throws {
    let router = try Router()
    let client = try router.client()
    for test in Self.cases {
      let answer = try client.ask(
        test.method, test.target, test.body, user: test.user, password: test.password,
        type: test.type)
      let reason = Reply.reason(test.status)
      #expect(answer.status == test.status, "\(test)")
      switch test.status {
      case 401, 404, 415:
        #expect(answer.body == #"{"error":\#(test.status),"message":"\#(reason)"}"#, "\(test)")
      case 503: #expect(answer.body.isEmpty)
      default:
        #expect(
          answer.body
            == #"{"detail":"\#(test.says ?? "")","error":\#(test.status),"message":"\#(reason)"}"#,
          "\(test)")
      }
      if test.status == 401 {
        #expect(answer.headers["WWW-Authenticate"]?.hasPrefix("Basic") == true)
      }
    }
    let rows = try client.ask("GET", "/rest/queue/tree/*1000000").body
    #expect(rows == LiteralTests.download, "a refused write left a trace")
  }

  @Test func headIsNotImplemented() throws {
    let router = try Router()
    let answer = try router.ask("HEAD", Self.queue)
    #expect(answer.status == 501)
    #expect(answer.headers["Content-Length"] == "0")
  }

  @Test func writesWithoutAnyRight() throws {
    let router = try Router()
    try router.post("/world", #"{"users":{"readonly":{"policies":["api","rest-api"]}}}"#)
    let answer = try router.ask("GET", "/rest/queue/tree", user: "readonly")
    #expect(answer.body.contains("not enough permissions (9)"))
  }

  @Test func serviceWithoutREST() throws {
    let router = try Router()
    try router.post("/world", #"{"services":{"www":{"rest":false}}}"#)
    let answer = try router.ask("GET", Self.queue, password: "wrong")
    #expect(answer.status == 403)
    #expect(answer.headers["Content-Type"] == "text/html")
    #expect(answer.body.hasPrefix("<html>"))
  }

  @Test func foreignSourceIsClosed() throws {
    let router = try Router()
    try router.post("/world", #"{"services":{"www":{"available-from":"10.0.0.1"}}}"#)
    #expect(try router.client().ending() == .closed)
    try router.post(
      "/world",
      #"{"services":{"www":{"available-from":null}},"users":{"wanctl-rate":{"address":"10.1.1.1"}}}"#
    )
    #expect(try router.ask("GET", Self.queue).status == 401)
  }

  @Test func disabledServiceRefuses() throws {
    let router = try Router()
    try router.post("/world", #"{"services":{"www":{"enabled":false}}}"#)
    #expect(throws: Client.Trouble.refused) { try router.client() }
    try router.post("/world", #"{"services":{"www":{"enabled":true}}}"#)
    #expect(try router.ask("GET", "/rest/system/identity").status == 200)
  }

  @Test func switches() throws {
    let router = try Router()
    let client = try router.client()
    let spaced = "/rest/ip/firewall/mangle?.proplist=.id&comment=old+rule"
    try router.post("/world", #"{"rows":{"ip/firewall/mangle":{"*5":{"comment":"old rule"}}}}"#)
    #expect(try client.ask("GET", spaced).body == "[]")
    try router.post("/world", #"{"switches":{"plusIsSpace":true}}"#)
    #expect(try client.ask("GET", spaced).body == #"[{".id":"*5"}]"#)
    try router.post("/world", #"{"switches":{"commentQuery":"empty"}}"#)
    #expect(try client.ask("GET", spaced).body == "[]")
    try router.post("/world", #"{"switches":{"patchUnknownId":"400-no-such-item"}}"#)
    #expect(
      try client.ask("PATCH", "/rest/queue/tree/*9", "{}").body.contains("no such item"))
    let type = "/rest/queue/type/cake-up-wan1"
    try router.post("/world", #"{"switches":{"cakeRowStyle":"yes-no"}}"#)
    #expect(try client.ask("GET", type).body.contains(#""cake-nat":"yes""#))
    try router.post("/world", #"{"switches":{"cakeRowStyle":"minimal"}}"#)
    #expect(
      try client.ask("GET", type).body
        == #"{".id":"*2","cake-bandwidth":"0","cake-diffserv":"diffserv4","cake-flowmode":"triple-isolate","kind":"cake","name":"cake-up-wan1"}"#
    )
    try router.post("/world", #"{"switches":{"nonsense":1}}"#, expecting: 400)
    try router.post("/world", #"{"switches":{"headers":"some"}}"#, expecting: 400)
  }
}

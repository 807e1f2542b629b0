import Foundation
import Testing

@testable import RouterSim

/// The control port, the command line, the process.
@Suite struct ControlTests {
  @Test func worldTakesRowsUsersAndServices() throws {
    let router = try Router()
    try router.post(
      "/world",
      #"{"rows":{"queue/tree":{"guests":{"max-limit":"5"},"WAN-Upload-2":null},"ip/firewall/filter":{"+":{"action":"fasttrack-connection","chain":"forward"}},"queue/type":{"cake-up-wan1":{"cake-nat":null}}},"users":{"extra":{"password":"p","policies":["read","api","rest-api"]},"readonly":null},"identity":"r1","version":"7.24 (stable)","traffic":{"ether1":{"rx-bits-per-second":"9"}}}"#
    )
    let client = try router.client()
    func get(_ target: String) throws -> String {
      try client.ask("GET", target, user: "extra", password: "p").body
    }
    #expect(try get("/rest/system/identity") == #"{"name":"r1"}"#)
    #expect(try get("/rest/queue/tree/guests?.proplist=max-limit") == #"{"max-limit":"5"}"#)
    #expect(try get("/rest/queue/tree?name=WAN-Upload-2") == "[]")
    #expect(try get("/rest/ip/firewall/filter").contains("fasttrack-connection"))
    #expect(try !get("/rest/queue/type/cake-up-wan1").contains("cake-nat"))
    #expect(try get("/rest/system/resource").contains("7.24 (stable)"))
    let users = try router.get("/state")["users"]?.elements ?? []
    #expect(!users.contains { $0["name"] == "readonly" })
    #expect(!(try router.get("/state").encoded.contains("secret")))
  }

  @Test(arguments: [
    ("/world", #"{"rows":{"no/menu":{}}}"#), ("/world", #"{"weather":1}"#),
    ("/world", #"{"rows":{"ip/firewall/mangle":{"name":{}}}}"#),
    ("/world", #"{"users":{"x":{"shoe":1}}}"#), ("/world", #"{"services":{"ftp":{}}}"#),
    ("/world", #"{"services":{"www":{"colour":1}}}"#), ("/world", #"{"identity":[]}"#),
    ("/load", #"{"none":1}"#), ("/load", #"{"WAN-Upload-1":"fast"}"#),
    ("/load", #"{"WAN-Upload-1":-1}"#), ("/series", #"{"queue":"none"}"#),
    ("/series", #"{"queue":"WAN-Upload-1","load":[{}]}"#),
    ("/series", #"{"queue":"WAN-Upload-1","pin":[{"luck":1}]}"#),
    ("/series", #"{"queue":"WAN-Upload-1","pin":[{"rate":1.5}]}"#),
    ("/series", #"{"queue":"WAN-Upload-1","pin":[{"atMs":-5}]}"#),
    ("/profile", #"{"profile":"slow"}"#), ("/profile", #"{"cpuLoad":2}"#),
    ("/profile", #"{"tcpDelayMs":-1}"#), ("/profile", #"{"x":1}"#),
    ("/clock", #"{"advanceMs":-1}"#), ("/admin", "{}"), ("/admin", #"{"recreate":"none"}"#),
    ("/admin", #"{"rename":{"from":"WAN-Upload-1"}}"#), ("/admin", #"{"set":{}}"#),
    ("/load", "{"), ("/load", "[]"),
  ])
  func badCommandsAreRefused(path: String, body: String) throws {
    let answer = try Router().post(path, body, expecting: 400)
    #expect(answer["error"]?.text?.isEmpty == false)
  }

  @Test func unknownPathsAreNotFound() throws {
    let router = try Router()
    try router.post("/nothing", "{}", expecting: 404)
    #expect(try router.control.ask("GET", "/nothing", user: nil).status == 404)
    #expect(try router.control.ask("GET", "/requests?since=x", user: nil).status == 400)
  }

  @Test func administrator() throws {
    let router = try Router()
    #expect(try router.post("/admin", #"{"recreate":"WAN-Upload-1"}"#)[".id"] == "*1000004")
    try router.post("/admin", #"{"rename":{"from":"WAN-Upload-1","to":"up"}}"#)
    try router.post("/admin", #"{"set":{"queue":"up","max-limit":"9M"}}"#)
    #expect(try router.get("/queues")["up"] == 9_000_000)
    try router.post("/admin", #"{"rule":{"disabled":false}}"#)
    #expect(
      try router.ask("GET", "/rest/ip/firewall/mangle/*4?.proplist=disabled").body
        == #"{"disabled":"false"}"#)
    let client = try router.client()
    try client.ask("GET", "/rest/system/identity")
    try router.post("/admin", #"{"disconnect":"idle"}"#)
    #expect(client.ending() == .closed)
  }

  @Test func requestsAreCounted() throws {
    let router = try Router()
    let client = try router.client()
    for _ in 0..<3 { try client.ask("GET", "/rest/queue/simple?name=x") }
    let all = try router.get("/requests")
    #expect(all["last"] == 3)
    let last = try #require(try router.requests(since: 2).first)
    #expect(try router.requests(since: 2).count == 1)
    #expect(last["path"] == "/rest/queue/simple" && last["query"] == "name=x")
    #expect(last["user"] == "wanctl-rate" && last["connection"] == 1)
    #expect(last["outcome"] == "answered" && last["status"] == 200)
  }

  @Test func theClockStandsAndRunsAgain() throws {
    let router = try Router()
    try router.advance(ms: 1500)
    #expect(try router.get("/state")["now_s"] == .number("1.5"))
    #expect(
      try router.ask("GET", "/rest/system/resource").body.contains(#""uptime":"6d23h19m24s""#))
    try router.post("/profile", #"{"profile":"rb5009-slow","tcpDelayMs":1,"cpuLoad":0.5}"#)
    try router.post("/clock", #"{"virtual":false}"#)
    #expect(try router.ask("GET", "/rest/system/identity").status == 200)
    #expect(try router.get("/state")["virtual"] == false)
    let latency = try #require(try router.requests().last?["latency_ms"]?.value)
    #expect(latency > 91.9, "45 ms at half load, and 1 ms there and back")
  }

  @Test func flashWearGrowsWithChanges() throws {
    let router = try Router()
    func sectors() throws -> Double? {
      try JSONParser.parse(
        Array(try router.ask("GET", "/rest/system/resource").body.utf8))[
          "write-sect-since-reboot"]?.value
    }
    for limit in [1, 1, 2] {
      _ = try router.ask("PATCH", "/rest/queue/tree/*1000000", #"{"max-limit":\#(limit)}"#)
    }
    #expect(try sectors() == 14_206)
    try router.post("/world", #"{"switches":{"setUnchangedWritesFlash":true}}"#)
    _ = try router.ask("PATCH", "/rest/queue/tree/*1000000", #"{"max-limit":2}"#)
    #expect(try sectors() == 14_208)
    try router.advance(ms: 300_000)
    #expect(try sectors() == 14_240)
  }

  @Test func options() throws {
    let options = try Options.parse(
      [
        "--seed=9", "--profile", "hap", "--no-http", "--https-port", "4443", "--password", "a=b=c",
        "--certificate", "expired", "--queue", "q:global:default", "--virtual-clock",
        "--exit-with-stdin", "--directory", "/tmp/x", "--control-port=1",
      ]
    ) { ["ROUTERSIM_PASSWORD": "x", "ROUTERSIM_PASSWORD_WANCTL_RATE": "y"][$0] }
    #expect(options.seed == 9 && options.profile == .hap && options.httpPort == nil)
    #expect(options.httpsPort == 4443 && options.controlPort == 1)
    #expect(options.certificate == .expired && options.hasVirtualClock && options.endsWithInput)
    #expect(options.passwords.last! == (user: "a", password: "b=c"))
    #expect(options.passwords.first! == (user: "wanctl-rate", password: "y"))
    #expect(options.passwords[1] == (user: "wanctl-steer", password: "x"))
    #expect(options.queues.first?.type == "default")
    for words in [
      ["--seed", "x"], ["--seed"], ["--color"], ["--no-http=1"], ["--profile", "x"],
      ["--http-port", "70000"], ["--password", "x"], ["--certificate", "x"], ["--queue", "a:b"],
      ["word"],
    ] {
      #expect(throws: Options.Invalid.self) { try Options.parse(words) { _ in nil } }
    }
  }

  @Test func moreQueuesCanBeAsked() throws {
    let router = try Router { options in
      options.queues = [.init(name: "extra", parent: "bridge1", type: "cake-up-wan2")]
      options.httpPort = 0
    }
    #expect(try router.get("/queues")["extra"] == 0)
    #expect(throws: (any Error).self) {
      try Router { $0.queues = [.init(name: "x", parent: "none", type: "default")] }
    }
  }

  /// The program itself: its one line, and that it ends with its input.
  @Test func process() throws {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("RouterSim")
    let process = Process()
    process.executableURL = program
    process.arguments = ["--exit-with-stdin", "--no-http"]
    process.environment = ["ROUTERSIM_PASSWORD": "secret"]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var line = Data()
    while !line.contains(UInt8(ascii: "\n")) {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      line += more
    }
    let ports = try JSONParser.parse(Array(line))
    #expect(ports["rest_http"] == .null)
    let control = try Client(port: try #require(ports["control"]?.whole))
    #expect(try control.ask("GET", "/queues", user: nil).status == 200)
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(!FileManager.default.fileExists(atPath: try #require(ports["ca"]?.text)))

    let wrong = Process()
    wrong.executableURL = program
    wrong.arguments = ["--nonsense"]
    wrong.standardError = FileHandle.nullDevice
    try wrong.run()
    wrong.waitUntilExit()
    #expect(wrong.terminationStatus == 2)
  }
}

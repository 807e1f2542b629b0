import Testing

@testable import RouterSim

/// The answers of the contract, byte for byte, through a real connection.
@Suite struct LiteralTests {
  static let download =
    #"{".id":"*1000000","bucket-size":"0.1","burst-limit":"0","burst-threshold":"0","burst-time":"0s","bytes":"272603902153","disabled":"false","dropped":"0","invalid":"false","limit-at":"0","max-limit":"800000000","name":"WAN-Download-1","packet-mark":"no-mark","packet-rate":"4211","packets":"184614358","parent":"bridge1","priority":"8","queue":"cake-down-wan1","queued-bytes":"18168","queued-packets":"12","rate":"48213344"}"#
  static let cake =
    #"{".id":"*1","cake-ack-filter":"none","cake-atm":"none","cake-autorate-ingress":"false","cake-bandwidth":"0","cake-diffserv":"diffserv4","cake-flowmode":"triple-isolate","cake-memlimit":"0","cake-mpu":"0","cake-nat":"true","cake-overhead":"0","cake-overhead-scheme":"","cake-rtt":"100ms","cake-rtt-scheme":"internet","cake-wash":"false","kind":"cake","name":"cake-down-wan1"}"#
  static let steering =
    #"{".id":"*4","action":"mark-routing","bytes":"0","chain":"prerouting","comment":"ADAPTIVE: Steer latency-sensitive to WAN2","connection-state":"new","disabled":"true","dscp":"46","dynamic":"false","invalid":"false","new-routing-mark":"via-wan2","packets":"0"}"#

  static let reads: [(String, String)] = [
    ("/rest/system/identity", #"{"name":"MikroTik"}"#),
    (
      "/rest/system/resource",
      #"{"architecture-name":"arm64","bad-blocks":"0","board-name":"RB5009UG+S+","build-time":"2026-08-14 09:21:40","cpu":"ARM64","cpu-count":"4","cpu-frequency":"1400","cpu-load":"7","factory-software":"7.4","free-hdd-space":"995123200","free-memory":"821035008","platform":"MikroTik","total-hdd-space":"1073741824","total-memory":"1073741824","uptime":"6d23h19m23s","version":"7.23.7 (long-term)","write-sect-since-reboot":"14202","write-sect-total":"58109"}"#
    ),
    ("/rest/queue/tree?name=WAN-Download-1", "[\(download)]"),
    ("/rest/queue/tree?name=nobody", "[]"),
    (
      "/rest/queue/tree?.proplist=name,max-limit&name=WAN-Download-1",
      #"[{".id":"*1000000","max-limit":"800000000","name":"WAN-Download-1"}]"#
    ),
    ("/rest/queue/tree/*1000000", download),
    ("/rest/queue/tree/WAN-Download-1", download),
    ("/rest/queue/tree/*1000000?.proplist=name", #"{"name":"WAN-Download-1"}"#),
    ("/rest/queue/type?name=cake-down-wan1", "[\(cake)]"),
    (
      "/rest/ip/firewall/mangle",
      #"[{".id":"*1","action":"mark-connection","bytes":"31611","chain":"prerouting","dynamic":"false","invalid":"false","new-connection-mark":"wan1","packets":"325","passthrough":"true"},"#
        + steering
        + #",{".id":"*5","action":"passthrough","bytes":"88123","chain":"forward","comment":"counted","disabled":"false","dynamic":"false","invalid":"false","packets":"990"}]"#
    ),
    (
      "/rest/ip/firewall/mangle?comment=ADAPTIVE%3A%20Steer%20latency-sensitive%20to%20WAN2",
      "[\(steering)]"
    ),
    (
      "/rest/interface?name=ether1",
      #"[{".id":"*2","actual-mtu":"1500","default-name":"ether1","disabled":"false","fp-rx-byte":"0","fp-rx-packet":"0","fp-tx-byte":"0","fp-tx-packet":"0","last-link-up-time":"2026-10-02 10:07:14","link-downs":"0","mac-address":"0C:00:E6:1F:95:00","mtu":"1500","name":"ether1","running":"true","rx-byte":"60987","rx-drop":"0","rx-error":"0","rx-packet":"887","tx-byte":"2781511","tx-drop":"0","tx-error":"0","tx-packet":"10166","tx-queue-drop":"0","type":"ether"}]"#
    ),
    ("/rest/queue/simple", "[]"),
    (
      "/rest/queue/interface",
      #"[{".id":"*2","active-queue":"only-hardware-queue","interface":"ether1","queue":"only-hardware-queue"}]"#
    ),
  ]

  @Test func reading() throws {
    let router = try Router()
    let client = try router.client()
    for (target, body) in Self.reads {
      let answer = try client.ask("GET", target)
      #expect(answer.status == 200)
      #expect(answer.body == body, "GET \(target)")
      #expect(answer.headers["Content-Type"] == "application/json")
    }
    #expect(try router.get("/state")["connections"] == 1)
  }

  static let writes: [(String, String, String, String)] = [
    (
      "PATCH", "/rest/queue/tree/*1000000", #"{"max-limit":"612000000"}"#,
      download.replacing("800000000", with: "612000000")
    ),
    (
      "PATCH", "/rest/queue/tree/*1000000", #"{"max-limit":"613M"}"#,
      download.replacing("800000000", with: "613000000")
    ),
    (
      "PATCH", "/rest/queue/tree/WAN-Download-1", #"{"max-limit":614000000}"#,
      download.replacing("800000000", with: "614000000")
    ),
    ("POST", "/rest/queue/tree/set", #"{".id":"*1000000","max-limit":"800M"}"#, "[]"),
    (
      "POST", "/rest/queue/tree/print",
      ##"{".proplist":["name","max-limit"],".query":["name=WAN-Download-1","name=WAN-Upload-1","#|"]}"##,
      #"[{"max-limit":"800000000","name":"WAN-Download-1"},{"max-limit":"35000000","name":"WAN-Upload-1"}]"#
    ),
    ("POST", "/rest/queue/tree/print", #"{"count-only":""}"#, #"{"ret":"4"}"#),
    ("POST", "/rest/queue/tree/reset-counters", #"{".id":"*1000000"}"#, "[]"),
    ("POST", "/rest/queue/tree/set", #"{".id":"*1000000,*1000001","disabled":"no"}"#, "[]"),
    (
      "POST", "/rest/queue/tree/set", #"{"numbers":"WAN-Download-1","max-limit":"1G"}"#, "[]"
    ),
    (
      "PATCH", "/rest/ip/firewall/mangle/*4", #"{"disabled":"false"}"#,
      steering.replacing(#""disabled":"true""#, with: #""disabled":"false""#)
    ),
    ("POST", "/rest/ip/firewall/mangle/disable", #"{"numbers":"*4"}"#, "[]"),
    ("POST", "/rest/ip/firewall/mangle/enable", #"{".id":"*4"}"#, "[]"),
    (
      "POST", "/rest/interface/monitor-traffic", #"{"interface":"ether1","once":""}"#,
      #"[{"name":"ether1","rx-bits-per-second":"25128","rx-packets-per-second":"31","tx-bits-per-second":"8816","tx-packets-per-second":"12"}]"#
    ),
    (
      "POST", "/rest/queue/monitor", #"{"once":""}"#,
      #"[{"queued-bytes":"18168","queued-packets":"12"}]"#
    ),
    (
      "POST", "/rest/execute",
      #"{"script":":put [/queue/tree/get WAN-Upload-1 max-limit]","as-string":""}"#,
      #"{"ret":"35000000"}"#
    ),
    (
      "POST", "/rest/execute",
      #"{"script":"/queue/tree/set WAN-Upload-1 queue=nope","as-string":""}"#,
      #"{"ret":"input does not match any value of queue (/queue/tree/set (queue); line 1)"}"#
    ),
    ("POST", "/rest/execute", #"{"script":":put x"}"#, #"{"ret":"*B546"}"#),
  ]

  @Test func writing() throws {
    let router = try Router()
    let client = try router.client()
    for (method, target, body, expected) in Self.writes {
      let answer = try client.ask(method, target, body)
      #expect(answer.status == 200)
      #expect(answer.body == expected, "\(method) \(target) \(body)")
    }
    let row = try client.ask("GET", "/rest/queue/tree/*1000000").body
    #expect(row.contains(#""max-limit":"1000000000""#))
    for counter in ["bytes", "packets", "dropped"] {
      #expect(row.contains("\"\(counter)\":\"0\""))
    }
  }

  @Test func defaultQueueTypesCountDown() throws {
    let body = try Router().ask("GET", "/rest/queue/type?.proplist=name,default").body
    #expect(
      body.contains(#"{".id":"*FFFFFFFA","default":"true","name":"pcq-upload-default"}"#))
    #expect(body.hasPrefix(#"[{".id":"*FFFFFFFF","default":"true","name":"default"}"#))
  }

  @Test func addAndRemove() throws {
    let client = try Router().client()
    let added = try client.ask(
      "PUT", "/rest/queue/tree", #"{"name":"guests","parent":"bridge1","max-limit":"5M"}"#)
    #expect(added.status == 201)
    #expect(added.headers["Location"] == "/rest/queue/tree/*1000004")
    #expect(added.body.hasPrefix(#"{".id":"*1000004""#))
    #expect(added.body.contains(#""max-limit":"5000000","name":"guests""#))
    let removed = try client.ask("DELETE", "/rest/queue/tree/*1000004")
    #expect(removed.status == 204)
    #expect(removed.body.isEmpty)
    #expect(try client.ask("GET", "/rest/queue/tree?name=guests").body == "[]")
  }

  static let commands: [(String, String, Int, String)] = [
    ("system/identity/print", "{}", 200, #"[{"name":"MikroTik"}]"#),
    ("system/identity/set", #"{"name":"edge"}"#, 200, "[]"),
    ("system/identity/print", "{}", 200, #"[{"name":"edge"}]"#),
    ("system/identity/set", #"{"nom":"edge"}"#, 400, "unknown parameter nom"),
    ("system/identity/set", #"{"name":{}}"#, 400, "invalid value for argument name"),
    ("system/identity/burn", "{}", 400, "no such command"),
    (
      "system/resource/print", #"{".proplist":"cpu,platform"}"#, 200,
      #"[{"cpu":"ARM64","platform":"MikroTik"}]"#
    ),
    ("system/resource/set", "{}", 400, "no such command"),
    ("queue/tree", "{}", 400, "no such command"),
    ("queue/tree/WAN-Upload-1", "{}", 400, "no such command"),
    ("queue/tree/add", #"{"name":"a","max-limit":"2k"}"#, 200, #"{"ret":"*1000004"}"#),
    ("queue/tree/add", #"{"name":"a"}"#, 400, "failure: already have such name"),
    ("queue/tree/add", "{}", 400, "missing =name="),
    ("queue/tree/set", #"{".id":"*1000004","name":"WAN-Upload-1"}"#, 400, "already have such name"),
    ("queue/tree/remove", #"{".id":"*1000004"}"#, 200, "[]"),
    ("queue/type/remove", #"{"numbers":"default"}"#, 400, "missing or invalid resource"),
    ("queue/type/add", #"{"name":"t","kind":"cake","cake-overhead":18}"#, 200, #"{"ret":"*5"}"#),
    (
      "queue/type/add", #"{"name":"u","kind":"magic"}"#, 400,
      "input does not match any value of kind"
    ),
    (
      "queue/type/print", #"{".query":["name=t"],".proplist":["cake-overhead","cake-nat"]}"#, 200,
      #"[{"cake-nat":"true","cake-overhead":"18"}]"#
    ),
    ("queue/tree/print", #"{".query":5}"#, 400, "invalid value for argument .query"),
    ("queue/tree/print", #"{".query":[5]}"#, 400, "invalid value for argument .query"),
    ("queue/tree/reset-counters-all", "{}", 200, "[]"),
    ("queue/tree/print", #"{".query":[">bytes=0"],"count-only":""}"#, 200, #"{"ret":"0"}"#),
    ("ip/firewall/mangle/reset-counters", #"{".id":"*1"}"#, 200, "[]"),
    (
      "ip/firewall/mangle/print", #"{".query":[">packets=0"],".proplist":".id"}"#, 200,
      #"[{".id":"*5"}]"#
    ),
    (
      "interface/monitor-traffic", #"{"interface":"none","once":""}"#, 400,
      "input does not match any value of interface"
    ),
    (
      "interface/monitor-traffic", #"{"interface":"ether1","duration":"long"}"#, 400,
      "invalid value for argument duration"
    ),
    ("execute", "{}", 400, "missing =script="),
  ]

  @Test func commands() throws {
    let client = try Router().client()
    for (path, body, status, says) in Self.commands {
      let answer = try client.ask("POST", "/rest/" + path, body)
      #expect(answer.status == status, "POST \(path) \(body)")
      if status == 200 {
        #expect(answer.body == says, "POST \(path) \(body)")
      } else {
        #expect(answer.body.contains(says), "POST \(path) \(body): \(answer.body)")
      }
    }
  }

  /// Whatever comes, the router answers the next one.
  @Test func nonsenseOnTheWireHarmsNobody() throws {
    let router = try Router()
    for seed in UInt64(1)...40 {
      var random = Random(seed: seed)
      let client = try router.client()
      var bytes = Client.request("PATCH", "/rest/queue/tree/*1000000", #"{"max-limit":"1M"}"#)
      for _ in 0..<Int.random(in: 1...20, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
      }
      try client.send(bytes)
      client.leave()
    }
    #expect(try router.ask("GET", "/rest/system/identity").status == 200)
    let large = try router.ask(
      "PATCH", "/rest/queue/tree/*1000000", String(repeating: " ", count: 1_500_000))
    #expect(large.status == 413)
  }

  @Test func headersFullAndMinimal() throws {
    let router = try Router()
    let full = try router.ask("GET", "/rest/system/identity").headers
    #expect(full["X-Frame-Options"] == "sameorigin")
    #expect(full["Date"]?.hasSuffix(" GMT") == true)
    try router.post("/world", #"{"switches":{"headers":"minimal"}}"#)
    let minimal = try router.ask("GET", "/rest/system/identity").headers
    #expect(Set(minimal.keys) == ["Content-Type", "Content-Length"])
  }
}

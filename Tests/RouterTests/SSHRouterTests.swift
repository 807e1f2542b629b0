import Foundation
import Model
import Platform
import Router
import SSHClient
import TestSupport
import Testing

@Suite(.enabled(if: PrivateSSHServer.isInstalled)) struct SSHRouterTests {
  func failure<Result>(_ body: () throws(RouterFailure) -> Result) -> RouterFailure? {
    do { _ = try body() } catch { return error }
    return nil
  }

  @Test func aWriteAsksForWhatItHasSet() throws {
    let console = try ScriptedConsole("612000000\n")
    try console.port().setLimit(BitsPerSecond(612_000_000), of: down)
    #expect(
      console.commands == [
        #"/queue tree set [find name="WAN-Download-1"] max-limit=612000000; "#
          + #":put [/queue tree get [find name="WAN-Download-1"] max-limit]"#
      ])
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var reply: String
    var failureClass: RouterFailure.Class
    var outcome = RouterFailure.Outcome.unknown

    var testDescription: String { reply.trimmingCharacters(in: .newlines) }
  }

  static let refusals = [
    Refusal(reply: "no such item\n", failureClass: .missing, outcome: .notDone),
    Refusal(
      reply: "not enough permissions (9)\n", failureClass: .permission, outcome: .notDone),
    Refusal(reply: "bad command name sett (line 1 column 13)\n", failureClass: .rejected),
    Refusal(reply: "expected end of command (line 1 column 33)\n", failureClass: .rejected),
    Refusal(reply: "syntax error (line 1 column 3)\n", failureClass: .rejected),
    Refusal(reply: "input does not match any value of queue\n", failureClass: .rejected),
    Refusal(reply: "value of max-limit out of range (0..9)\n", failureClass: .rejected),
    Refusal(reply: "failure: something\n", failureClass: .rejected),
    Refusal(reply: "interrupted\n", failureClass: .busy),
    Refusal(reply: "action timed out\n", failureClass: .busy),
    Refusal(reply: "a remark\n612000000\n", failureClass: .protocolError),
    Refusal(reply: "", failureClass: .protocolError),
    Refusal(reply: "\u{0}\u{1}\n", failureClass: .protocolError),
  ]

  @Test(arguments: refusals)
  func everythingButTheValueIsAFailure(_ refusal: Refusal) throws {
    let console = try ScriptedConsole(refusal.reply)
    let port = try console.port()
    let failure = failure { () throws(RouterFailure) in
      try port.setLimit(BitsPerSecond(612_000_000), of: down)
    }
    #expect(failure?.failureClass == refusal.failureClass, "\(String(describing: failure))")
    #expect(failure?.outcome == refusal.outcome)
    #expect(failure?.transport == .ssh)
  }

  @Test func anotherValueThanTheWrittenOneIsTriedOnceMore() throws {
    let console = try ScriptedConsole(
      "800000000\n", "612000000\n", "800000000\n", "800000000\n", "612000000\n")
    let port = try console.port()
    try port.setLimit(BitsPerSecond(612_000_000), of: down)
    #expect(console.commands.count == 2 && Set(console.commands).count == 1)
    let failure = failure { () throws(RouterFailure) in
      try port.setLimit(BitsPerSecond(612_000_000), of: down)
    }
    #expect(failure?.failureClass == .verifyMismatch && failure?.outcome == .unknown)
    #expect(failure?.message == "the router answers that max-limit is 800M")
    #expect(console.commands.count == 4, "not a third time")
  }

  @Test func aNegativeRateIsNotSent() throws {
    let console = try ScriptedConsole()
    let port = try console.port()
    let failure = failure { () throws(RouterFailure) in
      try port.setLimit(BitsPerSecond(-1), of: down)
    }
    #expect(failure?.failureClass == .rejected && failure?.outcome == .notDone)
    #expect(console.server.connectionCount == 0)
  }

  static let asValue =
    ".id=*1000000;disabled=false;invalid=false;max-limit=800000000;name=WAN-Download-1;"
    + "parent=bridge1;queue=cake-down-wan1\n"
    + ".id=*1000000;bytes=272603902153;dropped=0;name=WAN-Download-1;packets=184614358;"
    + "queued-bytes=18168;queued-packets=12;rate=48213344\n"

  @Test func bothQueuesAreReadInOneLine() throws {
    let console = try ScriptedConsole("\n\n" + Self.asValue)
    let rows = try console.port().readQueues([up, down])
    #expect(rows.count == 2 && rows[0] == nil)
    expectRow(rows[1], id: "*1000000")
    #expect(console.commands.count == 1)
    #expect(
      console.commands[0].hasPrefix(
        #":put [/queue tree print as-value where name="WAN-Upload-1"]; "#))
  }

  @Test func routersWithoutAsValueAreReadAsPeopleDo() throws {
    let config = """
      Flags: X - disabled, I - invalid
       0   name="WAN-Download-1" parent=bridge1 packet-mark=no-mark limit-at=0
           queue=cake-down-wan1 priority=8 max-limit=800M

      """
    let statistics = """
      Flags: X - DISABLED, I - INVALID
       0   name="WAN-Download-1" parent=bridge1 rate=48213344 queued-bytes=18168
           queued-packets=12 bytes=272603902153 packets=184614358 dropped=0

      """
    let console = try ScriptedConsole("expected end of command (line 1 column 26)\n")
    try console.reply(config + statistics)
    try console.reply(config + statistics)
    let port = try console.port()
    expectRow(try port.readQueues([down])[0])
    expectRow(try port.readQueues([down])[0])
    // It is not asked a second time.
    #expect(console.commands.count == 3)
  }

  private func expectRow(_ row: QueueRow?, id: String? = nil) {
    #expect(
      row
        == QueueRow(
          name: "WAN-Download-1", id: id, maxLimit: BitsPerSecond(800_000_000),
          rate: BitsPerSecond(48_213_344), bytes: 272_603_902_153, packets: 184_614_358,
          dropped: 0, queuedBytes: 18168, queuedPackets: 12, parent: "bridge1",
          queueType: "cake-down-wan1"))
  }

  @Test func aRowWithoutLimitIsNoAnswer() throws {
    let console = try ScriptedConsole(".id=*1;name=WAN-Download-1\n")
    let port = try console.port()
    let failure = failure { () throws(RouterFailure) in try port.readQueues([down]) }
    #expect(failure?.failureClass == .protocolError)
    #expect(failure?.message == "max-limit of WAN-Download-1 is no rate: none")
  }

  @Test func theRouterTellsWhoItIs() throws {
    let console = try ScriptedConsole(
      "MikroTik\n7.23.7 (long-term)\nRB5009UG+S+\n1w3d15:41:57\n14202\n")
    try console.reply("7.23.7 (long-term)\nCHR\n5m\nno such item\n")
    try console.reply("MikroTik\nnot enough permissions (9)\n")
    let port = try console.port()
    let identity = try port.probe()
    #expect(identity.name == "MikroTik")
    #expect(identity.resource.version == "7.23.7 (long-term)")
    #expect(identity.resource.board == "RB5009UG+S+")
    #expect(identity.resource.uptime == Milliseconds(seconds: 920_517))
    #expect(identity.resource.sectorsWritten == 14202)
    let resource = try port.readResource()
    #expect(resource.board == "CHR" && resource.sectorsWritten == nil)
    let failure = failure { () throws(RouterFailure) in try port.probe() }
    #expect(failure?.failureClass == .permission)
    #expect(console.server.connectionCount == 1)
  }

  @Test func kindsOfTypesAndNamesOfQueues() throws {
    let console = try ScriptedConsole("cake\n", "no such item\n", "")
    let port = try console.port()
    #expect(try port.leafKind(ofType: "cake-down-wan1") == "cake")
    #expect(try port.leafKind(ofType: "nobody") == nil)
    #expect(try port.queueNames() == [])
    try console.reply(
      ".id=*1;name=a;max-limit=0;.id=*2;comment=x;y=z;name=b;max-limit=1\n.id=*1;name=a\n")
    #expect(try port.queueNames() == ["a", "b"])
  }

  @Test func noQuoteReachesTheConsole() throws {
    let console = try ScriptedConsole()
    let port = try console.port()
    for name in ["x\"]; /system reboot", "a$b", "a\\b", "[x]", "", "a\nb", "ä"] {
      let failure = failure { () throws(RouterFailure) in try port.leafKind(ofType: name) }
      #expect(failure?.failureClass == .rejected, "\(name)")
    }
    #expect(console.commands.isEmpty)
  }
}

/// Rules, connections and menus over SSH.
@Suite(.enabled(if: PrivateSSHServer.isInstalled)) struct SSHRuleTests {
  let comment = try! RuleComment("ADAPTIVE: Steer latency-sensitive to WAN2")

  func failure<Result>(_ body: () throws(RouterFailure) -> Result) -> RouterFailure? {
    do { _ = try body() } catch { return error }
    return nil
  }

  @Test func aRuleStandsAsItsCountsSay() throws {
    let console = try ScriptedConsole("1\n1\n", "1\n0\n", "0\n0\n", "3\n2\n", "1\n", "2\n3\n")
    let port = try console.port()
    #expect(try port.ruleStatus(comment) == .enabled)
    #expect(try port.ruleStatus(comment) == .disabled)
    #expect(try port.ruleStatus(comment) == .missing)
    #expect(try port.ruleStatus(comment) == .ambiguous(count: 3))
    for _ in 1...2 {
      let odd = failure { () throws(RouterFailure) in try port.ruleStatus(comment) }
      #expect(odd?.failureClass == .protocolError && odd?.outcome == .notDone)
    }
    let find = #"/ip firewall mangle find comment="\#(comment)" dynamic=no"#
    #expect(console.commands[0] == ":put [:len [\(find)]]; :put [:len [\(find) disabled=no]]")
  }

  @Test func aSwitchIsConfirmedInTheSameLine() throws {
    let console = try ScriptedConsole("1\n0\n", "1\n1\n")
    try console.port().setRule(comment, enabled: true)
    #expect(console.commands.count == 2)
    #expect(
      console.commands[1].hasPrefix(
        #"/ip firewall mangle enable [find comment="\#(comment)" dynamic=no]; :put [:len ["#))
  }

  @Test func whatStandsAsWantedOrCannotBeSwitchedIsNotTouched() throws {
    let console = try ScriptedConsole("1\n0\n", "0\n0\n", "2\n0\n")
    let port = try console.port()
    try port.setRule(comment, enabled: false)
    let missing = failure { () throws(RouterFailure) in
      try port.setRule(comment, enabled: true)
    }
    #expect(missing?.failureClass == .missing)
    let twins = failure { () throws(RouterFailure) in try port.setRule(comment, enabled: true) }
    #expect(twins?.failureClass == .rejected && twins?.outcome == .notDone)
    #expect(console.commands.count == 3)
  }

  @Test func aSwitchThatDidNothingIsAFailure() throws {
    let (enabled, disabled) = ("1\n1\n", "1\n0\n")
    let console = try ScriptedConsole(
      enabled, enabled, enabled, enabled, enabled, "not enough permissions (9)\n", enabled,
      enabled, enabled, disabled)
    let port = try console.port()
    let nothing = failure { () throws(RouterFailure) in
      try port.setRule(comment, enabled: false)
    }
    #expect(nothing?.failureClass == .verifyMismatch && nothing?.outcome == .unknown)
    let refused = failure { () throws(RouterFailure) in
      try port.setRule(comment, enabled: false)
    }
    #expect(refused?.failureClass == .permission)
    try port.setRule(comment, enabled: false)
    #expect(console.commands.count == 10, "what did nothing is tried once more")
  }

  @Test func connectionsAreFoundByTheRouter() throws {
    let console = try ScriptedConsole("2\n", "0\n", "1\nno such item\n", "1\n", "0\n")
    let port = try console.port()
    #expect(try port.flushConnections(ports: [443]) == 2)
    #expect(try port.flushConnections(ports: []) == 0)
    #expect(try port.flushConnections(ports: [80, 80]) == 1)
    #expect(
      console.commands[0]
        == #":put [:len [/ip firewall connection find src-address~":443\$"]]; "#
        + #"/ip firewall connection remove [find src-address~":443\$"]"#)
    #expect(console.commands.count == 5)
  }

  @Test func anyMenuIsReadAsTheSameRowsAsOverREST() throws {
    let console = try ScriptedConsole(
      #"[{".id":"*1","disabled":false,"name":"a","policy":["read","write"],"n":12}]"# + "\n",
      #"{"name":"MikroTik"}"# + "\n", "[]\n")
    let port = try console.port()
    let rows = try port.readRows(.userGroups, properties: [])
    #expect(rows.count == 1 && rows[0].id == "*1" && rows[0].flag("disabled") == false)
    #expect(rows[0]["policy"] == "read,write" && rows[0]["n"] == "12")
    #expect(try port.readRows(.identity, properties: ["name"]) == [RouterRow(["name": "MikroTik"])])
    #expect(try port.readRows(.mangle, properties: []).isEmpty)
    #expect(console.commands[0] == ":put [:serialize to=json value=[/user group print as-value]]")
  }

  @Test func routersWithoutSerializeAnswerAsValue() throws {
    let console = try ScriptedConsole(
      "bad command name serialize (line 1 column 8)\n", ".id=*1;name=a;x=1;.id=*2;name=b\n",
      "name=MikroTik\n")
    let port = try console.port()
    let rows = try port.readRows(.interfaces, properties: ["name"])
    #expect(
      rows == [RouterRow([".id": "*1", "name": "a"]), RouterRow([".id": "*2", "name": "b"])])
    #expect(try port.readRows(.identity, properties: []) == [RouterRow(["name": "MikroTik"])])
    #expect(console.commands.count == 3)
  }
}

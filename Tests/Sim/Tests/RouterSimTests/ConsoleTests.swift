import Testing

@testable import RouterSim

/// The console, line by line, without a connection.
@Suite struct ConsoleTests {
  private func makeConsole() -> Console {
    Console(world: World(clock: Clock(eventLoop: TestLoop.shared, virtual: true)))
  }

  static let lines: [(String, String)] = [
    (#":put [/queue tree get [find name="WAN-Upload-1"] max-limit]"#, "35000000"),
    (#":put [/queue tree get [find name="none"] max-limit]"#, "no such item"),
    (#":put [/queue/tree/get WAN-Upload-1 max-limit]"#, "35000000"),
    (#":put [/queue/tree/get WAN-Upload-1 value-name=max-limit]"#, "35000000"),
    (#":put [/queue/tree/get 1 name]"#, "WAN-Upload-1"),
    (#":put [/queue/tree/get [find] name]"#, "invalid internal item number"),
    (#":put [/queue/tree/get *1000001 shoes]"#, "input does not match any value of value-name"),
    (#"/queue tree set [find name="none"] max-limit=9M"#, ""),
    (
      #"/queue tree set [find name="WAN-Download-1"] queue=nope"#,
      "input does not match any value of queue"
    ),
    ("/queue tree sett x", "bad command name sett (line 1 column 13)"),
    (#"/queue tree set [find name="X"] maxlimit=1"#, "expected end of command (line 1 column 33)"),
    ("/queue tree set x max-limit=1", "no such item"),
    ("/queue tree set", "missing value(s) of argument(s) numbers"),
    ("echo ok", "bad command name echo (line 1 column 1)"),
    ("/nowhere x", "bad command name nowhere (line 1 column 2)"),
    ("/queue tree", ""), (":put", "missing value(s) of argument(s) message"),
    (
      #":put "ok"; :put b; /nowhere; :put c"#,
      "ok\r\nb\r\nbad command name nowhere (line 1 column 21)"
    ),
    (#":put [:len [/ip firewall mangle find comment~"ADAPTIVE" disabled=yes]]"#, "1"),
    (#":put [:len [/ip firewall mangle find comment~"^ADAP.*WAN2$" disabled=no]]"#, "0"),
    (#":put [:len [/ip firewall mangle find comment~"^WAN2"]]"#, "0"),
    (#":put [:len [/ip firewall mangle find comment~"("]]"#, "0"),
    (#":put [:len [/ip firewall mangle find disabled=no]]"#, "2"),
    (#":put [:len [/queue tree find max-limit=35M or name="WAN-Upload-2"]]"#, "2"),
    (#":put [:len [/queue tree find (max-limit=35M or max-limit=20M) and parent=ether1]]"#, "1"),
    (#":put [:len [/queue tree find name!="WAN-Upload-2" !disabled]]"#, "3"),
    (#":put [/ip firewall mangle get [find action=mark-connection] disabled]"#, "false"),
    (
      #":put ([/queue tree get WAN-Upload-1 max-limit] . " " . [/queue tree get WAN-Upload-2 name])"#,
      "35000000 WAN-Upload-2"
    ),
    (#":put (a . )"#, "syntax error (line 1 column 6)"),
    (
      #":put [:serialize to=json value=[/queue tree print as-value where name="WAN-Upload-2"]]"#,
      #"[{".id":"*1000003","bucket-size":"0.1","burst-limit":0,"burst-threshold":0,"burst-time":"0s","disabled":false,"invalid":false,"limit-at":0,"max-limit":20000000,"name":"WAN-Upload-2","packet-mark":"no-mark","parent":"ether2","priority":8,"queue":"cake-up-wan2"}]"#
    ),
    ("/system identity print", "  name: MikroTik\r\n\r\n"),
    (":put [/system resource get version]", "7.23.7 (long-term)"),
    (":put [/system clock get time-zone-name]", "UTC"),
    (":put [/ip ssh get password-authentication]", "yes-if-no-key"),
    ("/system identity print detail", "expected end of command (line 1 column 24)"),
    (":put [/ip service get www-ssl certificate]", "routersim"),
    (":put [/user get wanctl-rate group]", "wanctl"),
    (":put [:len [/ip firewall connection find dst-address~\":443$\"]]", "1"),
    ("/queue tree print count-only where parent=bridge1", "2"),
    ("]", "syntax error (line 1 column 1)"), ("[", "syntax error (line 1 column 2)"),
    ("{", "syntax error (line 1 column 1)"), (":put \"x", "syntax error (line 1 column 6)"),
    (String(repeating: "[", count: 50), "syntax error (line 1 column 17)"), ("", ""), (";;", ""),
  ]

  @Test func answers() {
    let console = makeConsole()
    for (line, output) in Self.lines { #expect(console.run(line) == output, "\(line)") }
  }

  @Test func changes() {
    let console = makeConsole()
    for (line, output) in [
      (
        #"/queue tree set [find name="WAN-Upload-1"] max-limit=9M; :put [/queue tree get WAN-Upload-1 max-limit]"#,
        "9000000"
      ),
      (
        #"/queue tree set numbers=[find parent=bridge1] limit-at=1k; :put [:len [/queue tree find limit-at=1000]]"#,
        "2"
      ),
      (
        #"/ip firewall mangle enable [find comment~"ADAPTIVE"]; :put [:len [/ip firewall mangle find comment~"ADAPTIVE" disabled=no]]"#,
        "1"
      ),
      (#"/queue tree reset-counters WAN-Upload-1; :put [/queue/tree/get WAN-Upload-1 bytes]"#, "0"),
      (
        #"/ip firewall connection remove [find dst-address~":443$"]; :put [:len [/ip firewall connection find]]"#,
        "2"
      ),
      (#"/queue tree add name=q parent=ether1; :put [/queue tree get q queue]"#, "default-small"),
      (#"/queue tree remove q; :put [/queue tree get q queue]"#, "no such item"),
      (#"/system identity set name=r1; :put [/system identity get name]"#, "r1"),
    ] {
      #expect(console.run(line) == output, "\(line)")
    }
  }

  @Test func rights() {
    var console = makeConsole()
    console.user = User(name: "reader", policies: ["read", "ssh"])
    #expect(console.run("/queue tree set 0 max-limit=1") == "not enough permissions (9)")
    #expect(console.run(":put [/queue tree get 0 max-limit]") == "800000000")
    console.user = User(name: "nobody", policies: ["ssh"])
    for line in ["/queue tree print", ":put [/queue tree get 0 name]", "/system identity print"] {
      #expect(console.run(line) == "not enough permissions (9)")
    }
  }

  @Test func rules() {
    let console = makeConsole()
    let rule = """
      Flags: X - DISABLED, I - INVALID; D - DYNAMIC\r
       1 X  ;;; ADAPTIVE: Steer latency-sensitive to WAN2\r
            chain=prerouting action=mark-routing new-routing-mark=via-wan2\r
            connection-state=new dscp=46\r
      \r

      """
    let line = #"/ip firewall mangle print where comment~"ADAPTIVE""#
    #expect(console.run(line) == rule)
    console.world.switches.legendCase = .lower
    console.world.switches.textWidth = nil
    let wide = rule.replacing("DISABLED", with: "disabled").replacing("INVALID", with: "invalid")
      .replacing("DYNAMIC", with: "dynamic ").replacing("via-wan2\r\n     ", with: "via-wan2")
    #expect(console.run(line) == wide)
    #expect(
      console.run("/ip firewall mangle print where comment=none")
        == "Flags: X - disabled, I - invalid; D - dynamic \r\n\r\n")
    let terse = console.run("/ip firewall mangle print terse show-ids where comment~\"ADAPTIVE\"")
    #expect(terse.hasPrefix(" *4 X  comment=ADAPTIVE: Steer latency-sensitive to WAN2 chain="))
  }

  @Test func statistics() {
    let console = makeConsole()
    let short = """
      Flags: X - disabled, I - invalid \r
       0   name="WAN-Download-1" parent=bridge1 packet-mark=no-mark rate=48213344 \r
           packet-rate=4211 queued-bytes=18168 queued-packets=12 bytes=272603902153 \r
           packets=184614358 dropped=0 \r
      \r

      """
    let line = #"/queue tree print stats where name="WAN-Download-1""#
    #expect(console.run(line) == short)
    console.world.switches.ratesWithSuffix = true
    #expect(console.run(line).contains(" rate=48.2Mbps "))
    let settings = console.run(#"/queue tree print detail where name="WAN-Download-1""#)
    #expect(settings.contains(" max-limit=800M ") && !settings.contains("dropped="))
    let value = console.run(#":put [/queue tree print as-value stats where name="WAN-Download-1"]"#)
    #expect(value.hasPrefix(".id=*1000000;bucket-size=0.1;"))
    #expect(value.contains(";rate=48213344") && value.contains(";bytes=272603902153;"))
  }
}

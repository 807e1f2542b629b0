import Foundation
import Testing

/// RouterSim's SSH as OpenSSH's client sees it.
@Suite struct RouterSSHTests {
  private let read = #":put [/queue tree get [find name="WAN-Download-1"] max-limit]"#
  private let write = #"/queue tree set [find name="WAN-Download-1"] max-limit=612000000"#

  @Test func oneWorldForSSHAndREST() throws {
    let router = try SimulatedRouter()
    #expect(try router.output(read) == "800000000\r\n")
    #expect(try router.ssh(write) == .init(status: 0, output: "", remarks: ""))
    #expect(try router.rest("queue/tree/WAN-Download-1").contains(#""max-limit":"612000000""#))
    let requests = try router.get("/requests")
    #expect(requests.contains(#""service":"ssh","method":"EXEC""#))
    #expect(requests.contains(#""method":"GET""#))
    #expect(try router.get("/log").contains("user wanctl-rate logged in from 127.0.0.1 via ssh"))
  }

  @Test func loginsAreThoseOfTheRouter() throws {
    let router = try SimulatedRouter()
    let steer = try router.ssh(":put a", user: "wanctl-steer", password: SimulatedRouter.password)
    #expect(steer.status == 0 && steer.output == "a\r\n", "\(steer.remarks)")
    // Who has a key cannot use a password, and who lacks the policy neither.
    for (user, password) in [
      (SimulatedRouter.user, SimulatedRouter.password), ("wanctl-steer", "wrong"),
      ("norest", SimulatedRouter.password), ("nobody", SimulatedRouter.password),
    ] {
      let answer = try router.ssh(":put a", user: user, password: password)
      #expect(answer.status == 255, "\(user)")
      #expect(answer.remarks.contains("Permission denied"), "\(user): \(answer.remarks)")
    }
    #expect(
      try eventually(within: 20) {
        try router.get("/log").contains("login failure for user nobody from 127.0.0.1 via ssh")
      })
    try router.post("/world", #"{"users":{"wanctl-rate":{"disabled":true}}}"#)
    #expect(try router.ssh(read).status == 255)
    #expect(try router.ssh(read, ["-tt"]).status != 0, "no terminal either")
  }

  @Test func changedLogins() throws {
    let router = try SimulatedRouter()
    try router.fault(#"{"fault":"S1","match":{"user":"wanctl-rate"}}"#)
    #expect(try router.ssh(read).remarks.contains("Permission denied (publickey)"))
    try router.fault(#"{"fault":"S1","args":{"kind":"password"}}"#)
    #expect(try router.ssh(read).remarks.contains("Permission denied (password)"))
    try router.fault(#"{"fault":"S6"}"#)
    #expect(try router.ssh(read).remarks.contains("no matching key exchange method"))
    #expect(try router.output(read) == "800000000\r\n", "faults are over")
    try router.fault(#"{"fault":"S2","args":{"type":"ed25519"}}"#)
    #expect(try router.ssh(read).remarks.contains("Host key verification failed"))
    try router.knowHostKey()
    #expect(try router.output(read) == "800000000\r\n")
  }

  @Test func errorsAndSilence() throws {
    let router = try SimulatedRouter()
    try router.fault(#"{"fault":"S3","match":{"service":"ssh","body":"max-limit"}}"#)
    #expect(try router.output(write) == "failure: cannot do that now\r\n")
    try router.fault(#"{"fault":"S5","match":{"path":"/queue tree set"}}"#)
    #expect(try router.output(write + "; " + read) == "800000000\r\n")
    try router.fault(#"{"fault":"S4"}"#)
    let hanging = try router.ssh(read, within: 3)
    #expect(hanging.status == nil && hanging.output == "800000000\r\n")
    try router.fault(#"{"fault":"S4","args":{"kind":"no-status"}}"#)
    let dead = try router.ssh(read)
    #expect(dead.status == 255 && dead.output == "800000000\r\n")
    try router.fault(#"{"fault":"S7"}"#)
    #expect(try router.output(":put a; :put b") == "a\nb")
  }

  @Test func transportFaultsReachSSH() throws {
    let router = try SimulatedRouter()
    try router.fault(#"{"fault":"T3","match":{"service":"ssh"}}"#)
    #expect(try router.ssh(write).status == 255)
    #expect(try router.output(read) == "612000000\r\n", "it was done all the same")
    try router.fault(#"{"fault":"T5","args":{"bytes":3}}"#)
    #expect(try router.ssh(read).output == "612")
    try router.fault(#"{"fault":"T1","args":{"service":"ssh"}}"#)
    #expect(try router.ssh(read).remarks.contains("Connection refused"))
    #expect(try router.rest("system/identity") == #"{"name":"MikroTik"}"#)
    try router.fault(#"{"fault":"T8","args":{"ms":1}}"#)
    #expect(try router.output(read) == "612000000\r\n", "the port is open again")
    try router.fault(#"{"fault":"A2"}"#)
    #expect(try router.output(write) == "not enough permissions (9)\r\n")
  }

  @Test(arguments: ["default", "strong", "ed25519", "legacy649", "gcm-only", "none"])
  func algorithms(profile: String) throws {
    let router = try SimulatedRouter(["--ssh-profile", profile])
    // OpenSSH refuses what 6.49 has, and takes no ed25519 key there.
    let works = !["legacy649", "none"].contains(profile)
    #expect(try router.ssh(read).status == (works ? 0 : 255))
    let isEd25519 = router.ports.hostKey.knownHosts.contains("ssh-ed25519")
    #expect(isEd25519 == (profile == "ed25519"))
  }

  @Test func severalLinesOverOneConnection() throws {
    let router = try SimulatedRouter()
    let path = router.folder.path + "/mux"
    let master = try ChildProcess(
      [
        "ssh", "-F", "none", "-M", "-N", "-S", path, "-p", "\(router.ports.ssh)", "-i",
        router.folder.path + "/key", "-o", "BatchMode=yes", "-o",
        "UserKnownHostsFile=\(router.folder.path)/known_hosts", "\(SimulatedRouter.user)@127.0.0.1",
      ], folder: router.folder)
    #expect(eventually(within: 30) { FileManager.default.fileExists(atPath: path) })
    for _ in 0..<5 {
      #expect(try router.ssh(read, ["-S", path]).output == "800000000\r\n", "\(master.remarks)")
    }
    let connections = try router.get("/requests").components(separatedBy: #""connection":1"#)
    #expect(connections.count == 6)
    try router.fault(#"{"fault":"T4"}"#)
    #expect(try router.ssh(read, ["-S", path]).status == 255)
    #expect(master.waitUntilExit(within: 20) != nil, "its connection is gone")
  }

  static let statistics = """
    Flags: X - disabled, I - invalid \r
     0   name="WAN-Download-1" parent=bridge1 packet-mark=no-mark limit-at=0 \r
         queue=cake-down-wan1 priority=8 max-limit=612M burst-limit=0 \r
         burst-threshold=0 burst-time=0s bucket-size=0.1 rate=48213344 \r
         packet-rate=4211 queued-bytes=18168 queued-packets=12 bytes=272603902153 \r
         packets=184614358 dropped=0 \r
    \r

    """

  @Test func statisticsInAllForms() throws {
    let router = try SimulatedRouter()
    _ = try router.output(write)
    let line = #"/queue tree print stats detail where name="WAN-Download-1""#
    #expect(try router.output(line) == Self.statistics)
    try router.post("/world", #"{"switches":{"textWidth":"none","legendCase":"upper"}}"#)
    let joined = Self.statistics.replacingOccurrences(of: " \r\n     ", with: " ")
      .replacingOccurrences(of: "disabled, I - invalid ", with: "DISABLED, I - INVALID")
    #expect(try router.output(line) == joined)
    try router.post(
      "/world", #"{"switches":{"textWidth":80,"legendCase":"lower","ratesWithSuffix":true}}"#)
    #expect(try router.output(line).contains("rate=48.2Mbps \r\n"))
    try router.fault(#"{"fault":"V2","match":{"service":"ssh"},"args":{"field":"bytes"}}"#)
    #expect(try !router.output(line).contains(" bytes="))
    try router.fault(#"{"fault":"S7","args":{"bytes":7,"crlf":true,"finalNewline":true}}"#)
    #expect(try router.output(line).hasSuffix("dropped=0 \r\n\r\n"))
  }

  static let literals = [
    (#"/queue tree set [find name="none"] max-limit=1"#, ""),
    (
      #"/queue tree set [find name="WAN-Download-1"] queue=nope"#,
      "input does not match any value of queue\r\n"
    ),
    ("/queue tree sett x", "bad command name sett (line 1 column 13)\r\n"),
    (
      #"/queue tree set [find name="X"] maxlimit=1"#,
      "expected end of command (line 1 column 33)\r\n"
    ),
    (#":put [/queue tree get [find name="none"] max-limit]"#, "no such item\r\n"),
    (#":put [:len [/ip firewall mangle find comment="counted" disabled=no]]"#, "1\r\n"),
    (#"/ip firewall mangle enable [find comment~"ADAPTIVE"]"#, ""),
    (
      #"/queue/tree/print stats detail where name="nobody""#,
      "Flags: X - disabled, I - invalid \r\n\r\n"
    ),
    ("/system identity print", "  name: MikroTik\r\n\r\n"),
    (
      #"/queue tree set [find name="WAN-Download-1"] queue=cake-down-wan1 max-limit=5; /queue tree set [find name="WAN-Upload-1"] queue=cake-up-wan1 max-limit=6"#,
      ""
    ),
  ]

  @Test func linesOfTheContract() throws {
    let router = try SimulatedRouter()
    for (line, output) in Self.literals { #expect(try router.output(line) == output, "\(line)") }
    #expect(try router.get("/queues").contains(#""WAN-Download-1":5,"WAN-Upload-1":6"#))
    #expect(
      try router.rest("ip/firewall/mangle/*4?.proplist=disabled") == #"{"disabled":"false"}"#)
    #expect(try router.rest("user/wanctl-rate").contains(#""group":"wanctl""#))
    #expect(try router.rest("ip/service/ssh").contains(#""port":"\#(router.ports.ssh)""#))
    #expect(try router.rest("ip/ssh").contains(#""host-key-type":"rsa""#))
  }
}

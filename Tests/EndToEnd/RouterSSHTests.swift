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
}

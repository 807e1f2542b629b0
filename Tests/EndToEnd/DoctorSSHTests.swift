import Foundation
import Testing

/// `wanctl-cake doctor` where SSH is a way to the router.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: DoctorRouter.binary),
    "needs swift build --package-path Tests/Sim"))
struct DoctorSSHTests {
  @Test func anUnknownHostKeyIsToldWithItsFingerprint() throws {
    let router = try DoctorRouter(hasSSH: true)
    // As a fallback it is a warning, as the only way an error.
    let (_, fallback) = try router.report(.init(hasKey: true))
    #expect(fallback.findings.map(\.id) == ["ssh-host-key-unknown"])
    #expect(fallback.findings.first?.severity == "warning")
    let (_, primary) = try router.report(.init(transport: "ssh", hasKey: true))
    #expect(primary.findings.first?.id == "ssh-host-key-unknown")
    let mend = try #require(primary.findings.first?.mending.first?.text)
    #expect(mend.contains("wanctl-setq trust --config "))
    #expect(mend.contains(" --accept SHA256:"))
    #expect(primary.findings.first?.severity == "error")
    // What it says to do is what mends it.
    try router.knowHostKey()
    #expect(try router.report(.init(hasKey: true)).report.findings.map(\.id) == [])
  }

  @Test func aChangedHostKeyIsNoUnknownOne() throws {
    let router = try DoctorRouter(hasSSH: true)
    try router.knowHostKey()
    try router.post("/fault", #"{"fault":"S2"}"#)
    let (status, report) = try router.report(.init(hasKey: true))
    #expect(status == 1 && report.findings.map(\.id) == ["ssh-host-key-changed"])
    #expect(report.findings.first?.facts.contains { $0.value.hasSuffix("known_hosts:1") } == true)
  }

  @Test func aRouterIsReadOverSSHWhenRESTIsGone() throws {
    let router = try DoctorRouter(hasSSH: true)
    try router.knowHostKey()
    try router.post("/fault", #"{"fault":"T1"}"#)
    try router.post(
      "/world", #"{"rows":{"queue/tree":{"WAN-Download-1":{"disabled":"true"}}}}"#)
    let (status, report) = try router.report(.init(hasKey: true))
    #expect(status == 1)
    #expect(report.findings.map(\.id) == ["queue-disabled", "router-unreachable"])
    #expect(report.findings.map(\.severity) == ["error", "warning"])
  }
}

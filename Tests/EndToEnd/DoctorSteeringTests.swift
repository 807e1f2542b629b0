import Foundation
import Testing

/// `wanctl-cake doctor --steer`.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: DoctorRouter.binary),
    "needs swift build --package-path Tests/Sim"))
struct DoctorSteeringTests {
  private static let comment = "ADAPTIVE: Steer latency-sensitive to WAN2"

  @Test func aSoundRuleAndAnOwnUserAreNoFinding() throws {
    let router = try DoctorRouter()
    let (status, report) = try router.report(
      .init(), samples: 0.5, ["--steer", try router.steering()])
    #expect(status == 0 && report.findings.map(\.id) == [] && report.routers.count == 1)
  }

  @Test(arguments: [
    ("rule-ambiguous", "/fault", #"{"fault":"V5","args":{"kind":"duplicate"}}"#),
    ("rule-missing", "/world", #"{"rows":{"ip/firewall/mangle":{"*4":null}}}"#),
    ("rule-dynamic", "/world", #"{"rows":{"ip/firewall/mangle":{"*4":{"dynamic":"true"}}}}"#),
    (
      "fasttrack-bypass", "/world",
      #"{"rows":{"ip/firewall/filter":{"+":{"action":"fasttrack-connection","chain":"forward"}}}}"#
    ),
  ])
  func aRuleThatCannotBeSwitchedIsFound(finding: String, path: String, body: String) throws {
    let router = try DoctorRouter()
    try router.post(path, body)
    let (status, report) = try router.report(
      .init(), samples: 0.5, ["--steer", try router.steering()])
    #expect(status == 1 && report.findings.map(\.id) == [finding])
    #expect(report.findings.first?.severity == "error")
  }

  @Test func theRuleToAddHasTheComment() throws {
    let router = try DoctorRouter()
    try router.post("/world", #"{"rows":{"ip/firewall/mangle":{"*4":null}}}"#)
    let (_, report) = try router.report(
      .init(), samples: 0.5, ["--steer", try router.steering()])
    let mend = try #require(report.findings.first?.mending.first?.text)
    #expect(mend.hasPrefix("/ip/firewall/mangle/add ") && mend.hasSuffix("\"\(Self.comment)\""))
  }

  @Test func oneUserForBothIsAWarning() throws {
    let router = try DoctorRouter()
    let (status, report) = try router.report(
      .init(), samples: 0.5, ["--steer", try router.steering(user: "wanctl-rate")])
    #expect(status == 1 && report.findings.map(\.id) == ["user-shared"])
  }

  @Test func aUserOfSteeringThatCannotLogInIsAnError() throws {
    let router = try DoctorRouter()
    let (_, report) = try router.report(
      .init(), samples: 0.5, ["--steer", try router.steering(user: "norest")])
    #expect(report.findings.map(\.id) == ["login-refused", "policy-missing"])
    #expect(report.findings.first?.severity == "error")
  }
}

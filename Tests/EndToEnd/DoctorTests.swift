import Foundation
import Testing

/// The real `wanctl-cake doctor` on a simulated router that is broken in one way after the other.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: DoctorRouter.binary),
    "needs swift build --package-path Tests/Sim"))
struct DoctorTests {
  @Test func aSoundRouterGivesNoFindingAndIsOnlyRead() throws {
    let router = try DoctorRouter()
    let (status, report) = try router.report()
    #expect(status == 0)
    #expect(report.findings.map(\.id) == [])
    #expect(report.routers.first?.version == "7.23.7 (long-term)")
    #expect(try router.methods() == ["GET"])
  }

  struct Break: Sendable, CustomTestStringConvertible {
    var name: String
    var finding: String
    var severity = "error"
    var config = DoctorRouter.Config()
    var posts: [(path: String, body: String)] = []
    /// What one way to mend it says.
    var mend: String
    var testDescription: String { name }
  }

  @Test(arguments: [
    Break(
      name: "queue disabled", finding: "queue-disabled",
      posts: [("/world", #"{"rows":{"queue/tree":{"WAN-Download-1":{"disabled":"true"}}}}"#)],
      mend: #"/queue/tree/enable [find name="WAN-Download-1"]"#),
    Break(
      name: "queue missing", finding: "queue-missing",
      posts: [("/world", #"{"rows":{"queue/tree":{"WAN-Upload-1":null}}}"#)],
      mend: "/queue/tree/add name=WAN-Upload-1"),
    Break(
      name: "queue invalid", finding: "queue-invalid",
      posts: [("/world", #"{"rows":{"queue/tree":{"WAN-Upload-1":{"parent":"gone"}}}}"#)],
      mend: "parent=INTERFACE"),
    Break(
      name: "pfifo leaf", finding: "leaf-not-cake",
      posts: [("/world", #"{"rows":{"queue/tree":{"WAN-Upload-1":{"queue":"default-small"}}}}"#)],
      mend: "kind=cake"),
    Break(
      name: "bandwidth on the type", finding: "cake-bandwidth", severity: "warning",
      posts: [
        ("/world", #"{"rows":{"queue/type":{"cake-up-wan1":{"cake-bandwidth":"50000000"}}}}"#)
      ], mend: #"[find name="cake-up-wan1"] cake-bandwidth=0"#),
    Break(
      name: "FastTrack", finding: "fasttrack-bypass",
      posts: [
        ("/world", #"{"rows":{"queue/tree":{"WAN-Download-1":{"parent":"global"}}}}"#),
        (
          "/world",
          #"{"rows":{"ip/firewall/filter":{"+":{"action":"fasttrack-connection","chain":"forward"}}}}"#
        ),
      ], mend: "/ip/firewall/filter/disable [find action=fasttrack-connection]"),
    Break(
      name: "mark that nobody sets", finding: "packet-mark-unset",
      posts: [("/world", #"{"rows":{"queue/tree":{"WAN-Upload-1":{"packet-mark":"up"}}}}"#)],
      mend: #"new-packet-mark="up""#),
    Break(
      name: "unlimited", finding: "limit-outside-configuration", severity: "warning",
      posts: [("/admin", #"{"set":{"queue":"WAN-Upload-1","max-limit":"0"}}"#)],
      mend: "WAN-Upload-1=38M"),
    Break(
      name: "old RouterOS", finding: "version-vulnerable", severity: "warning",
      posts: [("/world", #"{"version":"7.23.3 (stable)"}"#)],
      mend: "/system/package/update/install"),
    Break(
      name: "RouterOS 6", finding: "version-unsupported",
      posts: [("/world", #"{"version":"6.49.21 (long-term)"}"#)], mend: "channel=upgrade"),
    Break(
      name: "busy processor", finding: "cpu-busy", severity: "warning",
      posts: [("/profile", #"{"cpuLoad":0.95}"#)], mend: "/tool/profile"),
    Break(
      name: "verification off", finding: "tls-not-verified", severity: "warning",
      config: .init(trust: [("verify_ssl", "false")]), mend: "pin_sha256: \"sha256//"),
    Break(
      name: "plain http", finding: "plain-http", severity: "warning",
      config: .init(usesTLS: false), mend: "/ip/service/set www-ssl certificate=rest"),
    Break(
      name: "certificate=none", finding: "certificate-missing",
      posts: [("/fault", #"{"fault":"L1","args":{"certificate":"none"}}"#)],
      mend: "/certificate/sign rest ca=wanctl-ca"),
    Break(
      name: "expired certificate", finding: "certificate-not-trusted",
      posts: [("/fault", #"{"fault":"L1","args":{"certificate":"expired"}}"#)],
      mend: "/certificate/sign rest ca=wanctl-ca"),
    Break(
      name: "unknown authority", finding: "certificate-not-trusted", config: .init(trust: []),
      mend: "pin_sha256: \"sha256//"),
    Break(
      name: "nobody listens", finding: "router-unreachable",
      posts: [("/fault", #"{"fault":"T1"}"#)], mend: "/ip/service/enable www-ssl"),
    Break(
      name: "REST switched off", finding: "rest-switched-off",
      posts: [("/world", #"{"services":{"www-ssl":{"rest":false}}}"#)], mend: "rest-secure=yes"),
    Break(
      name: "wrong password", finding: "login-refused", config: .init(password: "wrong"),
      mend: #"/user/print detail where name="wanctl-rate""#),
    Break(
      name: "no policy rest-api", finding: "login-refused", config: .init(user: "norest"),
      mend: #"[/user/get [find name="norest"] group] policy=read,write,api,rest-api"#),
    Break(
      name: "no policy api", finding: "policy-missing", config: .init(user: "noapi"),
      mend: #"[/user/get [find name="noapi"] group] policy=read,write,api,rest-api"#),
    Break(
      name: "no policy read", finding: "policy-missing",
      posts: [("/world", #"{"users":{"wanctl-rate":{"policies":["write","api","rest-api"]}}}"#)],
      mend: "policy=read,write,api,rest-api"),
    Break(
      name: "no policy write", finding: "policy-missing", config: .init(user: "readonly"),
      mend: ",write"),
  ])
  func oneThingBrokenIsFound(test: Break) throws {
    let router = try DoctorRouter()
    for post in test.posts { try router.post(post.path, post.body) }
    let (status, report) = try router.report(test.config)
    if test.config.user == "readonly", report.lackedMenus.contains("/user/group") {
      // Without users to read nothing tells that a write would fail.
      #expect(status == 0)
      return
    }
    #expect(status == 1)
    #expect(report.findings.map(\.id) == [test.finding])
    let finding = try #require(report.findings.first)
    #expect(finding.severity == test.severity)
    #expect(finding.mending.contains { $0.text.contains(test.mend) }, "\(finding.mending)")
  }

  @Test func aQueueThatGetsNothingIsSeenByItsInterface() throws {
    let router = try DoctorRouter()
    try router.post(
      "/series", #"{"queue":"WAN-Download-1","pin":[{"atMs":0,"bytes":1000}]}"#)
    // Nothing moves at all: nothing can be said.
    let (status, idle) = try router.report()
    #expect(status == 0 && idle.findings.map(\.id) == ["line-idle"])
    let child = try router.start([
      "--config", try router.configuration(), "--samples", "4", "--json",
    ])
    var sent = 0
    while child.isRunning {
      sent += 1_000_000
      try router.post(
        "/world", #"{"rows":{"interface":{"bridge1":{"tx-byte":"\#(sent)"}}}}"#)
    }
    #expect(child.waitUntilExit(within: 30) == 1, "\(child.remarks)")
    let report = try DoctorRouter.Report(child.output)
    #expect(report.findings.map(\.id) == ["parent-moves-no-bytes"])
    #expect(report.findings.first?.queue == "WAN-Download-1")
  }

  @Test func theFlashIsWatched() throws {
    let router = try DoctorRouter()
    try router.post("/fault", #"{"fault":"F1","args":{"perHour":3600000000}}"#)
    let (_, report) = try router.report(samples: 2)
    #expect(report.findings.map(\.id) == ["flash-writes"])
    #expect(report.findings.first?.facts.contains { $0.name.contains("per year") } == true)
  }

  @Test func theStateFileIsHeldAgainstConfigurationAndRouter() throws {
    let router = try DoctorRouter()
    let state = router.folder.appending(path: "wan1_state.json")
    try Data(
      #"{"download":{"current_rate":1e9},"last_applied":{"dl_rate":700000000,"ul_rate":35000000}}"#
        .utf8
    ).write(to: state)
    // What a loop left that does not run is old, but no sign of anybody else.
    #expect(try router.report().report.findings.map(\.id) == ["state-outside-configuration"])
    // A process that looks like a loop by its command line.
    let loop = try ChildProcess(
      ["tail", "-f", state.path + "-of-wanctl", state.path], folder: router.folder)
    try Data("\(loop.processID)\n".utf8).write(to: router.folder.appending(path: "wan1.lock"))
    let (_, report) = try router.report()
    #expect(report.findings.map(\.id) == ["limit-drift", "state-outside-configuration"])
    loop.terminate()
  }

  @Test func twoLoopsWithOneUserAreTold() throws {
    let router = try DoctorRouter()
    try router.post("/load", #"{"WAN-Download-2":40000000,"WAN-Upload-2":4000000}"#)
    let second = try router.configuration(.init(wan: 2))
    let (status, report) = try router.report(.init(), samples: 0.5, ["--config", second])
    #expect(status == 1 && report.findings.map(\.id) == ["user-shared"])
    #expect(report.routers.count == 1)
  }

  @Test func aReportForPeopleSaysTheSame() throws {
    let router = try DoctorRouter()
    try router.post(
      "/world", #"{"rows":{"queue/tree":{"WAN-Download-1":{"disabled":"true"}}}}"#)
    let child = try router.start(["--config", try router.configuration(), "--samples", "0"])
    #expect(child.waitUntilExit(within: 60) == 1, "\(child.remarks)")
    let heading = try #require(child.output.split(separator: "\n").first)
    #expect(
      heading == "127.0.0.1 (MikroTik, RB5009UG+S+, RouterOS 7.23.7 (long-term), up for 6 days)")
    #expect(
      child.output.contains(
        """

        error: WAN-Download-1 (wan1): the queue is switched off [queue-disabled]
          disabled  yes
          Packets pass it unshaped, whatever limit is set.
          on the router:
            /queue/tree/enable [find name="WAN-Download-1"]


        """))
    #expect(child.output.contains("\n1 error"))
  }

  @Test func whatCannotBeUsedEndsWithItsStatus() throws {
    let router = try DoctorRouter()
    let good = try router.configuration()
    let cases: [(arguments: [String], status: Int32, says: String)] = [
      (["--config", "/nonexistent.yaml"], 78, "/nonexistent.yaml"),
      (["--config", good, "--samples", "-1"], 2, "--samples"),
      (["--config", good, "--samples", "many"], 2, "many"), ([], 2, "--config"),
      (["--config", good, "--steer", "/nonexistent.yaml"], 78, "/nonexistent.yaml"),
    ]
    for (arguments, status, says) in cases {
      let child = try router.start(arguments)
      #expect(child.waitUntilExit(within: 60) == status, "\(arguments)")
      #expect(child.remarks.contains(says) && child.output.isEmpty, "\(child.remarks)")
    }
  }
}

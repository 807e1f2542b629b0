import HTTPClient
import Model
import Testing

@testable import Diagnose

/// Each check on facts where everything is right but one thing.
@Suite struct CheckTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var kind: FindingKind
    var severity: Finding.Severity = .error
    /// What one of the ways to mend it contains.
    var mend: String
    /// A fact that must be named.
    var fact: String?
    var count = 1
    var breaking: @Sendable (inout RouterFacts) -> Void
    var testDescription: String { name }
  }

  @Test func cleanFactsGiveNothing() {
    #expect(RouterFacts.clean().findings() == [])
  }

  @Test func nothingReadIsNoFinding() {
    let settings = RouterSettings(host: "r", user: "u", caFile: "/ca")
    #expect(RouterFacts(settings: settings, configFile: "f").findings() == [])
  }

  @Test(arguments: connection + queues + router + steering)
  func oneThingWrongGivesItsFinding(test: Case) throws {
    var facts = RouterFacts.clean()
    test.breaking(&facts)
    let findings = facts.findings()
    #expect(findings.map(\.kind) == Array(repeating: test.kind, count: test.count))
    let finding = try #require(findings.first)
    #expect(finding.severity == test.severity)
    let texts = finding.mending.map { mending in
      switch mending {
      case .router(let text), .host(let text), .configuration(let text, file: _): text
      }
    }
    #expect(test.mend.isEmpty || texts.contains { $0.contains(test.mend) }, "\(texts)")
    #expect(!finding.reason.isEmpty && finding.reason.hasSuffix("."))
    if let fact = test.fact {
      #expect(
        finding.facts.contains { "\($0.name)=\($0.value)".contains(fact) }, "\(finding.facts)")
    }
  }

  /// What `check --live` finds on this host, and no check of a router: FileAccessTests,
  /// LiveReportTests and the end-to-end LiveCheckTests have it.
  private static let host: Set<FindingKind> = [
    .configurationUnusable, .steeringDisagrees, .accountMissing, .secretMissing, .secretExposed,
    .fileMissing, .fileNotReadable, .fileNotWritable, .fileNotSeen, .folderMissing,
    .folderNotWritable, .stateDamaged, .stateStale, .portTaken,
  ]

  /// Every kind has a case above: a kind that no check gives is none.
  @Test func everyKindIsTested() {
    let tested = Set((Self.connection + Self.queues + Self.router + Self.steering).map(\.kind))
    #expect(Set(FindingKind.allCases).subtracting(tested) == Self.host)
  }

  private static func rest(_ failure: RouterFailure) -> RouterFacts.Contact {
    .init(.rest, user: "wanctl-rate", failure: failure)
  }

  static let connection = [
    Case(
      name: "refused", kind: .routerUnreachable, mend: "/ip/service/enable www-ssl",
      fact: "connection_refused"
    ) { $0.contacts = [rest(failure(.connectionRefused))] },
    Case(
      name: "refused with a fallback", kind: .routerUnreachable, severity: .warning,
      mend: "/ip/service/enable www-ssl"
    ) { $0.contacts = [rest(failure(.connectionRefused)), .init(.ssh, user: "wanctl-rate")] },
    Case(name: "no address", kind: .routerUnreachable, mend: "host: ADDRESS") {
      $0.contacts = [rest(failure(.dnsFailure))]
    },
    Case(
      name: "wrong password", kind: .loginRefused,
      mend: "policy=read,write,api,rest-api,ssh", fact: "router.user=wanctl-rate"
    ) { $0.contacts = [rest(failure(.authFailure))] },
    Case(name: "no REST", kind: .restSwitchedOff, mend: "rest-secure=yes") {
      $0.contacts = [rest(failure(.serviceOff))]
    },
    Case(
      name: "no policy api", kind: .policyMissing,
      mend: #"/user/group/set [/user/get [find name="wanctl-rate"] group] policy=read,write,api"#,
      fact: "std failure"
    ) { $0.contacts = [rest(failure(.permission, "std failure"))] },
    Case(
      name: "no policy write", kind: .policyMissing,
      mend: #"/user/group/set [find name="limited"] policy=read,api,rest-api,ssh,write"#,
      fact: "missing=write"
    ) {
      $0.users = .read([RouterUser(name: "wanctl-rate", group: "limited")])
      $0.groups = .read([UserGroup(name: "limited", policies: ["read", "api", "rest-api", "ssh"])])
    },
    Case(
      name: "a built-in group", kind: .policyMissing,
      mend: #"/user/set [find name="wanctl-rate"] group=wanctl"#
    ) {
      $0.users = .read([RouterUser(name: "wanctl-rate", group: "write")])
      $0.groups = .read([UserGroup(name: "write", policies: ["read", "write", "ssh", "api"])])
    },
    Case(
      name: "no policy ssh for the fallback", kind: .policyMissing, severity: .warning,
      mend: "rest-api,ssh", count: 2
    ) {
      $0.groups = .read([
        UserGroup(name: "wanctl", policies: ["read", "write", "api", "rest-api"])
      ])
    },
    Case(
      name: "queues that may not be read", kind: .policyMissing,
      mend: "policy=read,write", fact: "/queue/tree"
    ) {
      $0.queues = Samples(
        first: .failed(failure(.permission)), last: .failed(failure(.permission)))
    },
    Case(
      name: "a menu that could not be read", kind: .readRefused, severity: .note, mend: "",
      fact: "/system/clock=planted"
    ) { $0.clock = .failed(failure(.rejected)) },
    Case(
      name: "steering as the loop's user", kind: .userShared, severity: .warning,
      mend: "user: wanctl-steer", fact: "in=steering.yaml"
    ) { $0.steering?.user = "wanctl-rate" },
    Case(
      name: "two loops with one user", kind: .userShared, severity: .warning,
      mend: "wanctl-loop --config wan1.yaml --config wan2.yaml"
    ) {
      var second = $0.wans[0]
      second.configFile = "wan2.yaml"
      second.runningProcess = 4712
      $0.wans.append(second)
    },
    Case(name: "plain http", kind: .plainHTTP, severity: .warning, mend: "tls: \"yes\"") {
      $0.settings.port = 80
      $0.tls = .notUsed
    },
    Case(
      name: "verification off", kind: .tlsNotVerified, severity: .warning,
      mend: #"pin_sha256: "sha256//AAAA""#
    ) {
      $0.settings.verifyTLS = false
      $0.settings.caFile = nil
    },
    Case(
      name: "certificate=none", kind: .certificateMissing,
      mend: "/ip/service/set www-ssl certificate=rest", fact: "TLS=alert"
    ) {
      $0.tls = .tried(failure: HTTPFailure(.tls(.handshake), detail: "alert"), pin: nil)
      $0.contacts = [rest(failure(.tls))]
    },
    Case(
      name: "expired certificate", kind: .certificateNotTrusted,
      mend: "/certificate/sign rest ca=wanctl-ca"
    ) { $0.tls = .tried(failure: HTTPFailure(.tls(.expired)), pin: "sha256//AAAA") },
    Case(
      name: "unknown authority", kind: .certificateNotTrusted, mend: "sha256//AAAA"
    ) { $0.tls = .tried(failure: HTTPFailure(.tls(.unknownAuthority)), pin: "sha256//AAAA") },
    Case(name: "wrong name", kind: .certificateNotTrusted, mend: "sha256//AAAA") {
      $0.tls = .tried(failure: HTTPFailure(.tls(.wrongName)), pin: "sha256//AAAA")
    },
    Case(
      name: "another key than the pinned one", kind: .certificateNotTrusted,
      mend: "wanctl-setq trust --config wan1.yaml"
    ) { $0.tls = .tried(failure: HTTPFailure(.tls(.pinMismatch)), pin: "sha256//AAAA") },
    Case(name: "no TLS at all", kind: .certificateNotTrusted, mend: "port: 443") {
      $0.tls = .tried(failure: HTTPFailure(.tls(.notTLS)), pin: nil)
    },
    Case(name: "only TLS 1.0", kind: .certificateNotTrusted, mend: "tls-version=only-1.2") {
      $0.tls = .tried(failure: HTTPFailure(.tls(.tooOld)), pin: nil)
    },
    Case(
      name: "unknown host key", kind: .hostKeyUnknown, severity: .warning,
      mend: "trust --config wan1.yaml --accept SHA256:abc"
    ) { $0.hostKey = .unknown(fingerprint: "SHA256:abc") },
    Case(
      name: "changed host key", kind: .hostKeyChanged, severity: .warning,
      mend: "trust --config wan1.yaml --accept SHA256:abc", fact: "known by=/etc/known:7"
    ) { $0.hostKey = .changed(fingerprint: "SHA256:abc", place: "/etc/known:7") },
    Case(name: "changed host key without REST", kind: .hostKeyChanged, mend: "--accept") {
      $0.settings.transport = .ssh
      $0.hostKey = .changed(fingerprint: "SHA256:abc", place: "/etc/known:7")
    },
  ]

  static let queues = [
    Case(
      name: "no queue", kind: .queueMissing, mend: "/queue/tree/add name=WAN-Upload-1",
      fact: "/queue/tree=WAN-Download-1"
    ) { facts in
      for sample in [\RouterFacts.queues.first, \RouterFacts.queues.last] {
        let rows = facts[keyPath: sample].value!.filter { $0.name != upName.text }
        facts[keyPath: sample] = .read(rows)
      }
    },
    Case(
      name: "disabled", kind: .queueDisabled,
      mend: #"/queue/tree/enable [find name="WAN-Download-1"]"#
    ) { $0.changeQueue(downName) { $0.isDisabled = true } },
    Case(name: "invalid", kind: .queueInvalid, mend: "parent=INTERFACE", fact: "parent=gone") {
      $0.changeQueue(downName) {
        $0.isInvalid = true
        $0.parent = "gone"
      }
    },
    Case(
      name: "no such type", kind: .queueInvalid, mend: #"/queue/type/add name="gone" kind=cake"#
    ) {
      $0.changeQueue(downName) {
        $0.isInvalid = true
        $0.queueType = "gone"
      }
    },
    Case(name: "pfifo", kind: .leafNotCAKE, mend: "queue=cake-down", fact: "kind=pfifo") {
      $0.changeQueue(downName) { $0.queueType = "default-small" }
    },
    Case(name: "fq-codel", kind: .leafNotCAKE, severity: .warning, mend: "queue=cake-up") {
      $0.changeQueue(upName) { $0.queueType = "fq" }
    },
    Case(
      name: "bandwidth on the type", kind: .cakeBandwidth, severity: .warning,
      mend: #"/queue/type/set [find name="cake-up"] cake-bandwidth=0"#, fact: "=50M"
    ) {
      $0.queueTypes = .read([
        QueueType(name: "cake-down", kind: "cake"),
        QueueType(name: "cake-up", kind: "cake", bandwidth: mega(50)),
      ])
    },
    Case(
      name: "FastTrack and global", kind: .fastTrackBypass,
      mend: "/ip/firewall/filter/disable [find action=fasttrack-connection]", fact: "parent=global"
    ) {
      $0.steering = nil
      $0.filterRules = .read([FirewallRule(id: "*7", action: "fasttrack-connection")])
      $0.changeQueue(downName) { $0.parent = "global" }
      $0.interfaces = Samples()
    },
    Case(name: "FastTrack and marks", kind: .fastTrackBypass, mend: "disable", fact: "*7") {
      $0.steering = nil
      $0.filterRules = .read([FirewallRule(id: "*7", action: "fasttrack-connection")])
      $0.mangleRules = .read([FirewallRule(id: "*1", action: "mark-packet", packetMark: "up")])
      $0.changeQueue(upName) { $0.packetMark = "up" }
    },
    Case(name: "FastTrack and steering", kind: .fastTrackBypass, mend: "disable") {
      $0.filterRules = .read([FirewallRule(id: "*7", action: "fasttrack-connection")])
    },
    Case(name: "no rule for the mark", kind: .packetMarkUnset, mend: #"new-packet-mark="up""#) {
      $0.changeQueue(upName) { $0.packetMark = "up" }
    },
    Case(
      name: "disabled rule for the mark", kind: .packetMarkUnset,
      mend: "/ip/firewall/mangle/enable *9"
    ) {
      $0.steering = nil
      $0.mangleRules = .read([
        FirewallRule(id: "*9", action: "mark-packet", packetMark: "up", isDisabled: true)
      ])
      $0.changeQueue(upName) { $0.packetMark = "up" }
    },
    Case(
      name: "no bytes", kind: .parentMovesNoBytes, mend: "packet-mark=no-mark",
      fact: "tx-byte of the parent=+20000000"
    ) { $0.changeQueue(downName) { $0.bytes = 5 } },
    Case(
      name: "no bytes below another queue", kind: .parentMovesNoBytes,
      mend: "packet-mark=no-mark", fact: "parent=all (bridge1)"
    ) {
      $0.changeQueue(downName) {
        $0.bytes = 5
        $0.parent = "all"
      }
      let all = TreeQueue(name: "all", parent: "bridge1", queueType: "default", maxLimit: .zero)
      $0.queues.last = .read($0.queues.newest! + [all])
    },
    Case(
      name: "an idle line", kind: .lineIdle, severity: .note, mend: "--samples 30",
      fact: "bytes=+0 in 3.0 s"
    ) {
      $0.changeQueue(upName) { $0.bytes = 5 }
      $0.interfaces.last = $0.interfaces.first
    },
    Case(
      name: "unlimited", kind: .limitOutsideConfiguration, severity: .warning,
      mend: "WAN-Download-1=95M", fact: "max-limit=0 (unlimited)"
    ) {
      $0.changeQueue(downName) { $0.maxLimit = .zero }
      $0.wans[0].stored = .init()
    },
    Case(
      name: "above the ceiling", kind: .limitOutsideConfiguration, severity: .warning,
      mend: "systemctl restart wanctl@wan1", fact: "configured=5M to 18M"
    ) {
      $0.changeQueue(upName) { $0.maxLimit = mega(19) }
      $0.wans[0].stored = .init()
    },
    Case(
      name: "not what was applied", kind: .limitDrift, severity: .warning,
      mend: "/system/scheduler/print", fact: "last_applied=70M"
    ) { $0.changeState { $0.lastApplied.download = mega(70) } },
    Case(
      name: "stored above the ceiling", kind: .stateOutsideConfiguration, severity: .warning,
      mend: "reload-or-restart wanctl@wan1", fact: "download.current_rate=500M"
    ) { $0.changeState { $0.queues.download.rate = 500e6 } },
    Case(
      name: "stored below the floor", kind: .stateOutsideConfiguration, severity: .warning,
      mend: "reload", fact: "configured=5M to 18M"
    ) { $0.changeState { $0.queues.upload.rate = -1e300 } },
  ]

  static let router = [
    Case(name: "RouterOS 6", kind: .versionUnsupported, mend: "channel=upgrade") {
      $0.changeResource(RouterFacts.resource(version: "6.49.21 (long-term)"))
    },
    Case(
      name: "RouterOS 7.23.3", kind: .versionVulnerable, severity: .warning,
      mend: "/system/package/update/install", fact: "version=7.23.3"
    ) { $0.changeResource(RouterFacts.resource(version: "7.23.3 (stable)")) },
    Case(
      name: "flash in a burst", kind: .flashWrites, severity: .warning, mend: "per_minute: 20",
      fact: "sectors per year at this rate=42.1"
    ) { facts in
      facts.resource.last = .read(RouterFacts.resource(sectors: 14_202 + 64 + 4))
    },
    Case(name: "busy", kind: .cpuBusy, severity: .warning, mend: "/tool/profile", fact: "93 %") {
      $0.changeResource(RouterFacts.resource(load: 93))
    },
    Case(
      name: "a clock behind", kind: .clockSkew, severity: .warning, mend: "ntp/client",
      fact: "offset=3600 s behind"
    ) {
      $0.clock = .read(
        ClockReading(
          router: UnixTime(seconds: 1_799_996_400), host: UnixTime(seconds: 1_800_000_000)))
    },
  ]

  static let steering = [
    Case(
      name: "no rule", kind: .ruleMissing,
      mend: #"new-routing-mark="to-wan2" connection-state=new dscp=46 passthrough=no disabled=yes "#
        + #"comment="ADAPTIVE: Steer latency-sensitive to WAN2""#
    ) { $0.mangleRules = .read([]) },
    Case(
      name: "twice", kind: .ruleAmbiguous,
      mend:
        #"/ip/firewall/mangle/set *5 comment="ADAPTIVE: Steer latency-sensitive to WAN2 - other""#
    ) {
      $0.mangleRules = .read([
        FirewallRule(id: "*4", action: "mark-routing", comment: ruleComment.text),
        FirewallRule(id: "*5", action: "mark-routing", comment: ruleComment.text),
      ])
    },
    Case(name: "dynamic", kind: .ruleDynamic, mend: "/ip/firewall/mangle/add", fact: "*4") {
      $0.mangleRules = .read([
        FirewallRule(
          id: "*4", action: "mark-routing", comment: ruleComment.text, isDynamic: true)
      ])
    },
  ]
}

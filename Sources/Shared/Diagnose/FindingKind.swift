/// What can be found. The raw values are a contract: programs and docs/doctor.md go by them.
public enum FindingKind: String, Sendable, CaseIterable {
  // The way to the router.
  case routerUnreachable = "router-unreachable"
  case loginRefused = "login-refused"
  case restSwitchedOff = "rest-switched-off"
  case policyMissing = "policy-missing"
  case readRefused = "read-refused"
  case userShared = "user-shared"
  case plainHTTP = "plain-http"
  case tlsNotVerified = "tls-not-verified"
  case certificateMissing = "certificate-missing"
  case certificateNotTrusted = "certificate-not-trusted"
  case hostKeyUnknown = "ssh-host-key-unknown"
  case hostKeyChanged = "ssh-host-key-changed"

  // The queues.
  case queueMissing = "queue-missing"
  case queueDisabled = "queue-disabled"
  case queueInvalid = "queue-invalid"
  case leafNotCAKE = "leaf-not-cake"
  case cakeBandwidth = "cake-bandwidth"
  case fastTrackBypass = "fasttrack-bypass"
  case packetMarkUnset = "packet-mark-unset"
  case parentMovesNoBytes = "parent-moves-no-bytes"
  case lineIdle = "line-idle"
  case limitOutsideConfiguration = "limit-outside-configuration"
  case limitDrift = "limit-drift"
  case stateOutsideConfiguration = "state-outside-configuration"

  // The router itself.
  case versionUnsupported = "version-unsupported"
  case versionVulnerable = "version-vulnerable"
  case flashWrites = "flash-writes"
  case cpuBusy = "cpu-busy"
  case clockSkew = "clock-skew"

  // Steering.
  case ruleMissing = "rule-missing"
  case ruleAmbiguous = "rule-ambiguous"
  case ruleDynamic = "rule-dynamic"

  /// What it is, in a few words: the headline of the report.
  public var title: String {
    switch self {
    case .routerUnreachable: "the router cannot be reached"
    case .loginRefused: "the router refuses the login"
    case .restSwitchedOff: "REST is switched off on the router"
    case .policyMissing: "the user's group lacks policies"
    case .readRefused: "the router did not let something be read"
    case .userShared: "two daemons share one router user"
    case .plainHTTP: "the password crosses the network unencrypted"
    case .tlsNotVerified: "the router's certificate is not verified"
    case .certificateMissing: "the router has no certificate for TLS"
    case .certificateNotTrusted: "the router's certificate is not trusted"
    case .hostKeyUnknown: "the router's SSH host key is unknown"
    case .hostKeyChanged: "the router's SSH host key has changed"
    case .queueMissing: "the router has no such queue"
    case .queueDisabled: "the queue is switched off"
    case .queueInvalid: "the queue is invalid"
    case .leafNotCAKE: "the queue's leaf is not CAKE"
    case .cakeBandwidth: "CAKE has a bandwidth of its own"
    case .fastTrackBypass: "FastTrack takes packets past the queue"
    case .packetMarkUnset: "no rule sets the queue's packet mark"
    case .parentMovesNoBytes: "no traffic goes through the queue"
    case .lineIdle: "the line was idle, so the queue could not be seen working"
    case .limitOutsideConfiguration: "the queue's limit is not one that wanctl sets"
    case .limitDrift: "somebody else has changed the queue's limit"
    case .stateOutsideConfiguration: "the stored rate contradicts the configuration"
    case .versionUnsupported: "RouterOS is too old for wanctl"
    case .versionVulnerable: "RouterOS has a known hole in SSH"
    case .flashWrites: "the router's flash is written to a lot"
    case .cpuBusy: "the router's processor is busy"
    case .clockSkew: "the router's clock is wrong"
    case .ruleMissing: "the router has no such mangle rule"
    case .ruleAmbiguous: "several mangle rules have this comment"
    case .ruleDynamic: "the mangle rule is dynamic"
    }
  }
}

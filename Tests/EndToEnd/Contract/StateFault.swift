/// A router that changes under our feet: what it has, what it counts, whether it is up.
enum StateFault: String, Sendable, CaseIterable {
  case countersFall, oddField, frozenDrops
  case queueDisabled, queueInvalid, queueDeleted, otherLeaf
  case twin, dynamicTwin, substringTwin, noDisabledKey
  case otherLimit, otherRule
  case reboot, silentReboot, flashWear
  case busyUser, staleAnswer

  /// As in docs/routersim.md.
  var id: String { words.id }
  var injected: String { words.injected }
  var expected: String { words.expected }
  /// What is seen, over either way where both are looked at.
  var observed: String { words.observed }
  /// Whether SSH knows nothing of it.
  var isOfRESTAlone: Bool { self == .busyUser || self == .staleAnswer }

  private var words: (id: String, injected: String, expected: String, observed: String) {
    switch self {
    case .countersFall:
      (
        "V1", "counters fall by 1000 bytes", "no change is told for that interval",
        "changes of four readings: unknown, 0, unknown, 0 bytes"
      )
    case .oddField:
      (
        "V2", "`rate` is missing, empty, or has a unit", "unknown, or understood",
        "unknown, unknown, 48.2M"
      )
    case .frozenDrops:
      ("V3", "`dropped` is 0 for ever", "drops of a CAKE leaf are unknown", "unknown, not 0")
    case .queueDisabled:
      ("V4", "the queue is disabled", "told, and written to", "disabled; limit confirmed")
    case .queueInvalid:
      ("V4", "the parent of the queue is gone", "told, and written to", "invalid; limit confirmed")
    case .queueDeleted:
      ("V4", "the queue is deleted", "missing, and no failure of the way", "missing; `missing`")
    case .otherLeaf:
      (
        "V4", "the leaf is no CAKE any more", "the new kind is asked for, drops count",
        "pfifo, dropped 0; limit confirmed"
      )
    case .twin:
      (
        "V5", "a second rule with the comment", "neither is switched",
        "2 rules; `rejected`; no write"
      )
    case .dynamicTwin:
      ("V5", "a dynamic rule with the comment", "it does not count", "disabled, then enabled")
    case .substringTwin:
      (
        "V5", "a rule whose comment contains the comment", "it does not count",
        "disabled, then enabled"
      )
    case .noDisabledKey:
      ("V6", "a rule without `disabled`", "enabled", "enabled, then disabled")
    case .otherLimit:
      (
        "V7", "somebody else changes the limit", "told with the next reading, and set right",
        "drift from 700M to 1M; 700M again"
      )
    case .otherRule:
      ("V7", "somebody else switches the rule", "seen by the next look", "disabled, then enabled")
    case .reboot:
      (
        "B1", "a reboot: silence, refused connections, wrong answers",
        "one outage; limits are read before they are trusted",
        "contact lost, contact gained; 700M again"
      )
    case .silentReboot:
      (
        "B2", "a restart without an outage", "noticed by the uptime; limits are read again",
        "restart told once; 700M again"
      )
    case .flashWear:
      (
        "F1", "the flash counter runs", "told, and no reason to write less",
        "sectors grow; limit confirmed"
      )
    case .busyUser:
      (
        "Q1", "a request of `wanctl-steer` takes a minute",
        "its user waits, up to the deadline; others don't",
        "wanctl-rate 700M; wanctl-steer `timeout`"
      )
    case .staleAnswer:
      (
        "Q3", "connections are reset, then the answer to another request comes",
        "an answer is one by its name and value", "confirmed only what the router has"
      )
    }
  }
}

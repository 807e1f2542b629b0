import Model

/// There is exactly one rule that steering can switch, for each target.
enum SteeringRuleCheck: Check {
  static func findings(in facts: RouterFacts) -> [Finding] {
    guard let steering = facts.steering, let rules = facts.mangleRules.value else { return [] }
    return steering.rules.compactMap { wanted in
      let all = rules.filter { $0.comment == wanted.comment.text }
      let own = all.filter { !$0.isDynamic }
      return switch own.count {
      case 0: all.first.map { dynamic($0, wanted) } ?? missing(wanted, steering)
      case 1: nil
      default: ambiguous(own, wanted)
      }
    }
  }

  private static func missing(
    _ wanted: SteeringSettings.Rule, _ steering: SteeringFacts
  ) -> Finding {
    Finding(
      .ruleMissing, .error, .rule(wanted.comment.text),
      facts: [Finding.Fact("mangle_rule.comment", wanted.comment.text)],
      reason: "Steering switches a rule that does not exist, so traffic stays where it is.",
      mending: [
        add(wanted), .configuration("mangle_rule:\n  comment: COMMENT", file: steering.configFile),
      ])
  }

  private static func dynamic(_ rule: FirewallRule, _ wanted: SteeringSettings.Rule) -> Finding {
    Finding(
      .ruleDynamic, .error, .rule(wanted.comment.text), facts: list([rule]),
      reason: "RouterOS makes and removes this rule itself, so it cannot be switched.",
      mending: [add(wanted)])
  }

  private static func ambiguous(
    _ rules: [FirewallRule], _ wanted: SteeringSettings.Rule
  ) -> Finding {
    let other = ConsoleText.quoted(wanted.comment.text + " - other")
    return Finding(
      .ruleAmbiguous, .error, .rule(wanted.comment.text), facts: list(rules),
      reason: "wanctl does not guess which of them is meant, and switches none.",
      mending: rules.dropFirst().map {
        .router("/ip/firewall/mangle/set \($0.id) comment=\(other)")
      })
  }

  /// A rule for new connections that are marked for low delay (DSCP EF), switched off.
  private static func add(_ wanted: SteeringSettings.Rule) -> Finding.Mending {
    .router(
      "/ip/firewall/mangle/add chain=prerouting action=mark-routing "
        + "new-routing-mark=\(ConsoleText.quoted("to-" + wanted.target)) connection-state=new "
        + "dscp=46 passthrough=no disabled=yes comment=\(ConsoleText.quoted(wanted.comment.text))")
  }

  private static func list(_ rules: [FirewallRule]) -> [Finding.Fact] {
    rules.map { Finding.Fact("/ip/firewall/mangle", "\($0.id) action=\($0.action)") }
  }
}

import Model

/// How the rule with a comment stands.
public enum RuleStatus: Sendable, Hashable {
  case enabled
  case disabled
  case missing
  /// Several rules have exactly this comment: none of them is switched.
  case ambiguous(count: Int)

  /// What a rule's rows must hold for `init(of:in:)`.
  static let properties = [".id", "chain", "comment", "disabled", "dynamic"]

  /// The rows with exactly this comment; those that the router made itself don't count.
  static func rules(_ comment: RuleComment, in rows: [RouterRow]) -> [RouterRow] {
    rows.filter { $0["comment"] == comment.text && $0.flag("dynamic") != true }
  }

  /// - Parameter rules: those with the comment.
  init(of rules: [RouterRow]) {
    switch rules.count {
    case 0: self = .missing
    // RouterOS leaves `disabled` out until a rule is disabled for the first time.
    case 1: self = rules[0].flag("disabled") == true ? .disabled : .enabled
    default: self = .ambiguous(count: rules.count)
    }
  }

  /// Why a rule that stands like this cannot be switched; nil when it can.
  func refusal(
    _ comment: RuleComment, transport: Transport, operation: String
  ) -> RouterFailure? {
    switch self {
    case .enabled, .disabled: nil
    case .missing:
      RouterFailure(
        .missing, transport: transport, operation: operation,
        message: "the router has no rule with the comment '\(comment)' in \(RouterMenu.mangle): "
          + "make one, or correct mangle_rule.comment")
    case .ambiguous(let count):
      RouterFailure(
        .rejected, transport: transport, operation: operation,
        message: "\(count) rules in \(RouterMenu.mangle) have the comment '\(comment)': "
          + "give the others another one")
    }
  }

  /// What switching a rule is called in a failure.
  static func operation(_ comment: RuleComment, enabled: Bool) -> String {
    "\(enabled ? "enable" : "disable") the rule '\(comment)'"
  }
}

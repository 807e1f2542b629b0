/// One thing that `check --live` has looked at.
public struct LiveItem: Sendable, Equatable {
  public enum Result: String, Sendable, CaseIterable {
    case ok
    case note
    case warning
    case error
    /// Something before it failed, so that it could not be looked at.
    case skipped
  }

  /// What is looked at: a contract for programs.
  public enum Topic: String, Sendable, CaseIterable {
    case configuration
    case agreement
    case account
    case secrets
    case file
    case state
    case port
    case router
    case trust
    case queue
    case rule
    case health = "router-health"
  }

  public var topic: Topic
  /// Which one of them: a path, a queue, an address.
  public var subject: String
  /// What was seen, in a few words.
  public var detail: String
  public var result: Result
  public var findings: [Finding]

  /// The result is that of the worst finding.
  public init(
    _ topic: Topic, _ subject: String, _ detail: String, findings: [Finding] = []
  ) {
    self.topic = topic
    self.subject = subject
    self.detail = detail
    self.findings = findings
    result =
      switch findings.map(\.severity).min() {
      case nil: .ok
      case .error: .error
      case .warning: .warning
      case .note: .note
      }
  }

  static func skipped(_ topic: Topic, _ subject: String, _ why: String) -> LiveItem {
    var item = LiveItem(topic, subject, why)
    item.result = .skipped
    return item
  }
}

public import Model

/// What is told of one trouble: that it began, or that it is over.
public struct AlertNotice: Sendable, Equatable {
  public enum Status: String, Sendable {
    case raised
    case recovered
  }

  public var condition: AlertCondition
  /// The WAN, or what else it concerns.
  public var subject: String
  public var status: Status
  /// What was seen, in a sentence without a full stop.
  public var detail: String
  /// When the trouble began, and when this was noticed.
  public var since: UnixTime
  public var time: UnixTime
  /// How often the same was kept back since it was told last.
  public var repeats: Int

  public init(
    _ condition: AlertCondition, subject: String, status: Status, detail: String,
    since: UnixTime, time: UnixTime, repeats: Int = 0
  ) {
    self.condition = condition
    self.subject = subject
    self.status = status
    self.detail = detail
    self.since = since
    self.time = time
    self.repeats = repeats
  }

  /// `wan1: WAN down`.
  public var title: String {
    "\(subject): \(status == .raised ? condition.title : condition.recoveryTitle)"
  }

  /// The detail with what belongs to it: how long it took, how often it was kept back.
  public var text: String {
    var text = detail
    if status == .recovered {
      let seconds = max(0, (time - since).seconds)
      text = "after \(duration(seconds))" + (detail.isEmpty ? "" : "; \(detail)")
    }
    if repeats > 0 { text += " (\(repeats) more since the last message)" }
    return text
  }

  private func duration(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 1e9))
    return switch whole {
    case ..<120: "\(whole) s"
    case ..<7200: "\(whole / 60) min"
    default: "\(whole / 3600) h \(whole / 60 % 60) min"
    }
  }
}

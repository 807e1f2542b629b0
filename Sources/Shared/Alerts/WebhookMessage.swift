public import Model
import Service

/// One message about one or more troubles, in the form that a receiver understands.
///
/// Forms after the documentation of the services: Discord "Execute Webhook" (embeds), Slack
/// "Incoming webhooks" (attachments), ntfy "Publish as JSON".
public struct WebhookMessage: Sendable {
  /// Discord takes no more embeds in a message; the others would not be read either.
  static let maximumNotices = 10
  /// A longer text is cut: Discord's limit for the text of an embed is 4096.
  private static let maximumText = 1000

  private let notices: [AlertNotice]
  private let omitted: Int
  private let host: String

  /// - Parameters:
  ///   - notices: at least one; of too many the newest are told.
  ///   - host: the name of this machine.
  public init(_ notices: [AlertNotice], host: String) {
    self.notices = notices.suffix(Self.maximumNotices)
    omitted = max(0, notices.count - Self.maximumNotices)
    self.host = host
  }

  /// The body of the request.
  ///
  /// - Parameter topic: of ntfy; the others do not use it.
  public func json(_ format: AlertSettings.Format, topic: String = "") -> [UInt8] {
    var json = JSONWriter(reserving: 1024)
    json.beginObject()
    switch format {
    case .generic: writeGeneric(&json)
    case .discord: writeDiscord(&json)
    case .slack: writeSlack(&json)
    case .ntfy: writeNtfy(&json, topic: topic)
    }
    json.endObject()
    return json.withBytes { Array($0) }
  }

  // MARK: - Forms

  private func writeGeneric(_ json: inout JSONWriter) {
    json.field("source", "wanctl")
    json.field("version", wanctlVersion)
    json.field("host", host)
    json.key("omitted")
    json.integer(omitted)
    json.key("alerts")
    json.beginArray()
    for notice in notices {
      json.beginObject()
      json.field("condition", notice.condition.rawValue)
      json.field("subject", notice.subject)
      json.field("status", notice.status.rawValue)
      json.field("severity", severity(notice).rawValue)
      json.field("title", notice.title)
      json.field("text", notice.text)
      json.field("since", Self.stamp(notice.since))
      json.field("time", Self.stamp(notice.time))
      json.key("repeats")
      json.integer(notice.repeats)
      json.endObject()
    }
    json.endArray()
  }

  private func writeDiscord(_ json: inout JSONWriter) {
    json.field("username", "wanctl on \(host)")
    // A name in a text must not call anybody.
    json.key("allowed_mentions")
    json.beginObject()
    json.key("parse")
    json.beginArray()
    json.endArray()
    json.endObject()
    if omitted > 0 { json.field("content", omittedText) }
    json.key("embeds")
    json.beginArray()
    for notice in notices {
      json.beginObject()
      json.field("title", Self.cut(notice.title, to: 250))
      json.field("description", Self.cut(notice.text, to: Self.maximumText / 2))
      json.key("color")
      json.integer(color(notice))
      json.field("timestamp", Self.stamp(notice.time))
      json.endObject()
    }
    json.endArray()
  }

  private func writeSlack(_ json: inout JSONWriter) {
    json.field("text", Self.escaped(headline))
    json.key("attachments")
    json.beginArray()
    for notice in notices {
      let hex = String(color(notice), radix: 16)
      json.beginObject()
      json.field("color", "#" + String(repeating: "0", count: 6 - hex.utf8.count) + hex)
      json.field("title", Self.escaped(notice.title))
      json.field("text", Self.escaped(Self.cut(notice.text, to: Self.maximumText)))
      json.field("fallback", Self.escaped(notice.title))
      json.key("ts")
      json.integer(notice.time.rawValue / 1_000_000)
      json.endObject()
    }
    json.endArray()
  }

  private func writeNtfy(_ json: inout JSONWriter, topic: String) {
    json.field("topic", topic)
    json.field("title", headline)
    var lines = notices.map { notice in
      let text = Self.cut(notice.text, to: Self.maximumText / 4)
      return notices.count == 1 ? text : "\(notice.title): \(text)"
    }
    if omitted > 0 { lines.append(omittedText) }
    // ntfy refuses an empty message, and makes one over 4096 bytes a file.
    let message = lines.joined(separator: "\n")
    json.field("message", message.isEmpty ? headline : message)
    json.key("priority")
    json.integer(priority)
    json.key("tags")
    json.beginArray()
    json.string(
      worst == .info ? "information_source" : worst == .warning ? "warning" : "rotating_light")
    json.endArray()
  }

  // MARK: - Parts

  private var headline: String {
    notices.count == 1 && omitted == 0
      ? notices[0].title : "\(host): \(notices.count + omitted) alerts"
  }

  private var omittedText: String { "and \(omitted) more" }

  /// What is over is no longer a matter of urgency.
  private func severity(_ notice: AlertNotice) -> AlertCondition.Severity {
    notice.status == .recovered ? .info : notice.condition.severity
  }

  private var worst: AlertCondition.Severity {
    let all = notices.map(severity)
    return all.contains(.critical) ? .critical : all.contains(.warning) ? .warning : .info
  }

  /// ntfy: 5 is the highest, 3 the default.
  private var priority: Int {
    switch worst {
    case .critical: 5
    case .warning: 4
    case .info: 3
    }
  }

  private func color(_ notice: AlertNotice) -> Int {
    if notice.status == .recovered { return 0x2E_A0_43 }
    return switch notice.condition.severity {
    case .critical: 0xCF_22_2E
    case .warning: 0xD2_99_22
    case .info: 0x21_8B_FF
    }
  }

  private static func stamp(_ time: UnixTime) -> String {
    LocalTime(utc: time).iso8601Milliseconds + "Z"
  }

  private static func cut(_ text: String, to length: Int) -> String {
    text.count <= length ? text : text.prefix(length - 1) + "…"
  }

  /// Slack reads these three as markup.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
    return result
  }
}

extension JSONWriter {
  fileprivate mutating func field(_ name: String, _ value: String) {
    key(name)
    string(value)
  }
}

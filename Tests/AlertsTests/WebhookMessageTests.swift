import Foundation
import Model
import Testing

@testable import Alerts

@Suite struct WebhookMessageTests {
  private static let time = UnixTime(microseconds: 1_763_750_000_123_456)

  private func notice(
    _ condition: AlertCondition = .wanDown, _ status: AlertNotice.Status = .raised,
    detail: String = "nothing answers"
  ) -> AlertNotice {
    AlertNotice(
      condition, subject: "wan1", status: status, detail: detail, since: Self.time, time: Self.time)
  }

  private func parsed(
    _ notices: [AlertNotice], _ format: AlertSettings.Format, topic: String = ""
  ) throws -> [String: Any] {
    let bytes = WebhookMessage(notices, host: "router-host").json(format, topic: topic)
    return try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  @Test func `the generic form has every field`() throws {
    let bytes = WebhookMessage([notice()], host: "router-host").json(.generic)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == #"{"source":"wanctl","version":"\#(wanctlVersion)","host":"router-host","omitted":0,"alerts":[{"condition":"wan_down","subject":"wan1","status":"raised","severity":"critical","title":"wan1: WAN down","text":"nothing answers","since":"2025-11-21T18:33:20.123Z","time":"2025-11-21T18:33:20.123Z","repeats":0}]}"#
    )
  }

  @Test func `Discord gets an embed per notice and calls nobody`() throws {
    let message = try parsed([notice(), notice(.red, .recovered)], .discord)
    let embeds = try #require(message["embeds"] as? [[String: Any]])
    #expect(embeds.map { $0["title"] as? String } == ["wan1: WAN down", "wan1: no longer RED"])
    #expect(embeds[0]["timestamp"] as? String == "2025-11-21T18:33:20.123Z")
    let mentions = try #require(message["allowed_mentions"] as? [String: [String]])
    #expect(mentions == ["parse": []])
  }

  @Test func `no receiver gets more than ten notices or an endless text`() throws {
    let many = (0..<50).map { _ in notice(detail: String(repeating: "x", count: 10_000)) }
    let discord = try parsed(many, .discord)
    #expect((discord["embeds"] as? [Any])?.count == 10)
    #expect(discord["content"] as? String == "and 40 more")
    for format in AlertSettings.Format.allCases where format != .generic {
      #expect(WebhookMessage(many, host: "h").json(format, topic: "t").count < 16_000)
    }
    let ntfy = try #require(try parsed(many, .ntfy, topic: "t")["message"] as? String)
    // A longer one becomes an attachment.
    #expect(ntfy.utf8.count < 4096)
  }

  @Test func `Slack's markup is escaped`() throws {
    let message = try parsed([notice(detail: "a <b> & c")], .slack)
    let attachments = try #require(message["attachments"] as? [[String: Any]])
    #expect(attachments[0]["text"] as? String == "a &lt;b&gt; &amp; c")
    #expect(attachments[0]["color"] as? String == "#cf222e")
    #expect(message["text"] as? String == "wan1: WAN down")
  }

  @Test func `ntfy gets topic, priority and never an empty message`() throws {
    let message = try parsed([notice(detail: "")], .ntfy, topic: "home")
    #expect(message["topic"] as? String == "home")
    #expect(message["priority"] as? Int == 5)
    #expect(message["message"] as? String == "wan1: WAN down")
    #expect(try parsed([notice(.red)], .ntfy)["priority"] as? Int == 4)
    #expect(try parsed([notice(.wanDown, .recovered)], .ntfy)["priority"] as? Int == 3)
    #expect(
      try parsed([notice(), notice(.red)], .ntfy)["title"] as? String == "router-host: 2 alerts")
  }
}

import Config
import Model
import Testing

@Suite struct AlertTests {
  private func loaded(_ alerts: String) -> ConfigResult {
    load(
      validText + "\nalerts:\n" + alerts,
      environment: testEnvironment.merging(["HOOK": "https://hooks.example/x"]) { $1 })
  }

  @Test func `nothing is told without the section, nor while it is off`() {
    #expect(load(validText).settings?.alerts == nil)
    let off = loaded("  url: ${HOOK}")
    #expect(off.diagnostics.isEmpty)
    #expect(off.settings?.alerts == nil)
  }

  @Test func `defaults, and rules that are switched off`() throws {
    let result = loaded("  enabled: true\n  url: ${HOOK}\n  red_sec: 0\n  errors_per_minute: 0")
    #expect(result.diagnostics.isEmpty)
    var expected = AlertSettings(url: Secret("https://hooks.example/x"))
    expected.rules.redAfter = nil
    expected.rules.errorsPerMinute = nil
    // Rules of steering are not the loop's.
    expected.rules.tellsSteering = false
    expected.rules.steeringUnableAfter = nil
    #expect(result.settings?.alerts == expected)
  }

  @Test(arguments: [
    (
      "  enabled: true",
      "alerts.url is empty, and alerts.enabled is true; write the URL of the webhook, or enabled: false"
    ),
    (
      "  enabled: true\n  url: ${EMPTY}",
      "alerts.url is empty, and alerts.enabled is true; write the URL of the webhook, or enabled: false"
    ),
    (
      "  enabled: true\n  url: ${HOST}",
      "alerts.url is no URL of the form https://HOST/PATH; copy it from the receiver's page"
    ),
    (
      "  enabled: true\n  format: mail\n  url: ${HOOK}",
      "alerts.format \"mail\" is unknown; it must be one of generic, discord, slack, ntfy"
    ),
  ]) func `what cannot work is an error`(alerts: String, finding: String) {
    let result = loaded(alerts)
    #expect(!result.isValid)
    let text = result.diagnostics.map { "\($0)" }.joined(separator: "\n")
    #expect(text.contains(finding), "\(text)")
  }

  @Test func `a topic is needed for ntfy, and http is warned of`() {
    let environment = testEnvironment.merging(["HOOK": "http://ntfy.example"]) { $1 }
    let result = load(
      validText + "\nalerts:\n  enabled: true\n  format: ntfy\n  url: ${HOOK}",
      environment: environment)
    let text = result.diagnostics.map { "\($0)" }.joined(separator: "\n")
    #expect(!result.isValid)
    #expect(text.contains("alerts.url names no topic"), "\(text)")
    #expect(text.contains("is http: the URL and the messages can be read on the way"), "\(text)")
  }

  @Test func `a variable that is not set keeps only those from starting who need it`() {
    let needed = loaded("  enabled: true\n  url: ${MISSING}")
    #expect(needed.isValid)
    #expect(!needed.checkingStart().runBlockers.isEmpty)
    let unneeded = loaded("  enabled: false\n  url: ${MISSING}")
    #expect(unneeded.checkingStart().runBlockers.isEmpty)
  }
}

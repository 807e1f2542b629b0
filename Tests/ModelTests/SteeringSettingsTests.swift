import Model
import Testing

@Suite struct SteeringSettingsTests {
  @Test(arguments: [
    ("wan1", "WAN1_GOOD", "WAN1_DEGRADED"), ("Spectrum", "SPECTRUM_GOOD", "SPECTRUM_DEGRADED"),
    ("att-2", "ATT-2_GOOD", "ATT-2_DEGRADED"),
  ])
  func statesAreNamedAfterThePrimary(primary: String, good: String, degraded: String) {
    let settings = SteeringControlSettings(
      primary: primary, interval: Milliseconds(50),
      targets: [SteeringControlSettings.Target(name: "wan2")], historySize: 240)
    #expect(settings.goodName == good)
    #expect(settings.degradedName == degraded)
  }

  @Test func whatIsNotConfiguredIsAsInTheOriginal() {
    let settings = SteeringControlSettings(
      primary: "wan1", interval: Milliseconds(50), targets: [], historySize: 240)
    #expect(settings.isCAKEAware && settings.confidence == nil)
    #expect(settings.thresholds.yellow.value == 15 && settings.thresholds.red.value == 15)
    #expect(settings.thresholds.green.text == "5.0")
    #expect(settings.samples == .init(bad: 8, good: 15, red: 2, green: 15))
    let confidence = SteeringControlSettings.Confidence()
    #expect(confidence.isDryRun && !confidence.isExclusive && !confidence.flapDetection.isApplied)
    #expect(confidence.steerThreshold == 55 && confidence.recoveryThreshold == 20)
  }
}

@Suite struct RuleCommentTests {
  @Test(arguments: [
    "ADAPTIVE: Steer latency-sensitive to WAN2", "x", String(repeating: "c", count: 128),
    "a.b_c:d-e 9",
  ])
  func commentsOfRulesAreAccepted(text: String) throws {
    let comment = try RuleComment(text)
    #expect(comment.text == text)
    #expect("\(comment)" == text)
  }

  @Test(arguments: [
    "ADAPTIVE\n", "a\"b", "a[find]", "a;b", "a,b", "a\tb", "a\u{200B}b", "ADАPTIVE", "a/b", "$a",
    "a\\b", "a\0",
  ])
  func whatCouldBecomeACommandIsRefused(text: String) {
    #expect(throws: RuleComment.Violation.invalidCharacters) { try RuleComment(text) }
  }

  @Test func emptyAndLongCommentsAreRefused() {
    #expect(throws: RuleComment.Violation.empty) { try RuleComment("") }
    #expect(throws: RuleComment.Violation.tooLong(characters: 129)) {
      try RuleComment(String(repeating: "c", count: 129))
    }
  }
}

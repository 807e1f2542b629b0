import Model
import Testing

@Suite struct IdentifierTests {
  @Test(arguments: ["a", "WAN-Download_1.x", String(repeating: "q", count: 64)])
  func namesOfQueuesAreAccepted(text: String) throws {
    let identifier = try Identifier(text)
    #expect(identifier.text == text)
    #expect("\(identifier)" == text)
  }

  @Test func anEmptyNameIsRefused() {
    #expect(throws: Identifier.Violation.empty) { try Identifier("") }
  }

  @Test func aLongNameIsRefused() {
    #expect(throws: Identifier.Violation.tooLong(characters: 65)) {
      try Identifier(String(repeating: "q", count: 65))
    }
    // Counted as scalars: a flag is two of them.
    #expect(throws: Identifier.Violation.tooLong(characters: 66)) {
      try Identifier(String(repeating: "🇩🇪", count: 33))
    }
  }

  @Test(arguments: [
    "a b", "a\n", "\u{FEFF}a", "a;b", "a\"", "a[b]", "a/b", "wän", "a\u{200B}", "a\0", "$a", "а",
  ])
  func whatCouldBecomeACommandIsRefused(text: String) {
    #expect(throws: Identifier.Violation.invalidCharacters) { try Identifier(text) }
  }
}

@Suite struct NamedValueTests {
  @Test func everyNameReadsBack() {
    for zone in Zone.allCases { #expect(Zone(name: zone.name) == zone) }
    for loss in ProbeLoss.allCases { #expect(ProbeLoss(name: loss.name) == loss) }
    for method in ProbeMethod.allCases { #expect(ProbeMethod(name: method.name) == method) }
    for source in TimestampSource.allCases {
      #expect(TimestampSource(name: source.name) == source)
    }
    #expect(Zone(name: "green") == nil)
    #expect(ProbeLoss(name: "") == nil)
    #expect(ProbeMethod(name: "udp") == nil)
    #expect(TimestampSource(name: "gps") == nil)
  }

  @Test func zonesAreOrderedBySeverity() {
    #expect(Zone.allCases == Zone.allCases.sorted())
    #expect(Zone.green < .red)
  }

  @Test func directionsIndexTheirValues() {
    var values = PerDirection(download: 1, upload: 2)
    values[.download] = 3
    values[.upload] += 3
    #expect(values == PerDirection(download: 3, upload: 5))
    #expect(values.map { $0 * 2 } == PerDirection(download: 6, upload: 10))
    #expect(Direction.allCases.map(\.name) == ["download", "upload"])
  }

  @Test(arguments: [
    (Direction.download, Zone.red, "exceeded hard_red"), (.download, .softRed, "exceeded soft_red"),
    (.download, .yellow, "exceeded green"), (.download, .green, "fell below green"),
    (.upload, .red, "exceeded warn"), (.upload, .yellow, "exceeded target"),
    (.upload, .green, "fell below target"),
  ])
  func aTransitionSaysWhy(direction: Direction, zone: Zone, words: String) {
    func reason(_ threshold: ConfiguredNumber) -> String {
      Transition(
        direction: direction, zone: zone, delta: Milliseconds(45.06), threshold: threshold
      ).reason
    }
    #expect(
      reason(ConfiguredNumber(integer: 45)) == "RTT delta 45.1ms \(words) threshold 45ms")
    #expect(
      reason(ConfiguredNumber(45, isInteger: false))
        == "RTT delta 45.1ms \(words) threshold 45.0ms")
  }

  @Test func aRouterFailureNamesWhatWasTried() {
    let failure = RouterFailure(
      .timeout, transport: .ssh, operation: "set WAN-Download-1 to 612M",
      message: "no answer within 5 s", outcome: .unknown)
    #expect("\(failure)" == "set WAN-Download-1 to 612M: no answer within 5 s (ssh)")
    let reachable = RouterFailure.Class.allCases.filter { !$0.isUnreachable }
    #expect(
      reachable == [.staleConnection, .permission, .rejected, .missing, .busy, .verifyMismatch])
  }
}

import Control
import Foundation
import Model
import Testing

/// The score and its timers alone, driven from outside.
@Suite struct ConfidenceVectors {
  static let sequences = VectorFile.all("confidence").filter {
    $0.header["kind"] as? String == "sequence"
  }
  static let scores = VectorFile.all("confidence").filter {
    $0.header["kind"] as? String == "score"
  }

  @Test func thereAreRecordings() {
    #expect(!Self.sequences.isEmpty)
    #expect(!Self.scores.isEmpty)
  }

  @Test(arguments: scores)
  func scoresAreThoseRecorded(file: VectorFile) throws {
    for row in file.rows {
      let input = try #require(row["in"] as? VectorFile.Object)
      let output = try #require(row["out"] as? VectorFile.Object)
      expect(signals(input).score, output, "case \(row["i"] ?? "?")")
    }
  }

  @Test(arguments: sequences)
  func sequencesAreThoseRecorded(file: VectorFile) throws {
    let groups = try #require(file.header["effective"] as? VectorFile.Object)
    var controller = ConfidenceController(
      Recorded.confidence(groups),
      interval: Milliseconds(seconds: Recorded.number(file.header, "dt")))
    var timersAreFollowed = true
    for (index, row) in file.rows.enumerated() {
      let input = try #require(row["in"] as? VectorFile.Object)
      let output = try #require(row["out"] as? VectorFile.Object)
      let cycle = "cycle \(row["i"] ?? "?")"
      let time = UnixTime(seconds: Recorded.number(input, "t"))
      let state = try #require(input["st"] as? String)
      let isDegraded: Bool = try #require(SteeringState.isDegraded(state) as Bool?)
      let opinion = controller.evaluate(signals(input), isDegraded: isDegraded, at: time)
      expect(opinion.score, output, cycle)
      guard timersAreFollowed else { continue }

      // The state that the next evaluation is told is what became of the decision.
      let next =
        (file.rows.dropFirst(index + 1).first?["in"] as? VectorFile.Object)?["st"] as? String
      let changed = next.map { SteeringState.isDegraded($0) != isDegraded } ?? false
      let verdict = (output["dec"] as? String) ?? (output["would"] as? String)
      if changed != (verdict != nil) {
        timersAreFollowed = false
        exclude(
          "\(file.testDescription): timers and verdicts from \(cycle) on",
          because: "the state changed without the score, or did not follow it")
        continue
      }
      #expect(opinion.decision?.rawValue == output["dec"] as? String, "\(cycle)")
      #expect(opinion.would?.rawValue == output["would"] as? String, "\(cycle)")
      var timers = [opinion.degradeTimer, opinion.holdDown, opinion.recoveryTimer]
      if changed {
        controller.stateChanged(toDegraded: !isDegraded, byVerdict: true, at: time)
        timers = [nil, isDegraded ? nil : controller.settings.holdDownSeconds, nil]
      }
      let recorded = ["deg", "hold", "rec"].map { (output[$0] as? NSNumber)?.doubleValue }
      #expect(timers == recorded, "\(cycle)")
    }
  }

  private func expect(
    _ score: ConfidenceScore, _ output: VectorFile.Object, _ what: String
  ) {
    #expect(score.value == (output["score"] as? NSNumber)?.intValue, "\(what)")
    #expect(score.contributors.map(\.text) == output["why"] as? [String], "\(what)")
  }

  private func signals(_ input: VectorFile.Object) -> ConfidenceSignals {
    func values(_ key: String) -> [Double] {
      (input[key] as? [NSNumber] ?? []).map(\.doubleValue).reversed()
    }
    let zones = (input["hs"] as? [String] ?? []).suffix(3)
    let drops = values("hd")
    let queue = values("hq")
    return ConfidenceSignals(
      zone: Zone(name: input["cs"] as? String ?? ""),
      isSoftRedSustained: zones.count == 3 && zones.allSatisfy { $0 == "SOFT_RED" },
      delta: Milliseconds(Recorded.number(input, "d")), drops: Recorded.number(input, "dr"),
      newestDrops: drops.first, thirdNewestDrops: drops.count > 2 ? drops[2] : nil,
      newestQueue: queue.first, secondNewestQueue: queue.count > 1 ? queue[1] : nil)
  }
}

import Control
import Foundation
import Model
import Service
import Testing

/// Recorded cycles of the whole steering daemon: bit by bit the same decisions, as far as they are
/// followed.
@Suite struct SteeringVectors {
  static let files = VectorFile.all("steering")

  @Test func thereAreRecordings() {
    #expect(!Self.files.isEmpty)
  }

  @Test(arguments: files)
  func decisionsAreThoseRecorded(file: VectorFile) throws {
    if file.name.hasSuffix("_restored_unknown") {
      return exclude(
        file.testDescription, because: "an unknown name of a state is the good one, with a warning")
    }
    let replay = try SteeringRecording(file)
    try replay.run { expected, ours, cycle in
      try #require(ours == expected, "\(cycle)")
    }
  }
}

/// Steps a controller through a recording of family `steering` as far as that is followed.
struct SteeringRecording {
  let file: VectorFile
  let settings: SteeringControlSettings
  let restored: SteeringState?

  init(_ file: VectorFile) throws {
    self.file = file
    let effective = try #require(file.header["effective"] as? VectorFile.Object)
    settings = Recorded.steeringSettings(effective)
    let files = file.header["files"] as? [String: String]
    restored = try files?[effective["state_file"] as? String ?? ""].map { text in
      Recorded.steeringState(try #require(VectorJSON.value(of: text) as? VectorFile.Object))
    }
  }

  private func quirk(_ name: String) -> Bool {
    (file.header["quirks"] as? [String] ?? []).contains(name)
  }

  /// Returns the controller after the last cycle that is followed.
  @discardableResult
  func run(
    compare: (_ recorded: SteeringCycle, _ ours: SteeringCycle, _ cycle: String) throws -> Void
  ) throws -> SteeringController {
    var controller = SteeringController(settings, restoring: restored, countsFirstReading: true)
    var stateFile: String?
    var dropped: Int64 = 0
    var previousState = restored?.name ?? settings.goodName
    var timersAreFollowed = true
    for row in file.rows {
      guard let input = row["in"] as? VectorFile.Object else { continue }
      let output = try #require(row["out"] as? VectorFile.Object)
      let cycle = "cycle \(row["i"] ?? "?")"
      if let text = input["ar"] { stateFile = text as? String }
      if let stop = stop(input, output, droppedBefore: dropped) {
        exclude("\(file.testDescription) from \(cycle) on", because: stop)
        break
      }
      let sample = Recorded.steeringInput(input, stateFile: stateFile)
      dropped = sample.primary.queue?.dropped ?? dropped
      let time = UnixTime(seconds: Recorded.number(input, "t"))
      // One probe a cycle, as many as the recorded daemon took for its RTT.
      controller.noteProbe(answered: sample.primary.rtt != nil, at: time)
      var decision = controller.step(sample, at: time)
      try #require(!controller.isPrimaryDead, "no recording loses that much: \(cycle)")
      let state = try #require(output["st"] as? String)
      let actions = output["act"] as? [[String]] ?? []
      // A command failed when the state did not follow it.
      if decision.action != nil {
        let isDegraded = SteeringState.isDegraded(state)
        let succeeded = !actions.isEmpty && isDegraded != SteeringState.isDegraded(previousState)
        decision = controller.ruleCommandEnded(succeeded: succeeded, at: time)
      }
      let changed = state != settings.name(of: previousState)
      let verdict = output["decision"] as? String ?? output["would"] as? String
      if timersAreFollowed, settings.confidence != nil, changed != (verdict != nil) {
        timersAreFollowed = false
        exclude(
          "\(file.testDescription): timers and verdicts from \(cycle) on",
          because: "the state changed without the score, or did not follow it")
      }
      try compare(
        SteeringCycle(output, action: actions.last?.first, timers: timersAreFollowed),
        SteeringCycle(decision, settings: settings, timers: timersAreFollowed),
        cycle)
      if changed, !(output["decision"] is String),
        quirk("hysteresis_acts_in_live_confidence_mode")
      {
        exclude(
          "\(file.testDescription) after \(cycle)",
          because: "timers do not outlive a change that others decided")
        break
      }
      previousState = state
    }
    return controller
  }

  /// Why the recording is not followed from this cycle on.
  private func stop(
    _ input: VectorFile.Object, _ output: VectorFile.Object, droppedBefore: Int64
  ) -> String? {
    if output["dies"] != nil { return "wild numbers are limited, they end nothing" }
    if settings.isCAKEAware, let counters = input["cake"] as? [NSNumber],
      counters[2].int64Value < droppedBefore
    {
      return "a counter that fell began anew"
    }
    let pings = input["pings"] as? [Any] ?? []
    if quirk("fresh_start_history_not_recorded"), !pings.contains(where: { $0 is NSNumber }) {
      return "the history of RTTs is kept from the first cycle on"
    }
    return nil
  }
}

extension SteeringControlSettings {
  /// The name that we have for the state of a recorded one.
  func name(of recorded: String) -> String {
    SteeringState.isDegraded(recorded) == true ? degradedName : goodName
  }
}

/// Everything that is compared of a recorded cycle.
struct SteeringCycle: Equatable {
  var isSuccess: Bool
  var drops: Int64?
  var queuedPackets: Int64?
  var rtt: Double?
  var delta: Double?
  var baseline: Double?
  var rttAverage: Double?
  var queueAverage: Double?
  var zone: String
  var state: String
  var counts: [Int]
  var action: String?
  var score: Int?
  var contributors: [String]?
  var timers: [Double?]?
  var decision: String?
  var would: String?

  init(_ recorded: VectorFile.Object, action: String?, timers: Bool) {
    func number(_ key: String) -> Double? { (recorded[key] as? NSNumber)?.doubleValue }
    func count(_ key: String) -> Int { (recorded[key] as? NSNumber)?.intValue ?? 0 }
    isSuccess = Recorded.flag(recorded, "ok")
    rtt = number("rtt")
    delta = number("delta")
    drops = isSuccess ? number("drops").map { Int64($0) } : nil
    queuedPackets = isSuccess ? number("q").map { Int64($0) } : nil
    baseline = number("base")
    rttAverage = number("ewma")
    queueAverage = number("qewma")
    zone = recorded["cong"] as? String ?? ""
    state = recorded["st"] as? String ?? ""
    counts = [count("rc"), count("gc"), count("bc")]
    self.action = action
    guard let confidence = recorded["conf"] as? VectorFile.Object else { return }
    guard isSuccess else { return }
    score = (confidence["score"] as? NSNumber)?.intValue
    contributors = confidence["why"] as? [String]
    guard timers else { return }
    self.timers = ["deg", "hold", "rec"].map { (confidence[$0] as? NSNumber)?.doubleValue }
    decision = recorded["decision"] as? String
    would = recorded["would"] as? String
  }

  init(
    _ ours: SteeringDecision, settings: SteeringControlSettings, timers: Bool
  ) {
    isSuccess = ours.failure == nil
    rtt = isSuccess ? ours.rtt?.rawValue : nil
    delta = isSuccess ? ours.delta?.rawValue : nil
    drops = isSuccess ? ours.drops : nil
    queuedPackets = isSuccess ? ours.queuedPackets : nil
    baseline = ours.baseline?.rawValue
    rttAverage = settings.isCAKEAware ? ours.rttAverage.rawValue : nil
    queueAverage = settings.isCAKEAware ? ours.queueAverage : nil
    zone = ours.assessment?.name ?? ""
    state = ours.isDegraded ? settings.degradedName : settings.goodName
    counts = [ours.redCount, ours.goodCount, ours.badCount]
    action = ours.action?.kind.rawValue
    guard let confidence = ours.confidence, isSuccess else { return }
    score = confidence.score.value
    contributors = confidence.score.contributors.map(\.text)
    guard timers else { return }
    self.timers = [confidence.degradeTimer, confidence.holdDown, confidence.recoveryTimer]
    decision = confidence.decision?.rawValue
    would = confidence.would?.rawValue
  }
}

import Control
import Foundation
import Model
import Service
import Testing

/// State files of steering that the original wrote and read.
@Suite struct SteeringStateFileVectors {
  static let written = VectorFile.all("statefile").filter {
    $0.header["kind"] as? String == "steering_written"
  }
  static let loaded = VectorFile.all("statefile").filter {
    $0.header["kind"] as? String == "steering_load"
  }

  @Test func thereAreRecordings() {
    #expect(!Self.written.isEmpty)
    #expect(!Self.loaded.isEmpty)
  }

  @Test(arguments: written)
  func writesTheRecordedFile(file: VectorFile) throws {
    if file.name.hasSuffix("_steering_written_fresh") {
      return exclude(
        file.testDescription, because: "histories are kept, and bounded, from the first cycle on")
    }
    exclude(
      "\(file.testDescription): the file after each cycle",
      because: "the state is saved every 5 seconds")
    var file = file
    // The header of this family has the configuration only as text.
    let effective: VectorFile.Object = try #require(Self.effective(historySize: 6))
    file.header["effective"] = effective
    let controller = try SteeringRecording(file).run { recorded, ours, cycle in
      try #require(ours == recorded, "\(cycle)")
    }
    let folder = try ScratchFolder()
    let states = SteeringStateFile(path: folder.file("steering_state.json"))
    try states.save(controller.state)
    let ours = try String(contentsOfFile: states.path, encoding: .utf8)
    let end = try #require(file.rows.last?["end"] as? VectorFile.Object)
    let recorded = try #require(end["state"] as? VectorFile.Object)
    var values = try #require(VectorJSON.value(of: ours) as? VectorFile.Object)
    // Recorded times are UTC, ours are local; the cycles have none but the monotonic clock.
    let offset =
      Recorded.number(file.header, "wall0") - Recorded.number(file.header, "t0")
    try expectTimes(controller.state, recorded, offset: offset)
    values["last_transition_time"] = recorded["last_transition_time"]
    values["transitions"] = zip(
      values["transitions"] as? [VectorFile.Object] ?? [],
      recorded["transitions"] as? [VectorFile.Object] ?? []
    ).map { ours, theirs in ours.merging(["timestamp": theirs["timestamp"] ?? ""]) { $1 } }
    #expect(values as NSDictionary == recorded as NSDictionary)
    #expect(keys(ours) == Self.keyOrder)
    let mode = try FileManager.default.attributesOfItem(atPath: states.path)[.posixPermissions]
    #expect(mode as? Int == 0o600)
  }

  private func expectTimes(
    _ state: SteeringState, _ recorded: VectorFile.Object, offset: Double
  ) throws {
    let transitions = try #require(recorded["transitions"] as? [VectorFile.Object])
    #expect(state.transitions.count == transitions.count)
    for (ours, theirs) in zip(state.transitions, transitions) {
      guard case .at(let time) = ours.moment else {
        Issue.record("a transition without a time: \(ours)")
        continue
      }
      let utc = LocalTime(utc: UnixTime(seconds: time.seconds + offset))
      #expect(utc.iso8601 == theirs["timestamp"] as? String)
    }
    #expect(state.lastTransition == state.transitions.last?.moment)
  }

  /// What the texts of the two families mean; that a file means it is tested beside the schema.
  static func effective(historySize: Int) -> VectorFile.Object? {
    let basic = VectorFile.all("steering", holding: "g01_cake_basic").first
    var effective = basic?.header["effective"] as? VectorFile.Object
    effective?["history_size"] = NSNumber(value: historySize)
    return effective
  }

  static let keyOrder = [
    "current_state", "bad_count", "good_count", "baseline_rtt", "history_rtt", "history_delta",
    "transitions", "last_transition_time", "rtt_delta_ewma", "queue_ewma", "cake_drops_history",
    "queue_depth_history", "cake_state_history", "red_count", "congestion_state",
    "cake_read_failures",
  ]

  private func keys(_ text: String) -> [String] {
    let inner: Set = ["timestamp", "from", "to"]
    var keys: [String] = []
    for match in text.matches(of: /"([a-z_]+)":/) {
      let key = String(match.output.1)
      if !inner.contains(key), !keys.contains(key) { keys.append(key) }
    }
    return keys
  }

  @Test(arguments: loaded)
  func loadsAsRecorded(file: VectorFile) throws {
    let fresh = SteeringState(name: "WAN1_GOOD")
    for row in file.rows {
      let input = try #require(row["in"] as? VectorFile.Object)
      let output = try #require(row["out"] as? VectorFile.Object)
      let name = try #require(input["case"] as? String)
      let folder = try ScratchFolder()
      let states = SteeringStateFile(path: folder.file("state.json"))
      try lay(input, at: states.path)
      let loaded = states.load(defaults: fresh)
      try survive(loaded.state)
      let what = "\(file.testDescription), \(name)"
      guard row["tag"] as? String == "sane" else {
        exclude(what, because: "a value of a wrong type falls back alone")
        continue
      }
      if name == "missing_with_backup" {
        exclude(what, because: "the version before stands in for a missing file too")
        #expect(loaded.state.name == "WAN1_DEGRADED")
        continue
      }
      let recorded = try #require(output["state"] as? VectorFile.Object)
      guard SteeringState.isDegraded(recorded["current_state"] as? String ?? "") != nil else {
        exclude(what, because: "an unknown name of a state is the good one")
        #expect(loaded.state.name == "WAN1_GOOD")
        continue
      }
      var expected = Recorded.steeringState(recorded)
      // The original forgets these two at each start.
      expected.primary.baseline = loaded.state.primary.baseline
      expected.lastTransition = loaded.state.lastTransition
      #expect(loaded.state.bounded(to: 50) == expected, "\(name)")
      #expect(loaded.isRestored == Recorded.flag(output, "ret"), "\(name)")
    }
    exclude(
      "\(file.testDescription): baseline_rtt, last_transition_time", because: "they are restored")
  }

  private func lay(_ input: VectorFile.Object, at path: String) throws {
    if let text = input["text"] as? String {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    } else if let text = input["b64"] as? String {
      try #require(Data(base64Encoded: text)).write(to: URL(fileURLWithPath: path))
    }
    if let text = input["backup"] as? String {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path + ".backup"))
    }
  }

  /// Whatever was loaded, the next cycles decide on finite numbers.
  private func survive(_ state: SteeringState) throws {
    let effective = try #require(Self.effective(historySize: 50))
    var controller = SteeringController(Recorded.steeringSettings(effective), restoring: state)
    for (index, rtt) in [25.0, 25.5, 115].enumerated() {
      let decision = controller.step(
        SteeringInput(
          primary: LineSample(
            baseline: Milliseconds(25), rtt: Milliseconds(rtt),
            queue: QueueReading(dropped: 5, queuedPackets: 3))),
        at: UnixTime(seconds: Double(index) * 0.05))
      #expect(decision.failure == nil)
      #expect(decision.rttAverage.rawValue.isFinite && decision.queueAverage.isFinite)
      if decision.action != nil {
        controller.ruleCommandEnded(succeeded: true, at: decision.time)
      }
    }
    #expect(controller.state.primary.rtts.count <= 50)
  }
}

extension SteeringState {
  /// With histories as long as a controller keeps them.
  fileprivate func bounded(to size: Int) -> SteeringState {
    var state = self
    state.primary.rtts = state.primary.rtts.suffix(size)
    state.primary.deltas = state.primary.deltas.suffix(size)
    state.primary.drops = state.primary.drops.suffix(size)
    state.primary.queuedPackets = state.primary.queuedPackets.suffix(size)
    state.transitions = state.transitions.suffix(size)
    return state
  }
}

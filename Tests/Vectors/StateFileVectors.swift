import Config
import Control
import Foundation
import Model
import Service
import Testing

/// State files that the original wrote and read: what is loaded, what the next cycles decide from
/// it, and the text that is written.
@Suite struct StateFileVectors {
  static let written = VectorFile.all("statefile").filter {
    $0.header["kind"] as? String == "autorate_written"
  }
  static let loaded = VectorFile.all("statefile").filter {
    $0.header["kind"] as? String == "autorate_load"
  }

  @Test func thereAreRecordings() {
    #expect(!Self.written.isEmpty)
    #expect(!Self.loaded.isEmpty)
  }

  @Test(arguments: written)
  func writesTheRecordedFile(file: VectorFile) throws {
    exclude(
      "\(file.testDescription): last_applied, and the file after each cycle",
      because: "writes follow another budget, and the state is saved every 5 seconds")
    let folder = try ScratchFolder()
    let settings = try settings(file)
    let name = try #require(settings.stateFile.split(separator: "/").last)
    let states = StateFile(path: folder.file(String(name)))
    if let files = file.header["files"] as? [String: String], let text = files[settings.stateFile] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: states.path))
    }
    var controller = WANController(
      settings.control, restoring: restored(states, settings.control))

    let cycles = file.rows.filter { $0["i"] != nil }
    for row in cycles {
      let input = try #require(row["in"] as? VectorFile.Object)
      // A cycle without an answer leaves everything as it is.
      guard let rtt = input["rtt"] as? NSNumber else { continue }
      _ = controller.step(
        Measurement(rtt: Milliseconds(rtt.doubleValue)), at: UnixTime(seconds: 0))
    }
    let last = try #require(cycles.last?["in"] as? VectorFile.Object)
    let time = UnixTime(
      seconds: Recorded.number(file.header, "wall0") + Recorded.number(last, "t")
        - Recorded.number(file.header, "t0"))
    try states.save(
      controller.state(lastApplied: PerDirection(download: nil, upload: nil)), at: time)

    let end = try #require(file.rows.last?["end"] as? VectorFile.Object)
    let recorded = try #require(end["text"] as? String)
    let ours = try String(contentsOfFile: states.path, encoding: .utf8)
    #expect(keys(ours) == keys(recorded))
    #expect(
      try values(ours, timestamp: LocalTime(time))
        == values(recorded, timestamp: LocalTime(utc: time)))
    let mode = try FileManager.default.attributesOfItem(atPath: states.path)[.posixPermissions]
    #expect((mode as? Int).map { "0o" + String($0, radix: 8) } == end["mode"] as? String)
  }

  @Test(arguments: loaded)
  func loadsAsRecorded(file: VectorFile) throws {
    let settings = try settings(file)
    for row in file.rows {
      let input = try #require(row["in"] as? VectorFile.Object)
      let output = try #require(row["out"] as? VectorFile.Object)
      let name = try #require(input["case"] as? String)
      let folder = try ScratchFolder()
      let states = StateFile(path: folder.file("state.json"))
      try lay(input, at: states.path)
      let state = restored(states, settings.control)
      var expected = try #require(output["loaded"] as? VectorFile.Object)
      if row["tag"] as? String == "wrong_type" {
        exclude(
          "\(file.testDescription), \(name)", because: "a value of a wrong type falls back alone")
        guard let replaced = Self.wrongTypes[name] else {
          try survive(state, settings.control)
          continue
        }
        expected = Self.good.merging(Self.fresh.filter { replaced.contains($0.key) }) { $1 }
        #expect(Values(state) == Values(expected), "\(name)")
        try survive(state, settings.control)
        continue
      }
      #expect(Values(state) == Values(expected), "\(name)")
      var controller = WANController(settings.control, restoring: state)
      for cycle in try #require(output["then"] as? [VectorFile.Object]) {
        let decision = controller.step(
          Measurement(rtt: Milliseconds(Recorded.number(cycle, "rtt"))), at: UnixTime(seconds: 0))
        #expect(decision.baseline.rawValue == Recorded.number(cycle, "base"), "\(name)")
        #expect(decision.load.rawValue == Recorded.number(cycle, "load"), "\(name)")
        let rates = decision.directions.map { Double($0.rate.rawValue) }
        #expect(rates.download == Recorded.number(cycle, "dr"), "\(name)")
        #expect(rates.upload == Recorded.number(cycle, "ur"), "\(name)")
      }
    }
  }

  /// The state that the damaged files were made from, and that of a fresh start.
  private static var good: VectorFile.Object {
    [
      "base": 24.5, "load": 26.25, "ds": [2, 0, 0], "us": [3, 0, 0], "dr": 466_000_001,
      "ur": 20_000_007, "la": [466_000_001, 20_000_007],
    ]
  }
  private static var fresh: VectorFile.Object {
    [
      "base": 25, "load": 25, "ds": [0, 0, 0], "us": [0, 0, 0], "dr": 500_000_000,
      "ur": 50_000_000, "la": [NSNull(), NSNull()],
    ]
  }
  /// What falls back where a value has a wrong type.
  private static let wrongTypes: [String: Set<String>] = [
    "download_null": ["ds", "dr"], "upload_null": ["us", "ur"], "ewma_null": ["base", "load"],
    "ewma_list": ["base", "load"], "last_applied_string": ["la"], "rate_null": ["dr"],
    "rate_string": ["ur"], "rate_true": ["dr"], "streak_string": ["ds"], "streak_null": ["us"],
    "streak_float": ["ds"], "baseline_null": ["base"], "baseline_string": ["base"],
    "baseline_nan": ["base"], "load_infinity": ["load"],
  ]

  private func settings(_ file: VectorFile) throws -> LoopSettings {
    let text = try #require(file.header["config"] as? String)
    let result = ConfigFile.load(text: text.utf8, path: "\(file.name).yaml", environment: [:])
    return try #require(result.settings, "\(result.diagnostics)")
  }

  private func restored(_ states: StateFile, _ settings: ControlSettings) -> LoopState {
    let fresh = WANController(settings).state(
      lastApplied: PerDirection(download: nil, upload: nil))
    return states.load(defaults: fresh).state
  }

  /// Puts the file of a case in its place.
  private func lay(_ input: VectorFile.Object, at path: String) throws {
    if let text = input["text"] as? String {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    } else if let text = input["b64"] as? String {
      try #require(Data(base64Encoded: text)).write(to: URL(fileURLWithPath: path))
    } else if Recorded.flag(input, "directory") {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }
  }

  private func survive(_ state: LoopState, _ settings: ControlSettings) throws {
    var controller = WANController(settings, restoring: state)
    for rtt in [25.0, 25.5, 115] {
      let decision = controller.step(
        Measurement(rtt: Milliseconds(rtt)), at: UnixTime(seconds: 0))
      #expect(!decision.held)
      #expect(decision.delta.rawValue.isFinite)
    }
  }

  private func keys(_ text: String) -> [String] {
    text.matches(of: /"([a-z_]+)":/).map { String($0.output.1) }
  }

  /// The values of a state file but for `last_applied`; its timestamp is checked and left out.
  private func values(_ text: String, timestamp: LocalTime) throws -> NSDictionary {
    var file = try #require(VectorJSON.value(of: text) as? VectorFile.Object)
    #expect(file["timestamp"] as? String == timestamp.iso8601)
    file["timestamp"] = nil
    file["last_applied"] = nil
    return file as NSDictionary
  }
}

/// A loaded state in the shape of the recordings.
private struct Values: Equatable {
  var averages: [Double]
  var rates: [Double]
  var streaks: [[Int]]
  var lastApplied: [Int64?]

  init(_ state: LoopState) {
    averages = [state.baseline.rawValue, state.load.rawValue]
    rates = [state.queues.download.rate, state.queues.upload.rate]
    streaks = [state.queues.download.streaks, state.queues.upload.streaks].map {
      [$0.green, $0.softRed, $0.red]
    }
    lastApplied = [state.lastApplied.download?.rawValue, state.lastApplied.upload?.rawValue]
  }

  init(_ recorded: VectorFile.Object) {
    averages = ["base", "load"].map { Recorded.number(recorded, $0) }
    rates = ["dr", "ur"].map { Recorded.number(recorded, $0) }
    streaks = ["ds", "us"].map { recorded[$0] as? [Int] ?? [] }
    lastApplied = (recorded["la"] as? [Any] ?? []).map { ($0 as? NSNumber)?.int64Value }
  }
}

import Control
import Foundation
import Measure
import Model
import Testing

/// The recorded cycles of one WAN whose router accepts everything: bit by bit the same.
@Suite struct ControlVectors {
  static let files = VectorFile.all("control")

  /// Recordings that are not followed, and why.
  static let excluded = [
    "median_two_hosts": "every configured reflector is probed, not the first alone",
    "fiber_below_bounds": "bounds left to their defaults make room for the initial baseline",
  ]

  @Test func thereAreRecordings() {
    #expect(!Self.files.isEmpty)
  }

  @Test(arguments: files)
  func decisionsAreThoseRecorded(file: VectorFile) throws {
    if let rule = Self.excluded.first(where: { file.name.hasSuffix($0.key) }) {
      return exclude(file.testDescription, because: rule.value)
    }
    let effective = try #require(file.header["effective"] as? VectorFile.Object)
    var controller = WANController(
      Recorded.controlSettings(effective), restoring: try Recorded.state(file.header, effective))
    let start = try #require(file.header["init"] as? VectorFile.Object)
    try #require(StartValues(controller) == StartValues(start))

    let aggregation: Aggregation =
      Recorded.flag(effective, "use_median_of_three") ? .medianOfThree : .firstAnswer
    for row in file.rows {
      let input = try #require(row["in"] as? VectorFile.Object)
      let output = try #require(row["out"] as? VectorFile.Object)
      let cycle = "cycle \(row["i"] ?? "?")"
      let decision =
        if let rtt = measurement(input, aggregation) {
          controller.step(Measurement(rtt: rtt), at: UnixTime(seconds: 0))
        } else {
          controller.held(at: UnixTime(seconds: 0))
        }
      if Recorded.flag(output, "skip") {
        try #require(decision.held, "\(cycle)")
      } else {
        try #require(CycleValues(decision) == CycleValues(output), "\(cycle)")
      }
    }
  }

  private func measurement(
    _ input: VectorFile.Object, _ aggregation: Aggregation
  ) -> Milliseconds? {
    func rtt(_ value: Any?) -> Milliseconds? {
      (value as? NSNumber).map { Milliseconds($0.doubleValue) }
    }
    guard let hosts = input["hosts"] as? [Any] else { return rtt(input["rtt"]) }
    return aggregation.measurement(of: hosts.map(rtt))
  }
}

/// What a controller holds before its first cycle.
private struct StartValues: Equatable {
  var baseline: Double
  var load: Double
  var rates: [Double]
  var streaks: [[Int]]

  init(_ controller: WANController) {
    let state = controller.state(lastApplied: PerDirection(download: nil, upload: nil))
    baseline = state.baseline.rawValue
    load = state.load.rawValue
    rates = [state.queues.download.rate, state.queues.upload.rate]
    streaks = [state.queues.download.streaks.list, state.queues.upload.streaks.list]
  }

  init(_ recorded: VectorFile.Object) {
    baseline = Recorded.number(recorded, "base")
    load = Recorded.number(recorded, "load")
    rates = [Recorded.number(recorded, "dr"), Recorded.number(recorded, "ur")]
    streaks = [recorded["ds"] as? [Int] ?? [], recorded["us"] as? [Int] ?? []]
  }
}

/// Everything that a recorded cycle tells of its decision.
private struct CycleValues: Equatable {
  var baseline: Double
  var load: Double
  var delta: Double
  var zones: [String?]
  var rates: [Double]
  var streaks: [[Int]]
  var reasons: [String?]
  var accelerated: Bool
  var rejected: Bool

  init(_ decision: Decision) {
    let directions = [decision.directions.download, decision.directions.upload]
    baseline = decision.baseline.rawValue
    load = decision.load.rawValue
    delta = decision.delta.rawValue
    zones = directions.map { $0.zone.name }
    rates = directions.map { Double($0.rate.rawValue) }
    streaks = [decision.streaks.download.list, decision.streaks.upload.list]
    reasons = directions.map { $0.transition?.reason }
    accelerated = decision.accelerated
    rejected = decision.baselineRejected
  }

  init(_ recorded: VectorFile.Object) {
    baseline = Recorded.number(recorded, "base")
    load = Recorded.number(recorded, "load")
    delta = Recorded.number(recorded, "delta")
    zones = [recorded["dz"] as? String, recorded["uz"] as? String]
    rates = [Recorded.number(recorded, "dr"), Recorded.number(recorded, "ur")]
    streaks = [recorded["ds"] as? [Int] ?? [], recorded["us"] as? [Int] ?? []]
    reasons = [recorded["dt"] as? String, recorded["ut"] as? String]
    accelerated = Recorded.flag(recorded, "accel")
    rejected = Recorded.flag(recorded, "oob")
  }
}

extension Streaks {
  fileprivate var list: [Int] { [green, softRed, red] }
}

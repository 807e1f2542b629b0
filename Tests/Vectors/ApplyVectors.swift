import Control
import Foundation
import Model
import Testing

/// The recorded passes of the original's whole loop, one or more WANs: what each decided in each
/// pass, and how it got over lost measurements. How rates reach the router is not compared:
/// nothing of that is kept.
@Suite struct ApplyVectors {
  static let files = VectorFile.all("apply")

  @Test func thereAreRecordings() {
    #expect(!Self.files.isEmpty)
  }

  @Test(arguments: files)
  func decisionsAreThoseRecorded(file: VectorFile) throws {
    let effective = try #require(file.header["effective"] as? [VectorFile.Object])
    var wans = try effective.map { try RecordedWAN(file.header, $0) }
    for row in file.rows where row["i"] != nil {
      let input = try #require(row["in"] as? VectorFile.Object)
      let inputs = try #require(input["w"] as? [VectorFile.Object])
      let outputs = try #require(
        (row["out"] as? VectorFile.Object)?["w"] as? [VectorFile.Object])
      let time = UnixTime(seconds: Recorded.number(input, "t"))
      for index in wans.indices {
        let pass = "\(row["i"] ?? "?"), WAN \(index)"
        guard let decided = wans[index].pass(inputs[index], at: time) else {
          return exclude(
            "\(file.testDescription) from pass \(pass)",
            because: "the time of a TCP handshake moves the smoothed RTT, never the baseline")
        }
        try #require(decided == PassValues(outputs[index]), "pass \(pass)")
      }
    }
  }
}

/// One WAN of a recording, driven as the loop drives it.
private struct RecordedWAN {
  var controller: WANController
  var fallback: FallbackPolicy

  init(_ header: VectorFile.Object, _ effective: VectorFile.Object) throws {
    controller = WANController(
      Recorded.controlSettings(effective), restoring: try Recorded.state(header, effective))
    fallback = FallbackPolicy(Recorded.fallback(effective))
  }

  /// What one pass decided; nil when it stepped on a TCP RTT.
  mutating func pass(_ input: VectorFile.Object, at time: UnixTime) -> PassValues? {
    let decision: Decision
    if let rtt = input["rtt"] as? NSNumber {
      fallback.answered()
      decision = controller.step(
        Measurement(rtt: Milliseconds(rtt.doubleValue)), at: time)
    } else {
      let handshakes = (input["tcp"] as? [Any] ?? []).compactMap { $0 as? NSNumber }
      let verdict = fallback.lost(
        gatewayAnswered: input["gw"] is NSNumber,
        tcpRTT: handshakes.first.map { Milliseconds($0.doubleValue) }, load: controller.load)
      switch verdict {
      case .step(let measurement):
        guard measurement.updatesBaseline else { return nil }
        decision = controller.step(measurement, at: time)
      case .freeze, .fail: decision = controller.held(at: time)
      }
    }
    return PassValues(decision, lostCycles: fallback.lostCycles)
  }
}

/// What is compared of a pass.
private struct PassValues: Equatable {
  var baseline: Double
  var load: Double
  /// nil where nothing was decided.
  var zones: [String?]
  var rates: [Double]
  var lostCycles: Int

  init(_ decision: Decision, lostCycles: Int) {
    let directions = [decision.directions.download, decision.directions.upload]
    baseline = decision.baseline.rawValue
    load = decision.load.rawValue
    zones = directions.map { decision.held ? nil : $0.zone.name }
    rates = directions.map { Double($0.rate.rawValue) }
    self.lostCycles = lostCycles
  }

  init(_ recorded: VectorFile.Object) {
    baseline = Recorded.number(recorded, "base")
    load = Recorded.number(recorded, "load")
    zones = [recorded["dz"] as? String, recorded["uz"] as? String]
    rates = [Recorded.number(recorded, "dr"), Recorded.number(recorded, "ur")]
    lostCycles = (recorded["icmp"] as? NSNumber)?.intValue ?? 0
  }
}

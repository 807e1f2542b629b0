import Daemon
import Foundation
import LineModel
import Model
import Testing

@Suite struct SimulationTests {
  private func run(
    _ name: BuiltInScenario, seed: UInt64 = 1, settings: LoopSettings? = nil
  ) throws -> Simulation {
    let settings = settings ?? SimulationScenario.defaultSettings
    let scenario = try SimulationScenario.find(name.rawValue, for: settings)
    var simulation = Simulation(settings, scenario: scenario, seed: seed)
    simulation.advance(to: scenario.duration)
    return simulation
  }

  @Test(arguments: [UInt64(1), 2, 3, 77]) func aLineThatCarriesItsCeilingIsLeftAlone(
    seed: UInt64
  ) throws {
    let report = try run(.steady, seed: seed).report
    #expect(report.verdict == .good)
    #expect(report.links.download.rateChanges == 0)
    #expect(report.links.download.decreases + report.links.download.increases == 0)
    #expect(try #require(report.addedDelay).max < Milliseconds(1))
    // The ceiling is 1/1.05 of the capacity.
    #expect(abs(try #require(report.links.download.used) - 1 / 1.05) < 0.01)
    #expect(report.links.upload.used == nil)
    #expect(report.links.download.zones[0] == 1)
  }

  @Test(arguments: [UInt64(1), 2, 3, 77]) func theRateFollowsACapacityThatHalves(
    seed: UInt64
  ) throws {
    let settings = SimulationScenario.defaultSettings
    let scenario = try SimulationScenario.find("halves", for: settings)
    var simulation = Simulation(settings, scenario: scenario, seed: seed)
    let low = scenario.download.capacityMbps.value(at: Milliseconds(30_000))
    var below = false
    var calmSince: Milliseconds?
    simulation.advance(to: Milliseconds(40_000)) { cycle, line, _ in
      guard line.now >= Milliseconds(20_000) else { return }
      if cycle.decision.directions.download.rate.megabits < low { below = true }
      if line.addedDelay.rawValue <= settings.control.targetBloat.value {
        calmSince = calmSince ?? line.now
      }
    }
    #expect(below)
    // The queue of the step has to be gone soon.
    #expect(try #require(calmSince) < Milliseconds(23_000))
    simulation.advance(to: scenario.duration)
    let report = simulation.report
    // Left alone the buffer of half a second stands full for as long as the capacity is low.
    #expect(try #require(report.unmanagedDelay).p95 > Milliseconds(450))
    #expect(try #require(report.addedDelay).p95 < Milliseconds(30))
    #expect(report.links.download.decreases > 0 && report.links.download.increases > 0)
    #expect(try #require(report.links.download.used) > 0.6)
    #expect(try #require(report.links.download.lowestRate).megabits < low)
    // On the way back to the ceiling, by some 2 Mbit/s a second.
    #expect(try #require(report.links.download.lastRate).megabits > 65)
  }

  @Test(arguments: BuiltInScenario.allCases) func everyScenarioEndsSensibly(
    name: BuiltInScenario
  ) throws {
    let simulation = try run(name)
    let report = simulation.report
    let added = try #require(report.addedDelay)
    #expect(added.p50 <= added.p95 && added.p95 <= added.p99)
    #expect(added.p50 < Milliseconds(30), "\(report.text)")
    #expect(abs(report.cycles - Int(simulation.scenario.duration.seconds * 20)) <= 30)
    for link in [report.links.download, report.links.upload] {
      #expect(abs(link.zones.reduce(0, +) - 1) < 1e-9)
      if let used = link.used { #expect(used > 0.3 && used <= 1, "\(report.text)") }
    }
    #expect(report.text.hasPrefix("scenario   \(name.rawValue): "))
    #expect(report.text.contains("verdict    \(report.verdict.rawValue): "))
    #expect(report.figures.hasPrefix("added p50"))
  }

  @Test func anOutageIsHeldAndRecoveredFrom() throws {
    let simulation = try run(.outage)
    let report = simulation.report
    #expect(report.heldCycles > 100)
    #expect(report.lostProbes > 400)
    #expect(try #require(report.links.download.lastRate).megabits > 50)
  }

  @Test func aDeadReflectorDoesNotMatter() throws {
    let settings = SimulationScenario.defaultSettings
    let scenario = try SimulationScenario.find("reflector", for: settings)
    var simulation = Simulation(settings, scenario: scenario, seed: 1)
    simulation.advance(to: scenario.duration)
    #expect(simulation.report.heldCycles == 0)
    #expect(simulation.report.fallbackCycles == 0)
    #expect(simulation.report.lostProbes > 350)
  }

  @Test func tcpStandsInWhenICMPIsBlocked() throws {
    let settings = SimulationScenario.defaultSettings
    var scenario = try SimulationScenario.find("steady", for: settings)
    scenario.faults = [
      Scenario.Fault(
        reflector: nil,
        window: Scenario.Window(from: Milliseconds(20_000), to: Milliseconds(30_000)))
    ]
    var simulation = Simulation(settings, scenario: scenario, seed: 1)
    simulation.advance(to: scenario.duration)
    #expect(simulation.report.fallbackCycles > 100)
    #expect(simulation.report.heldCycles < 40)
  }

  @Test func theSameSeedGivesTheSameRun() throws {
    func decisions(seed: UInt64, steps: [Double]) throws -> [Decision] {
      let settings = SimulationScenario.defaultSettings
      let scenario = try SimulationScenario.find("demo", for: settings)
      var simulation = Simulation(settings, scenario: scenario, seed: seed)
      var decisions: [Decision] = []
      for step in steps {
        simulation.advance(to: Milliseconds(step)) { cycle, _, _ in decisions.append(cycle.decision)
        }
      }
      return decisions
    }
    let once = try decisions(seed: 5, steps: [60_000])
    #expect(once.count > 1190)
    // However it is watched.
    #expect(try decisions(seed: 5, steps: [1, 333, 20_000, 20_000.4, 60_000]) == once)
    #expect(try decisions(seed: 6, steps: [60_000]) != once)
  }

  @Test func theBudgetOfWritesIsKept() throws {
    var settings = SimulationScenario.defaultSettings
    settings.router.writeBudget = RouterSettings.WriteBudget(burst: 5, perMinute: 10)
    let scenario = try SimulationScenario.find("evening", for: settings)
    var simulation = Simulation(settings, scenario: scenario, seed: 1)
    simulation.advance(to: scenario.duration)
    let links = simulation.report.links
    let writes = [links.download, links.upload].reduce(0) { $0 + $1.increases + $1.decreases }
    #expect(writes > 5 && writes <= 5 + 20 + 1)
  }

  @Test func aVerdictFollowsTheFigures() throws {
    // A loop that may not brake: the queue builds up.
    var settings = SimulationScenario.defaultSettings
    settings.control.download.floorRed = settings.control.download.ceiling
    settings.control.download.floorSoftRed = settings.control.download.ceiling
    settings.control.download.floorYellow = settings.control.download.ceiling
    settings.control.download.floorGreen = settings.control.download.ceiling
    #expect(try run(.halves, settings: settings).report.verdict == .bloated)
    // One that may use a third only.
    settings = SimulationScenario.defaultSettings
    var scenario = try SimulationScenario.find("steady", for: settings)
    settings.control.download.ceiling = 30e6
    var simulation = Simulation(settings, scenario: scenario, seed: 1)
    simulation.advance(to: scenario.duration)
    #expect(simulation.report.verdict == .wasteful)
    scenario.download.loadMbps = 1
    simulation = Simulation(settings, scenario: scenario, seed: 1)
    simulation.advance(to: scenario.duration)
    #expect(simulation.report.verdict == .unloaded)
    #expect(simulation.report.addedDelay == nil)
    #expect(simulation.report.figures == "not loaded yet")
    #expect(simulation.report.text.contains("never loaded"))
  }

  @Test func theReportIsJSONToo() throws {
    let report = try run(.halves).report
    var json = JSONWriter()
    report.write(to: &json)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.text.utf8)) as? [String: Any])
    #expect(object["scenario"] as? String == "halves")
    #expect(object["verdict"] as? String == report.verdict.rawValue)
    let delay = try #require(object["added_delay_ms"] as? [String: Any])
    #expect(Set(delay.keys) == ["p50", "p95", "p99", "max"])
    #expect((object["unmanaged_delay_ms"] as? [String: Any])?.count == 4)
    let download = try #require(object["download"] as? [String: Any])
    #expect(download["rate_changes"] as? Int == report.links.download.rateChanges)
    #expect((download["zones"] as? [String: Double])?.count == 4)
  }

  @Test func aScenarioIsFoundByNameOrFile() throws {
    let settings = SimulationScenario.defaultSettings
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    func find(_ text: String) throws -> Scenario {
      try Data(text.utf8).write(to: file)
      return try SimulationScenario.find(file.path, for: settings)
    }
    func message(_ text: String) -> String? {
      do {
        _ = try find(text)
        return nil
      } catch { return "\(error)" }
    }
    let link = #"{"capacity_mbps": 10, "load_mbps": 1}"#
    #expect(
      try find(#"{"base_rtt_ms": 5, "download": \#(link), "upload": \#(link)}"#).duration
        == Milliseconds(60_000))
    #expect(message("{}") == "\(file.path): base_rtt_ms: is missing")
    #expect(message("[")?.contains("not valid JSON") == true)
    #expect(message(#"{"rtt": 1}"#)?.contains("rtt: unknown key") == true)
    #expect(throws: SimulationScenario.Failure.self) {
      try SimulationScenario.find("/nonexistent", for: settings)
    }
  }
}

import FoundationEssentials
public import LineModel
public import Model

/// What a simulation is made of where nothing is configured, and how a scenario is found.
public enum SimulationScenario {
  /// Why there is no such scenario.
  public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
  }

  /// A line of 100/20 Mbit/s at 20 ms, as an ordinary home has it.
  public static var defaultSettings: LoopSettings {
    let name = { (text: String) -> Identifier in
      guard let name = try? Identifier(text) else { preconditionFailure("'\(text)' is a name") }
      return name
    }
    return LoopSettings(
      wan: name("simulated"),
      queues: PerDirection(
        download: name("WAN-Download-1"), upload: name("WAN-Upload-1")),
      router: RouterSettings(host: "127.0.0.1", user: "simulated"),
      control: ControlSettings(
        baselineInitial: Milliseconds(20), baselineBounds: ClosedBounds(min: 5, max: 80),
        targetBloat: ConfiguredNumber(integer: 9), warnBloat: ConfiguredNumber(integer: 20),
        hardRedBloat: ConfiguredNumber(integer: 40), alphaBaseline: 0.001, alphaLoad: 0.5,
        baselineUpdateThreshold: Milliseconds(3), accelThreshold: Milliseconds(15),
        baselineRelearnAfter: Milliseconds(600_000),
        download: ControlSettings.Queue(
          ceiling: 95e6, floorGreen: 40e6, floorYellow: 35e6, floorSoftRed: 30e6, floorRed: 25e6,
          stepUp: 0.1e6, factorDown: 0.85, factorDownYellow: 0.96, greenRequired: 5),
        upload: ControlSettings.Queue(
          ceiling: 19e6, floorGreen: 6e6, floorYellow: 6e6, floorSoftRed: 6e6, floorRed: 6e6,
          stepUp: 0.03e6, factorDown: 0.9, factorDownYellow: 0.96, greenRequired: 5)),
      probe: LoopSettings.Probe(
        reflectors: ["198.18.0.1", "198.18.0.2", "198.18.0.3"], usesMedianOfThree: true),
      lockFile: "/run/wanctl/simulated.lock", mainLog: "", debugLog: "")
  }

  /// A built-in scenario by its name, made to the measure of the settings, or one from a file.
  ///
  /// The nominal capacity of a built-in one is a twentieth above the ceilings: on a good day the
  /// line can carry what is configured.
  public static func find(
    _ nameOrFile: String, for settings: LoopSettings
  ) throws(Failure) -> Scenario {
    if let builtIn = BuiltInScenario(rawValue: nameOrFile) {
      func nominal(_ queue: ControlSettings.Queue) -> BitsPerSecond {
        BitsPerSecond(Int64(min(max(queue.ceiling * 1.05, 1), 1e15)))
      }
      return builtIn.scenario(
        nominal: PerDirection(
          download: nominal(settings.control.download), upload: nominal(settings.control.upload)),
        baseRTT: settings.control.baselineInitial)
    }
    let names = BuiltInScenario.allCases.map(\.rawValue).joined(separator: ", ")
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: nameOrFile))
    } catch {
      throw Failure(
        description: "'\(nameOrFile)' is neither a built-in scenario (\(names)) nor a file that "
          + "can be read")
    }
    do {
      return try JSONDecoder().decode(Scenario.self, from: data)
    } catch let error as ScenarioError {
      throw Failure(description: "\(nameOrFile): \(error)")
    } catch let error as DecodingError {
      throw Failure(description: "\(nameOrFile): \(ScenarioError(error))")
    } catch {
      throw Failure(description: "\(nameOrFile): not a scenario")
    }
  }
}

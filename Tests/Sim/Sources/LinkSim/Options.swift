import FoundationEssentials
import Glibc
import LineModel
import Model

/// The command line; docs/linksim.md describes it.
struct Options {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  var scenario = "steady"
  var nominal = PerDirection(
    download: BitsPerSecond(100_000_000), upload: BitsPerSecond(20_000_000))
  var baseRTT = Milliseconds(20)
  var seed: UInt64 = 1
  var device = "wan0"
  var gateway: UInt32?
  var hasDefaultRoute = false
  var hasIPv6 = true
  var refusesTCP = false
  /// The control port of RouterSim; nil: the shapers stay as they are set here.
  var router: UInt16?
  var queues = PerDirection(download: "WAN-Download-1", upload: "WAN-Upload-1")
  var shapers = PerDirection(download: BitsPerSecond.zero, upload: BitsPerSecond.zero)
  var poll = Milliseconds(5)
  var report = Milliseconds(100)
  var output = "-"
  var duration: Milliseconds?
  /// Run in the line's namespace once it is up; its status is ours.
  var command: [String] = []

  init(_ arguments: some Sequence<String>) throws {
    var rest = Array(arguments)[...]
    func value(_ name: String) throws -> String {
      guard let text = rest.popFirst() else { throw Failure(description: "\(name): no value") }
      return text
    }
    func number<Value>(_ name: String, _ read: (String) -> Value?) throws -> Value {
      let text = try value(name)
      guard let number = read(text) else {
        throw Failure(description: "\(name): '\(text)' is not valid")
      }
      return number
    }
    func time(_ scale: Double) -> (String) -> Milliseconds? {
      { Double($0).flatMap { $0 > 0 && $0 < 1e9 ? Milliseconds($0 * scale) : nil } }
    }
    func rate(_ text: String) -> BitsPerSecond? { BitsPerSecond(parsing: text) }
    while let name = rest.popFirst() {
      switch name {
      case "--scenario": scenario = try value(name)
      case "--nominal-download": nominal.download = try number(name, rate)
      case "--nominal-upload": nominal.upload = try number(name, rate)
      case "--base-rtt": baseRTT = try number(name, time(1))
      case "--seed": seed = try number(name) { UInt64($0) }
      case "--tun": device = try number(name) { $0.utf8.count < 16 && !$0.isEmpty ? $0 : nil }
      case "--gateway": gateway = try number(name, parseIPv4)
      case "--default-route": hasDefaultRoute = true
      case "--no-ipv6": hasIPv6 = false
      case "--refuse-tcp": refusesTCP = true
      case "--router": router = try number(name) { UInt16($0) }
      case "--download-queue": queues.download = try value(name)
      case "--upload-queue": queues.upload = try value(name)
      case "--download-shaper": shapers.download = try number(name, rate)
      case "--upload-shaper": shapers.upload = try number(name, rate)
      case "--poll": poll = try number(name, time(1))
      case "--report": report = try number(name, time(1))
      case "--output": output = try value(name)
      case "--duration": duration = try number(name, time(1000))
      case "--":
        command = Array(rest)
        rest = []
      default: throw Failure(description: "unknown option '\(name)'; see docs/linksim.md")
      }
    }
  }

  /// A built-in scenario by its name, or one from a file.
  func loadScenario() throws -> Scenario {
    if let builtIn = BuiltInScenario(rawValue: scenario) {
      return builtIn.scenario(nominal: nominal, baseRTT: baseRTT)
    }
    guard let data = try? Data(contentsOf: URL(filePath: scenario)) else {
      throw Failure(
        description: "--scenario: '\(scenario)' is neither a readable file nor one of "
          + BuiltInScenario.allCases.map(\.rawValue).joined(separator: ", "))
    }
    do {
      return try JSONDecoder().decode(Scenario.self, from: data)
    } catch let error as DecodingError {
      throw Failure(description: "\(scenario): \(ScenarioError(error))")
    } catch {
      throw Failure(description: "\(scenario): \(error)")
    }
  }
}

/// An IPv4 address in host byte order.
func parseIPv4(_ text: String) -> UInt32? {
  var address = in_addr()
  return inet_pton(AF_INET, text, &address) == 1 ? UInt32(bigEndian: address.s_addr) : nil
}

func textIPv4(_ address: UInt32) -> String {
  (0..<4).map { String((address >> (24 - 8 * $0)) & 0xFF) }.joined(separator: ".")
}

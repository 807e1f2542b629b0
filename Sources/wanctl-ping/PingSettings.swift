import ArgumentParser
import Glibc
import Measure
import Model
import Platform

/// The command line, checked.
struct PingSettings {
  enum Method: String, ExpressibleByArgument, CaseIterable {
    case icmp
    case tcp
  }

  enum Output {
    case none
    case text
    case json
  }

  /// A day: far more than anybody wants, and far from overflow.
  static let longest = 86_400_000.0
  static let defaultPort: UInt16 = 443

  var hosts: [String]
  var family: AddressFamily
  var rounds: Int?
  var period: Milliseconds
  var interval: Milliseconds
  var timeout: Milliseconds
  var method: Method
  var port: UInt16
  var output: Output
  var showsTime: Bool
  var options: ProbeOptions

  /// - Throws: what is wrong with an option, naming it and its value.
  init(_ command: WanctlPing) throws(ValidationError) {
    hosts = command.hosts
    rounds = command.count
    method = command.method
    showsTime = command.showsTime
    output = command.isQuiet ? .none : command.json ? .json : .text

    if command.usesV4, command.usesV6 { throw ValidationError("-4 and -6 exclude each other") }
    family = command.usesV4 ? .v4 : command.usesV6 ? .v6 : .any

    if let count = command.count, count < 1 {
      throw ValidationError("-c \(count): must be at least 1")
    }
    period = try Self.duration(command.period ?? 1000, "-p", from: 1)
    interval = try Self.duration(command.interval ?? 0, "-i", from: 0)
    timeout =
      try command.timeout.map { value throws(ValidationError) in
        try Self.duration(value, "-t", from: 1)
      } ?? Milliseconds(min(max(period.rawValue, 1000), 2000))
    if interval.rawValue * Double(hosts.count) > period.rawValue {
      throw ValidationError(
        "-i \(shortest(interval.rawValue)): \(hosts.count) hosts take longer than the period of"
          + " \(shortest(period.rawValue)) ms")
    }

    if command.port != nil, command.method != .tcp {
      throw ValidationError("--port needs --method tcp")
    }
    if command.port == 0 { throw ValidationError("--port 0: must be 1 to 65535") }
    port = command.port ?? Self.defaultPort

    let underWay = (timeout.rawValue / period.rawValue).rounded(.up) + 1
    options = ProbeOptions(
      maximumInFlight: Int(min(underWay * Double(hosts.count), Double(1 << 16)).rounded(.up)))
    if let name = command.interface {
      guard (1..<Int(IFNAMSIZ)).contains(name.utf8.count) else {
        throw ValidationError("-I \"\(name)\": not the name of an interface")
      }
      options.interface = name
    }
    if let text = command.mark {
      let digits = text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
      guard let mark = digits else {
        throw ValidationError("--mark \(text): not a number of 32 bits")
      }
      options.mark = mark
    }
    if let text = command.source {
      guard let source = IPAddress(text) else {
        throw ValidationError("-S \(text): not an address")
      }
      let sourceFamily: AddressFamily = source.isV6 ? .v6 : .v4
      guard family == .any || family == sourceFamily else {
        throw ValidationError("-S \(text): not an IPv\(family == .v4 ? 4 : 6) address")
      }
      options.source = source
      family = sourceFamily
    }
  }

  private static func duration(
    _ value: Double, _ option: String, from smallest: Double
  ) throws(ValidationError) -> Milliseconds {
    guard value.isFinite, value >= smallest, value <= longest else {
      throw ValidationError(
        "\(option) \(shortest(value)): must be \(Int(smallest)) to \(Int(longest)) ms")
    }
    return Milliseconds(value)
  }
}

import ArgumentParser
import Commands
import Model

@main
struct WanctlPing: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wanctl-ping",
    abstract: "Measure the latency to hosts, continuously and precisely.",
    version: "wanctl-ping \(wanctlVersion)")

  @Flag(name: [.customShort("4"), .customLong("ipv4")], help: "Use IPv4 addresses only.")
  var usesV4 = false

  @Flag(name: [.customShort("6"), .customLong("ipv6")], help: "Use IPv6 addresses only.")
  var usesV6 = false

  @Option(
    name: [.customShort("c", allowingJoined: true), .long],
    help: ArgumentHelp("End after this many probes to each host.", valueName: "count"))
  var count: Int?

  @Option(
    name: [.customShort("p", allowingJoined: true), .long],
    help: ArgumentHelp("Time from round to round (default: 1000).", valueName: "ms"))
  var period: Double?

  @Option(
    name: [.customShort("i", allowingJoined: true), .long],
    help: ArgumentHelp("Time between the hosts of a round (default: 0).", valueName: "ms"))
  var interval: Double?

  @Option(
    name: [.customShort("t", allowingJoined: true), .long],
    help: ArgumentHelp(
      "Give a probe up after this (default: the period, 1000 to 2000).", valueName: "ms"))
  var timeout: Double?

  @Option(
    name: [.customShort("I", allowingJoined: true), .customLong("iface")],
    help: ArgumentHelp("Send by this interface only.", valueName: "interface"))
  var interface: String?

  @Option(
    name: [.customShort("S", allowingJoined: true), .customLong("src")],
    help: ArgumentHelp("Send from this address.", valueName: "address"))
  var source: String?

  @Option(help: ArgumentHelp("Mark the packets, for routing rules.", valueName: "number"))
  var mark: String?

  @Option(help: ArgumentHelp("What a probe is: icmp or tcp.", valueName: "method"))
  var method = PingSettings.Method.icmp

  @Option(help: ArgumentHelp("Port of --method tcp (default: 443).", valueName: "number"))
  var port: UInt16?

  @Flag(help: "Print a JSON record per probe, see wanctl-records(5).")
  var json = false

  @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Print the summary only.")
  var isQuiet = false

  @Flag(
    name: [.customShort("D"), .customLong("timestamp")], help: "Begin each line with its time.")
  var showsTime = false

  @Argument(help: ArgumentHelp("Names or addresses.", valueName: "host"))
  var hosts: [String]

  func validate() throws { _ = try PingSettings(self) }

  func run() throws { try PingSession.run(PingSettings(self)) }

  static func main() {
    CommandEntry.run(
      Self.self, arguments: Array(CommandLine.arguments.dropFirst()),
      usageStatus: PingStatus.usage.rawValue)
  }
}

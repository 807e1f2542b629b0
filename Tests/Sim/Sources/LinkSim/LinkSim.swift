import Glibc
import LineModel
import Model

/// A line on a TUN device: what is sent to the test networks is answered after the delay that the
/// model gives. See docs/linksim.md.
@main
enum LinkSim {
  static func main() {
    signal(SIGPIPE, SIG_IGN)
    do {
      let options = try Options(CommandLine.arguments.dropFirst())
      let scenario = try options.loadScenario()
      let device = try TunDevice(
        name: options.device, ipv6: options.hasIPv6, defaultRoute: options.hasDefaultRoute)
      var responder = try Responder(options, scenario: scenario, device: device)
      exit(try responder.run())
    } catch {
      let message = "LinkSim: \(error)\n"
      _ = message.withCString { write(2, $0, strlen($0)) }
      exit(error is Options.Failure ? 2 : 1)
    }
  }
}

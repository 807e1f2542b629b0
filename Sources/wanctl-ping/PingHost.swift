import ArgumentParser
import Commands
import Measure
import Model
import Platform

/// A host of the command line with what is known of it so far.
struct PingHost {
  let name: String
  let address: IPAddress
  var summary = LatencySummary()

  /// Finds the address of each host; one that is named twice counts once.
  static func resolve(
    _ names: [String], family: AddressFamily
  ) throws(ExitCode) -> [PingHost] {
    var hosts: [PingHost] = []
    var failure: ExitCode?
    for name in names {
      if hosts.contains(where: { $0.name == name }) {
        CommandEntry.writeRemark("wanctl-ping: \(name) is named twice")
        continue
      }
      do throws(ResolverError) {
        hosts.append(
          PingHost(name: name, address: try Resolver.addresses(of: name, family: family)[0]))
      } catch {
        failure = PingStatus.nameNotFound.because("\(error)")
      }
    }
    if let failure { throw failure }
    return hosts
  }

  mutating func note(_ outcome: ProbeOutcome) {
    if let rtt = outcome.rtt { summary.add(rtt) } else { summary.addLoss() }
  }

  /// `xmt/rcv/%loss = 3/2/33%, min/avg/max = …, p50/p95/p99 = …`.
  var summaryText: String {
    var text = "xmt/rcv/%loss = \(summary.count)/\(summary.answered)/\(Int(summary.lossPercent))%"
    guard let minimum = summary.minimum, let mean = summary.mean, let maximum = summary.maximum
    else { return text }
    func list(_ values: [Milliseconds?]) -> String {
      values.map { $0.map(PingText.latency) ?? "NaN" }.joined(separator: "/")
    }
    text += ", min/avg/max = " + list([minimum, mean, maximum])
    text += ", p50/p95/p99 = " + list([50, 95, 99].map(summary.percentile))
    return text
  }
}

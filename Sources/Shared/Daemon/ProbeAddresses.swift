import Measure
import Model
import Platform

/// The addresses of everything that a WAN probes, looked up before the control thread needs them.
struct ProbeAddresses: Sendable, Equatable {
  /// In the order of `ping_hosts`; nil = the name was not found.
  var reflectors: [IPAddress?] = []
  var gateway: IPAddress?
  /// In the order of `tcp_targets`.
  var tcpTargets: [SocketAddress?] = []
  /// One line for each name that was not found.
  var failures: [String] = []

  /// These addresses, and the former ones in the place of those that were not found this time.
  func filled(from former: ProbeAddresses) -> ProbeAddresses {
    var result = self
    if former.reflectors.count == reflectors.count {
      result.reflectors = zip(reflectors, former.reflectors).map { $0 ?? $1 }
    }
    if former.tcpTargets.count == tcpTargets.count {
      result.tcpTargets = zip(tcpTargets, former.tcpTargets).map { $0 ?? $1 }
    }
    result.gateway = gateway ?? former.gateway
    return result
  }

  /// Whether probes go to the same addresses, whatever was not found.
  func isSame(as other: ProbeAddresses) -> Bool {
    reflectors == other.reflectors && gateway == other.gateway && tcpTargets == other.tcpTargets
  }

  /// Looks the names up; blocks for as long as name servers do. Addresses cost nothing.
  init(resolving settings: LoopSettings) {
    let source = settings.probe.sourceAddress.flatMap { IPAddress($0) }
    let family: AddressFamily = source.map { $0.isV6 ? .v6 : .v4 } ?? .any
    func resolve(_ host: String, _ key: String) -> IPAddress? {
      do {
        return try Resolver.addresses(of: host, family: family).first
      } catch {
        failures.append("\(key): \(error)")
        return nil
      }
    }
    reflectors = settings.probe.reflectors.map { resolve($0, "ping_hosts") }
    if settings.fallback.isEnabled, settings.fallback.checksGateway {
      if let configured = settings.fallback.gateway {
        gateway = resolve(configured, "fallback_checks.gateway_ip")
      } else {
        gateway = Gateway.defaultV4(interface: settings.probe.interface)
        if gateway == nil { failures.append("this host has no default gateway to probe") }
      }
    }
    if settings.fallback.isEnabled, settings.fallback.checksTCP {
      tcpTargets = settings.fallback.tcpTargets.map { target in
        resolve(target.host, "fallback_checks.tcp_targets").map {
          SocketAddress($0, port: target.port)
        }
      }
    }
  }
}

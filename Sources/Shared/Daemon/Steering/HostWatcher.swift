import Model
import Platform
import Synchronization

/// Looks the names of probed hosts up, and now and then again, on a thread of its own: a name
/// server may take its time, or be behind the line that is dead.
final class HostWatcher: Sendable {
  /// A host, and the family that its probes must have.
  struct Host: Sendable, Equatable {
    var name: String
    var family: AddressFamily

    init(_ probe: SteeringSettings.Probe) {
      name = probe.host
      family =
        probe.sourceAddress.flatMap { IPAddress($0) }.map { $0.isV6 ? .v6 : .v4 } ?? .any
    }

    /// Blocks for as long as name servers do; an address costs nothing.
    func address() throws(ResolverError) -> IPAddress? {
      try Resolver.addresses(of: name, family: family).first
    }
  }

  static let retryInterval = Milliseconds(seconds: 30)
  static let refreshInterval = Milliseconds(seconds: 600)

  private struct State {
    var hosts: [Host?]
    var found: [IPAddress?]
    var isChanged = false
    var isStopping = false
  }

  private let state: Mutex<State>
  private let work: WakeUp

  /// - Parameters:
  ///   - hosts: by line; nil for one that is not probed from here.
  ///   - found: their addresses as far as they are known.
  init(hosts: [Host?], found: [IPAddress?]) throws(SystemError) {
    state = Mutex(State(hosts: hosts, found: found))
    work = try WakeUp()
  }

  /// The control thread's side: the addresses, when they are others than those of the last time;
  /// never waits.
  func take() -> [IPAddress?]? {
    state.withLockIfAvailable { state -> [IPAddress?]? in
      guard state.isChanged else { return nil }
      state.isChanged = false
      return state.found
    } ?? nil
  }

  /// A reload names other hosts.
  func replace(_ hosts: [Host?]) {
    state.withLock { $0.hosts = hosts }
    work.notify()
  }

  /// The thread's work. It ends at its next wake-up after `stop`; nobody waits for it.
  func run() {
    var isFirst = true
    while true {
      let (hosts, known, isStopping) = state.withLock { ($0.hosts, $0.found, $0.isStopping) }
      if isStopping { return }
      if !isFirst {
        let isMissing = zip(hosts, known).contains { $0 != nil && $1 == nil }
        work.wait(upTo: isMissing ? Self.retryInterval : Self.refreshInterval)
      }
      isFirst = false
      lookUp()
    }
  }

  private func lookUp() {
    let (hosts, known) = state.withLock { ($0.hosts, $0.found) }
    // A name that cannot be looked up any more keeps its address.
    let found = zip(hosts, known).map { host, old in
      host.flatMap { (try? $0.address()) ?? old }
    }
    state.withLock { state in
      guard state.hosts == hosts, state.found != found else { return }
      state.found = found
      state.isChanged = true
    }
  }

  func stop() {
    state.withLock { $0.isStopping = true }
    work.notify()
  }
}

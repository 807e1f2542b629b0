import Measure
import Model
import Platform
import Synchronization

/// Looks the names of reflectors and fallback targets up again while the loop runs, on a thread of
/// its own: a name server may take its time, or be behind the line that is down.
///
/// A name that was not found is asked for again soon; one that was is asked for now and then. A
/// name that cannot be looked up any more keeps its address.
final class NameWatcher: Sendable {
  static let retryInterval = Milliseconds(30_000)
  static let refreshInterval = Milliseconds(600_000)

  private struct State {
    var settings: [LoopSettings]
    var addresses: [ProbeAddresses]
    var isStopping = false
  }

  private let state: Mutex<State>
  private let box: ReloadBox
  private let wakeUp: WakeUp

  init(
    settings: [LoopSettings], addresses: [ProbeAddresses], box: ReloadBox
  ) throws(SystemError) {
    state = Mutex(State(settings: settings, addresses: addresses))
    self.box = box
    wakeUp = try WakeUp()
  }

  /// Whether there is anything to look up.
  static func isNeeded(for settings: [LoopSettings]) -> Bool {
    settings.contains { settings in
      let fallback = settings.fallback
      let hosts =
        settings.probe.reflectors + fallback.tcpTargets.map(\.host)
        + [fallback.gateway].compactMap { $0 }
      return hosts.contains { IPAddress($0) == nil }
    }
  }

  /// A reload replaced the configuration; its names were looked up then.
  func replace(_ reloaded: [ReloadedWAN]) {
    state.withLock {
      $0.settings = reloaded.map(\.settings)
      $0.addresses = reloaded.map(\.addresses)
    }
  }

  /// The thread's work. It ends at its next wake-up after `stop`; nobody waits for it.
  func run() {
    while true {
      let (settings, known, isStopping) = state.withLock {
        ($0.settings, $0.addresses, $0.isStopping)
      }
      if isStopping { return }
      let isIncomplete = known.contains { !$0.failures.isEmpty }
      wakeUp.wait(upTo: isIncomplete ? Self.retryInterval : Self.refreshInterval)
      if state.withLock({ $0.isStopping }) { return }
      let found = zip(settings, known).map { ProbeAddresses(resolving: $0).filled(from: $1) }
      let changed = zip(found, known).contains { !$0.isSame(as: $1) }
      let reloaded = zip(settings, found).map { ReloadedWAN(settings: $0, addresses: $1) }
      let isCurrent = state.withLock { state in
        guard state.settings == settings else { return false }
        state.addresses = found
        return true
      }
      if changed, isCurrent { box.put(reloaded) }
    }
  }

  func stop() {
    state.withLock { $0.isStopping = true }
    wakeUp.notify()
  }
}

import Measure
import Model
import Platform
import Synchronization

/// What a WAN goes on with after a reload: settings that were validated, and addresses that were looked up.
struct ReloadedWAN: Sendable {
  var settings: LoopSettings
  var addresses: ProbeAddresses
}

/// Where the bookkeeper puts a configuration that it has read, for the control thread to take
/// between two cycles.
final class ReloadBox: Sendable {
  private let content = Mutex<[ReloadedWAN]?>(nil)

  /// Puts a configuration in; one that was not taken yet is replaced.
  func put(_ wans: [ReloadedWAN]) { content.withLock { $0 = wans } }

  /// Takes it out without waiting: when the box is being filled, the next cycle comes again.
  func take() -> [ReloadedWAN]? {
    content.withLockIfAvailable { content in
      defer { content = nil }
      return content
    } ?? nil
  }
}

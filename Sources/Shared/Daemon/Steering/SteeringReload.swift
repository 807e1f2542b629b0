import Config
import Logging
import Model
import Platform
import Synchronization

/// What steering goes on with after a reload: settings that were validated, and addresses that were
/// looked up.
struct ReloadedSteering: Sendable {
  var settings: SteeringSettings
  /// By line, that of the primary first; nil for a line whose probes stay as they are.
  var probes: [SteeringSettings.Probe?]
  var addresses: [IPAddress?]
}

/// Where the bookkeeper puts a configuration that it has read, for the control thread to take
/// between two cycles.
final class SteeringReloadBox: Sendable {
  private let content = Mutex<ReloadedSteering?>(nil)

  /// Puts a configuration in; one that was not taken yet is replaced.
  func put(_ reloaded: ReloadedSteering) { content.withLock { $0 = reloaded } }

  /// Takes it out without waiting: when the box is being filled, the next wake-up comes again.
  func take() -> ReloadedSteering? {
    content.withLockIfAvailable { content -> ReloadedSteering? in
      defer { content = nil }
      return content
    } ?? nil
  }
}

/// Reads the configuration again on SIGHUP, on the bookkeeper's thread.
///
/// A configuration that is not valid changes nothing. Of one that is, what belongs to threads,
/// sockets and files that were opened at the start waits for a restart, and the log says so.
final class SteeringReloader {
  private static let needRestart = [
    "wan_name", "topology.", "router.", "mangle_rule.", "steering_rules", "cake_state_sources.",
    "cake_queues.", "wans.", "state.file", "state.transition_log", "lock_file", "lock_timeout",
    "logging.", "storage.", "health_check.", "metrics.", "timeouts.ssh_command",
  ]

  private let environment: [String: String]
  private let box: SteeringReloadBox
  private let hosts: HostWatcher?
  private var current: SteeringConfigResult
  private var settings: SteeringSettings

  init(
    current: SteeringConfigResult, settings: SteeringSettings, environment: [String: String],
    box: SteeringReloadBox, hosts: HostWatcher?
  ) {
    self.current = current
    self.settings = settings
    self.environment = environment
    self.box = box
    self.hosts = hosts
  }

  /// - Returns: the settings that are in force from now on; nil when nothing changed.
  func reload(_ logger: Logger) -> SteeringSettings? {
    let read = SteeringConfigFile.load(path: current.path, environment: environment)
    for finding in read.errors + read.runBlockers { logger.error("\(finding)") }
    guard let new = read.settings, read.runBlockers.isEmpty else {
      logger.error("the configuration stays as it was")
      return nil
    }
    tell(read, logger)
    current = read
    let old = settings
    settings = Self.merge(old, new)
    guard settings != old else { return nil }
    box.put(reloaded(since: old, logger))
    return settings
  }

  private func reloaded(since old: SteeringSettings, _ logger: Logger) -> ReloadedSteering {
    let isChanged =
      settings.primarySources.probe != old.primarySources.probe
      || settings.probeTimeout != old.probeTimeout
      || settings.control.deadAfter != old.control.deadAfter
    var reloaded = ReloadedSteering(
      settings: settings,
      probes: [isChanged ? settings.primarySources.probe : nil]
        + settings.targetSources.map { _ in nil },
      addresses: [nil] + settings.targetSources.map { _ in nil })
    let named = settings.hosts
    if isChanged, let host = named[0] {
      do { reloaded.addresses[0] = try host.address() } catch {
        logger.warning("measurement.ping_host: \(error)")
      }
    }
    hosts?.replace(named)
    return reloaded
  }

  /// The old settings with everything of the new ones that a running daemon takes.
  private static func merge(
    _ old: SteeringSettings, _ new: SteeringSettings
  ) -> SteeringSettings {
    var merged = old
    merged.control = new.control
    merged.control.primary = old.control.primary
    merged.control.targets = old.control.targets
    merged.primarySources.probe = new.primarySources.probe
    merged.probeTimeout = new.probeTimeout
    return merged
  }

  private func tell(_ result: SteeringConfigResult, _ logger: Logger) {
    guard let new = result.effective, let old = current.effective else { return }
    let changes = new.changes(since: old)
    if changes.isEmpty { logger.info("configuration read again: nothing changed") }
    for change in changes {
      let waits = Self.needRestart.contains { change.hasPrefix($0) }
      logger.info("configuration: \(change)\(waits ? " (waits for a restart)" : "")")
    }
  }
}

extension SteeringSettings {
  /// Whom the lines' probes go to, that of the primary first.
  var hosts: [HostWatcher.Host?] {
    ([primarySources.probe] + targetSources.map(\.probe)).map { $0.map(HostWatcher.Host.init) }
  }
}

import Config
import Logging
import Model
import Service

/// Reads the configuration again on SIGHUP, on the bookkeeper's thread.
///
/// A configuration that is not valid changes nothing. What can change while the loop runs goes to
/// the control thread, which swaps it in between two cycles; of the rest the log says that it
/// waits for a restart.
final class Reloader {
  /// Keys that a running loop does not change: they belong to threads, sockets and files that
  /// were opened at the start.
  private static let needRestart = [
    "wan_name", "queues.", "router.", "timeouts.ssh_command", "lock_file", "lock_timeout",
    "logging.",
    "storage.", "health_check.", "metrics.",
  ]

  private let environment: [String: String]
  private let box: ReloadBox
  private let names: NameWatcher?
  private var current: [ConfigResult]

  init(
    current: [ConfigResult], environment: [String: String], box: ReloadBox, names: NameWatcher?
  ) {
    self.current = current
    self.environment = environment
    self.box = box
    self.names = names
  }

  /// - Parameter loggers: one per WAN.
  /// - Returns: the settings that are in force from now on; nil when nothing changed.
  func reload(_ loggers: [Logger]) -> [LoopSettings]? {
    let read = current.map { ConfigFile.load(path: $0.path, environment: environment) }
    var isUsable = true
    for (result, logger) in zip(read, loggers) {
      for finding in result.errors + result.runBlockers { logger.error("\(finding)") }
      if !result.isValid || !result.runBlockers.isEmpty { isUsable = false }
    }
    guard isUsable else {
      for logger in loggers { logger.error("the configuration stays as it was") }
      return nil
    }
    var changed = false
    var settings: [LoopSettings] = []
    for (index, result) in read.enumerated() {
      guard let old = current[index].settings, let new = result.settings else { return nil }
      let merged = Self.merge(old, new)
      settings.append(merged)
      if merged != old { changed = true }
      tell(result, since: current[index], loggers[index])
    }
    current = read
    guard changed else { return nil }
    let reloaded = settings.map {
      ReloadedWAN(settings: $0, addresses: ProbeAddresses(resolving: $0))
    }
    names?.replace(reloaded)
    box.put(reloaded)
    return settings
  }

  /// The old settings with everything of the new ones that a running loop takes.
  private static func merge(_ old: LoopSettings, _ new: LoopSettings) -> LoopSettings {
    var merged = old
    merged.control = new.control
    merged.probe = new.probe
    merged.fallback = new.fallback
    merged.onExit = new.onExit
    return merged
  }

  private func tell(_ result: ConfigResult, since old: ConfigResult, _ logger: Logger) {
    guard let new = result.effective, let old = old.effective else { return }
    let changes = new.changes(since: old)
    if changes.isEmpty { logger.info("configuration read again: nothing changed") }
    for change in changes {
      let waits = Self.needRestart.contains { change.hasPrefix($0) }
      logger.info("configuration: \(change)\(waits ? " (waits for a restart)" : "")")
    }
  }
}

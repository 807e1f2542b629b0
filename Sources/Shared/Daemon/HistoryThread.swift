import Config
import History
import Logging
import Model
import Platform
import Synchronization

/// History of a process, and the thread that stores it. As in the original the first configuration
/// says where, for all WANs.
struct HistoryThread {
  let path: String
  let writer: HistoryWriter
  let trouble: StorageTrouble
  private let thread: Thread

  /// - Returns: nil where the first configuration switches history off.
  init?(_ configurations: [ConfigResult], loggers: [Logger]) throws(SystemError) {
    guard let first = configurations.first, let settings = first.settings,
      let path = settings.storage.path, let logger = loggers.first
    else { return nil }
    let trouble = StorageTrouble()
    self.trouble = trouble
    let writer = try HistoryWriter(
      HistoryWriter.Options(
        path: path, commitInterval: settings.storage.commitInterval,
        retentionDays: settings.storage.retentionDays)
    ) { event in
      trouble.take(event)
      logger.log(level: event.level, "\(event)")
    }
    self.path = path
    self.writer = writer
    logger.info("history is kept in \(path)")
    for (result, logger) in zip(configurations, loggers).dropFirst()
    where result.settings?.storage != settings.storage {
      logger.warning("storage is that of \(first.path); that of \(result.path) has no effect")
    }
    if let effective = first.effective {
      writer.push(
        .row(.configSnapshot(of: effective, wan: settings.wan, at: Clock.wall())))
    }
    thread = try Thread(name: "history") { writer.run() }
  }

  /// Stores what was handed over, and ends.
  func stop() {
    writer.stop()
    thread.join()
  }
}

/// Why history cannot be stored at the moment; told by the history thread, asked for by others.
final class StorageTrouble: Sendable {
  private let reason = Mutex<String?>(nil)

  /// nil = it is stored.
  var text: String? { reason.withLock { $0 } }

  func take(_ event: HistoryEvent) {
    switch event {
    case .failed: reason.withLock { $0 = "\(event)" }
    case .recovered: reason.withLock { $0 = nil }
    default: break
    }
  }
}

extension HistoryEvent {
  var level: Logger.Level {
    switch self {
    case .failed, .setAside: .error
    case .lost, .maintenanceFailed: .warning
    case .recovered: .info
    case .maintained: .debug
    }
  }
}

extension StorageStatus {
  init(_ counters: HistoryCounters) {
    self.init(
      isFailing: counters.isFailing, rows: counters.rows, commits: counters.commits,
      failures: counters.failures, lostEntries: counters.lostEntries,
      committedAt: counters.committedAt)
  }
}

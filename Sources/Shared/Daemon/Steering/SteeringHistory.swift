import Config
import History
import Logging
import Model
import Platform

/// History of steering, and the thread that stores it.
struct SteeringHistory {
  let writer: HistoryWriter
  let trouble: StorageTrouble
  private let settings: SteeringSettings
  private let configuration: SteeringConfigResult

  /// - Returns: nil where the configuration switches history off.
  init?(
    _ configuration: SteeringConfigResult, settings: SteeringSettings, logger: Logger
  ) throws(SystemError) {
    guard let path = settings.storage.path else { return nil }
    self.settings = settings
    self.configuration = configuration
    let trouble = StorageTrouble()
    self.trouble = trouble
    writer = try HistoryWriter(
      HistoryWriter.Options(
        path: path, commitInterval: settings.storage.commitInterval,
        retentionDays: settings.storage.retentionDays)
    ) { event in
      trouble.take(event)
      logger.log(level: event.level, "\(event)")
    }
    logger.info("history is kept in \(path)")
  }

  /// Starts the thread; the first row is the configuration.
  func start() throws(SystemError) -> Thread {
    if let effective = configuration.effective {
      writer.push(SteeringHistoryRows.start(effective, at: Clock.wall()))
    }
    let writer = writer
    return try Thread(name: "history") { writer.run() }
  }
}

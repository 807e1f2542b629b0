public import Logging

/// The backend of swift-log for our daemons: one line per message to a `LogOutput`.
///
/// ```swift
/// let logger = Logger(label: "wan1") { _ in ServiceLogHandler(output) }
/// ```
public struct ServiceLogHandler: LogHandler {
  public var logLevel: Logger.Level
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  private let output: LogOutput

  public init(_ output: LogOutput) {
    self.output = output
    logLevel = output.level
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var merged = metadata
    if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
    if let own = event.metadata { merged.merge(own) { $1 } }
    output.log(event, metadata: merged)
  }
}

import ArgumentParser
import Model

/// Reads queues at fixed times.
struct StreamCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stream",
    abstract: "Print a record for each queue and reading (default).")

  @OptionGroup var configuration: ConfigurationOption

  @Option(
    name: .customLong("queue"),
    help: ArgumentHelp("Read this queue instead of those of the configuration.", valueName: "name"))
  var queues: [String] = []

  @Option(help: ArgumentHelp("Time between readings.", valueName: "seconds"))
  var interval: Double = 1

  @Option(help: ArgumentHelp("End after so many readings.", valueName: "n"))
  var count: Int?

  @Flag(name: .customLong("table"), help: "Print a table for people; redrawn on a terminal.")
  var isTable = false

  func validate() throws {
    guard interval >= 0.02, interval <= 86400 else {
      throw ValidationError("--interval: \(shortest(interval)) is not from 0.02 to 86400 seconds")
    }
    if let count, count < 1 { throw ValidationError("--count: \(count) is not above 0") }
    _ = try names()
  }

  private func names() throws -> [Identifier] {
    var names: [Identifier] = []
    for text in queues {
      guard let name = try? Identifier(text) else {
        throw ValidationError(
          "--queue: '\(text)' is no name of a queue: at most \(Identifier.maximumLength) characters "
            + "of A-Z a-z 0-9 _ . -")
      }
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  func run() throws {
    let settings = try configuration.load()
    let named = try names()
    let stream = QueueStream(
      settings, queues: named.isEmpty ? Direction.allCases.map { settings.queues[$0] } : named,
      interval: Milliseconds(seconds: interval), count: count)
    try stream.run(isTable: isTable)
  }
}

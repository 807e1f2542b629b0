import ArgumentParser
import Daemon
import Glibc
import Platform

/// Decides on a live stream of samples: the middle of the pipeline.
struct DecideCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide", abstract: "Decide on a stream of rtt records from standard input.",
    discussion: """
      wanctl-ping --json -p 50 HOST… | wanctl-loop decide --config F | wanctl-setq --config F -
      """)

  @OptionGroup var options: ConfigurationOption

  func run() throws {
    try options.decide(on: FileDescriptor(owning: dup(STDIN_FILENO)), flushing: .eachRead)
  }
}

import ArgumentParser
import Commands
import Daemon
import Glibc
import Platform

/// Decides on recorded samples in virtual time.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Decide on recorded samples, in their own time.",
    discussion: """
      Reads bare lines ({"rtt_ms":23.1}, {"rtt_ms":null}, {"hosts":[23.1,null,25]}), rtt records, \
      or a recording of run, and prints one decision per cycle. It reads no file but those named \
      and writes none.
      """)

  @OptionGroup var options: ConfigurationOption

  @Argument(help: "Samples; - or nothing is the standard input.")
  var file = "-"

  func run() throws {
    let input =
      file == "-"
      ? FileDescriptor(owning: dup(STDIN_FILENO))
      : FileDescriptor(owning: try systemCall("open \(file)") { open(file, O_RDONLY | O_CLOEXEC) })
    try options.decide(on: input, flushing: .whenFull)
  }
}

extension ConfigurationOption {
  /// Prints the decisions on all samples of `input`; status 1 when a line was not understood.
  func decide(on input: consuming FileDescriptor, flushing: LineStream.Flushing) throws {
    let settings = try settings()
    var stream = DecisionStream(
      settings: settings, restoring: try restoredState(settings), verbose: verbose)
    try stream.run(on: input.rawValue, flushing: flushing) {
      CommandEntry.writeRemark("wanctl-loop: \($0)")
    }
    if stream.issues > 0 { throw ExitCode.failure }
  }
}

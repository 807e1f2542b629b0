public import ArgumentParser
import Glibc
import Platform

extension ExitCode {
  /// The configuration is not valid: `EX_CONFIG` of sysexits(3), after which a service manager does
  /// not start us again.
  public static let configuration = ExitCode(78)
}

/// How every tool of ours begins and ends.
public enum CommandEntry {
  /// Parses `arguments`, runs the command and ends the process.
  ///
  /// What a user asked for (help, version) goes to the standard output, everything else to the
  /// standard error. The status is 0, the command's own `ExitCode`, `usageStatus` for a mistake on
  /// the command line, or 1. A reader that went away (`wanctl-ping … | head`) is no failure.
  ///
  /// - Parameters:
  ///   - arguments: without the name of the program.
  ///   - usageStatus: for mistakes on the command line; swift-argument-parser has 64 for them.
  public static func run<Command: ParsableCommand>(
    _ type: Command.Type, arguments: [String], usageStatus: CInt = 2
  ) -> Never {
    // A write to a pipe without a reader fails with EPIPE instead of killing us.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try Command.parseAsRoot(arguments)
      try command.run()
    } catch let error as SystemError where error.code == EPIPE {
      end(0)
    } catch {
      let status = Command.exitCode(for: error)
      let message = Command.fullMessage(for: error)
      if status.isSuccess {
        print(message)
      } else if !message.isEmpty {
        writeRemark(message)
      }
      end(status == .validationFailure ? usageStatus : status.rawValue)
    }
    end(0)
  }

  /// A line for the user on the standard error.
  public static func writeRemark(_ text: String) {
    let line = Array((text + "\n").utf8)
    // There is nobody left to tell when this fails.
    _ = try? line.withUnsafeBufferPointer { bytes throws(SystemError) in
      try writeAll(bytes, to: STDERR_FILENO)
    }
  }

  private static func end(_ status: CInt) -> Never {
    fflush(nil)
    exit(status)
  }
}

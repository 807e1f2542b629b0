import Glibc
import NIOCore
import NIOPosix

/// A RouterOS look-alike for tests; see docs/routersim.md.
@main
struct RouterSim {
  static func main() {
    let words = Array(CommandLine.arguments.dropFirst())
    // The two ways in which sshd's side of us is called.
    if words.first == SSHNamespace.option { SSHNamespace.enter(Array(words.dropFirst())) }
    if words.first == ConsoleClient.option, words.count == 2 {
      ConsoleClient.run(line: words[1])
    }
    var options: Options
    do {
      options = try Options.parse(words) {
        getenv($0).map { String(cString: $0) }
      }
    } catch {
      Remark.write("\(error.message)\n\(Options.usage)")
      exit(2)
    }
    if options.wantsHelp {
      print(Options.usage, terminator: "")
      exit(0)
    }
    Termination.block()
    let isTemporary = options.directory.isEmpty
    do {
      if isTemporary { options.directory = try Files.makeTemporaryDirectory() }
      let line = try start(options)
      print(line)
      fflush(nil)
    } catch {
      Remark.write("cannot start: \(error)")
      exit(1)
    }
    Termination.wait(orEndOfInput: options.endsWithInput)
    if isTemporary { Files.removeDirectory(options.directory) }
    exit(0)
  }

  /// Starts the simulator on a thread of its own, where it lives for the rest of the process.
  static func start(_ options: Options) throws -> String {
    let eventLoop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
    return try eventLoop.flatSubmit {
      do {
        return try Simulator(options: options, eventLoop: eventLoop).start()
      } catch {
        return eventLoop.makeFailedFuture(error)
      }
    }.wait()
  }
}

import ArgumentParser
import Commands
import Glibc
import Platform
import Testing

private struct Example: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "example", version: "example 1")

  @Option var status: Int32 = 0
  @Flag var failsToWrite = false
  @Flag var failsToRead = false

  func run() throws {
    if failsToWrite { throw SystemError("write", code: EPIPE) }
    if failsToRead { throw SystemError("read", code: EIO) }
    if status != 0 { throw ExitCode(status) }
  }
}

/// The endings of a process, each in a process of its own.
@Suite struct CommandEntryTests {
  @Test func aCommandThatSucceedsEndsWithZero() async {
    await #expect(processExitsWith: .success) {
      CommandEntry.run(Example.self, arguments: [])
    }
  }

  @Test func aCommandHasItsOwnStatus() async {
    await #expect(processExitsWith: .exitCode(78)) {
      CommandEntry.run(Example.self, arguments: ["--status", "78"])
    }
  }

  @Test func aMistakeOnTheCommandLineHasTheToolsStatus() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(3), observing: [\.standardErrorContent, \.standardOutputContent]
    ) {
      CommandEntry.run(Example.self, arguments: ["--nonsense"], usageStatus: 3)
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("--nonsense"))
    #expect(!String(decoding: result.standardOutputContent, as: UTF8.self).contains("nonsense"))
  }

  @Test func theVersionGoesToTheStandardOutput() async throws {
    let result = try await #require(
      processExitsWith: .success, observing: [\.standardOutputContent]
    ) {
      CommandEntry.run(Example.self, arguments: ["--version"])
    }
    #expect(String(decoding: result.standardOutputContent, as: UTF8.self).contains("example 1\n"))
  }

  @Test func aReaderThatWentAwayIsNoFailure() async {
    await #expect(processExitsWith: .success) {
      CommandEntry.run(Example.self, arguments: ["--fails-to-write"])
    }
  }

  @Test func anythingElseThatFailsIsSaid() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      CommandEntry.run(Example.self, arguments: ["--fails-to-read"])
    }
    let remark = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(remark.contains("read: Input/output error (errno 5)"))
  }
}

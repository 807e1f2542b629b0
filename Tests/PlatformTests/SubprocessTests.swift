import Glibc
import Model
import Testing

@testable import Platform

@Suite struct SubprocessTests {
  private func run(
    _ words: String..., environment: [String: String] = ["PATH": "/usr/bin:/bin"],
    limit: Double = 30, isCancelled: () -> Bool = { false }
  ) throws -> Subprocess {
    try Subprocess.run(
      words, environment: environment, limit: Milliseconds(seconds: limit),
      isCancelled: isCancelled)
  }

  @Test func outputAndStatusAreTakenIn() throws {
    let done = try run("sh", "-c", "echo out; echo err >&2; exit 7")
    #expect(done == Subprocess(ending: .exited(7), output: "out\n", errors: "err\n"))
    #expect(try run("true").ending == .exited(0))
    #expect(try run("sh", "-c", "kill -9 $$").ending == .signaled(SIGKILL))
  }

  @Test func argumentsAreNoCommands() throws {
    #expect(try run("echo", "$(id)", "a b", ";", "*").output == "$(id) a b ; *\n")
  }

  /// A password of ours is in the environment.
  @Test func nothingOfOurEnvironmentIsHandedOn() throws {
    setenv("WANCTL_TEST_SECRET", "hunter2", 1)
    let done = try run("env", environment: ["PATH": "/usr/bin:/bin", "ONLY": "this"])
    #expect(done.output.contains("ONLY=this") && !done.output.contains("hunter2"))
  }

  @Test func aProgramThatIsNotThereIsAnError() {
    #expect(throws: SystemError("start no-such-program-here", code: ENOENT)) {
      try run("no-such-program-here")
    }
  }

  @Test func muchOutputIsCutAndDoesNotBlock() throws {
    let done = try run("head", "-c", "3000000", "/dev/zero")
    #expect(done.ending == .exited(0) && done.output.utf8.count == Subprocess.maximumOutput)
  }

  @Test func whatTakesTooLongIsEndedWithAllThatItStarted() throws {
    #expect(try run("sh", "-c", "sleep 600 & sleep 600", limit: 0.3).ending == .timedOut)
    // One that does not listen is killed.
    let stubborn = try run("sh", "-c", "trap '' TERM; while :; do sleep 1; done", limit: 0.3)
    #expect(stubborn.ending == .timedOut)
  }

  @Test func aWishEndsIt() throws {
    var asked = 0
    let done = try run("sleep", "600") {
      asked += 1
      return asked > 2
    }
    #expect(done.ending == .cancelled)
  }

  @Test func signalsThatWeBlockReachIt() throws {
    var mask = sigset_t()
    var old = sigset_t()
    sigemptyset(&mask)
    sigaddset(&mask, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &mask, &old)
    defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
    #expect(try run("sh", "-c", "kill -TERM $$; sleep 600").ending == .signaled(SIGTERM))
  }
}

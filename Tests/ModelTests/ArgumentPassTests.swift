import Model
import Testing

@Suite struct ArgumentPassTests {
  private let pass = ArgumentPass(
    options: ["--config", "--debug", "--oneshot", "--record", "--version"], repeating: ["--config"])

  @Test(
    arguments: [
      (["--config", "a", "b"], ["--config", "a", "--config", "b"]),
      (["--conf=a", "--deb"], ["--config=a", "--debug"]),
      (["--co", "a", "--one"], ["--config", "a", "--oneshot"]),
      (["--de", "--x"], ["--debug", "--x"]),
      (["--", "--co"], ["--", "--co"]),
      (["-", "-v"], ["-", "-v"]),
      (["--record", "f", "b"], ["--record", "f", "b"]),
      (["--"], ["--"]),
      ([], []),
    ] as [([String], [String])])
  func theOriginalsHabitsAreUnderstood(given: [String], parsed: [String]) {
    #expect(pass.rewrite(given) == parsed)
  }

  @Test func anAmbiguousPrefixIsLeftAlone() {
    let pass = ArgumentPass(options: ["--verbose", "--version"])
    #expect(pass.rewrite(["--ver"]) == ["--ver"])
  }
}

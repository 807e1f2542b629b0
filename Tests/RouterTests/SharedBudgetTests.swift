import Control
import Foundation
import Model
import Router
import Testing

@Suite struct SharedBudgetTests {
  static let settings = RouterSettings.WriteBudget(burst: 10, perMinute: 60)
  static let now = UnixTime(seconds: 1_800_000_000)

  /// How many tokens can be taken at once.
  func drain(_ budget: SharedBudget, at time: UnixTime = now) -> Int {
    var count = 0
    while budget.take(.decrease, at: time) == nil { count += 1 }
    return count
  }

  @Test func theFileStandsBesideTheLockAndIsNamedByTheHost() {
    #expect(
      SharedBudget.file(besideLock: "/run/wanctl/wan1.lock", host: "10.0.0.1")
        == "/run/wanctl/wanctl_router_10.0.0.1.budget")
    #expect(
      SharedBudget.file(besideLock: "wan1.lock", host: "fe80::1/../x")
        == "wanctl_router_fe80__1_.._x.budget")
  }

  @Test func twoProcessesShareOneBucket() throws {
    let file = TemporaryFile()
    let first = SharedBudget(file: file.path, settings: Self.settings)
    let second = SharedBudget(file: file.path, settings: Self.settings)
    for _ in 0..<5 {
      #expect(first.take(.decrease, at: Self.now) == nil)
      #expect(second.take(.decrease, at: Self.now) == nil)
    }
    #expect(first.take(.decrease, at: Self.now) == Milliseconds(1000))
    #expect(second.take(.decrease, at: Self.now) == Milliseconds(1000))
    second.giveBack(at: Self.now)
    #expect(first.take(.decrease, at: Self.now) == nil)
    #expect(first.trouble == nil && second.trouble == nil)
    #expect(file.text == #"{"tokens":0.0,"t":1800000000.000000}"# + "\n")
  }

  @Test func manyThreadsTakeEachTokenOnce() async {
    let file = TemporaryFile()
    let path = file.path
    let settings = RouterSettings.WriteBudget(burst: 200, perMinute: 60)
    let taken = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let budget = SharedBudget(file: path, settings: settings)
          var count = 0
          while budget.take(.decrease, at: Self.now) == nil { count += 1 }
          return budget.trouble == nil ? count : -10000
        }
      }
      return await group.reduce(0, +)
    }
    #expect(taken == 200)
    withExtendedLifetime(file) {}
  }

  @Test(arguments: [
    "garbage", "{}", "{\"tokens\":", "\0\0\0\0", #"{"tokens":"many","t":0}"#,
    #"{"tokens":null,"t":null}"#,
  ])
  func anUnreadableTextIsHalfABucket(text: String) {
    let file = TemporaryFile()
    file.text = text
    let budget = SharedBudget(file: file.path, settings: Self.settings)
    #expect(drain(budget) == 5)
    #expect(budget.trouble == nil)
    #expect(file.text?.hasPrefix(#"{"tokens":0.0,"#) == true, "it is set right")
  }

  @Test(arguments: [
    (#"{"tokens":1e300,"t":1800000000}"#, 10), (#"{"tokens":-7,"t":1800000000}"#, 0),
    (#"{"tokens":3,"t":4e18}"#, 3), (#"{"tokens":3,"t":-4e18}"#, 10),
    (#"{"tokens":3,"t":1800000000} trailing"#, 5),
    ("{\"tokens\":3,\"t\":1800000000}\nrest of a longer line", 3), ("", 10),
  ])
  func absurdNumbersAreLimited(text: String, tokens: Int) {
    let file = TemporaryFile()
    file.text = text
    #expect(drain(SharedBudget(file: file.path, settings: Self.settings)) == tokens)
  }

  @Test func withoutAFolderThisProcessCountsAlone() throws {
    let budget = SharedBudget(file: "/nonexistent/x.budget", settings: Self.settings)
    #expect(drain(budget) == 10)
    let trouble = try #require(budget.trouble)
    #expect(trouble.contains("/nonexistent/x.budget") && trouble.contains("No such file"))
    budget.giveBack(at: Self.now)
    #expect(drain(budget) == 1)
  }

  @Test func aLinkIsNotFollowed() throws {
    let file = TemporaryFile()
    let victim = file.folder.appendingPathComponent("victim").path
    try Data("precious".utf8).write(to: URL(fileURLWithPath: victim))
    try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: victim)
    let budget = SharedBudget(file: file.path, settings: Self.settings)
    _ = budget.take(.decrease, at: Self.now)
    #expect(budget.trouble != nil)
    #expect(try String(contentsOfFile: victim, encoding: .utf8) == "precious")
  }

  @Test func aFileThatIsHeldIsNotWaitedForLong() throws {
    let file = TemporaryFile()
    file.text = ""
    let holder = open(file.path, O_RDWR)
    defer { close(holder) }
    #expect(flock(holder, LOCK_EX) == 0)
    let budget = SharedBudget(file: file.path, settings: Self.settings)
    #expect(budget.take(.decrease, at: Self.now) == nil)
    #expect(budget.trouble?.contains("another process holds it") == true)
    flock(holder, LOCK_UN)
    #expect(budget.take(.decrease, at: Self.now) == nil)
    #expect(budget.trouble == nil)
  }
}

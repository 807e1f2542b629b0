import Foundation
import Platform
import Testing

/// Capabilities and no_new_privs belong to a thread: the tests change those of a thread of their
/// own. That the process leaves no core file from here on does no harm.
@Suite struct PrivilegesTests {
  func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) throws -> Result
  {
    let done = DispatchSemaphore(value: 0)
    let box = Box<Swift.Result<Result, any Error>?>(nil)
    Thread {
      box.value = Swift.Result { try body() }
      done.signal()
    }.start()
    done.wait()
    return try box.value!.get()
  }

  private final class Box<Value>: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
  }

  @Test func keepsOnlyWhatIsNeeded() throws {
    let before = try Privileges.available()
    let (kept, after) = try onThread {
      let kept = try Privileges.keepOnly([.rawSockets])
      return (kept, try Privileges.available())
    }
    #expect(kept == before.intersection([.rawSockets]))
    #expect(after == kept)
    #expect(try Privileges.available() == before)
  }

  @Test func cannotTakeBack() throws {
    let after = try onThread {
      try Privileges.keepOnly([])
      return try Privileges.keepOnly(Set(Privileges.Capability.allCases))
    }
    #expect(after.isEmpty)
  }

  @Test func keepingEverythingGivesUpTheInheritance() throws {
    let status = try onThread {
      try Privileges.keepOnly([.rawSockets])
      try Privileges.keepOnly([.rawSockets])
      return try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
    }
    let held = try Privileges.available().contains(.rawSockets) ? "0000000000002000" : zero
    #expect(status.contains("CapEff:\t\(held)"))
    #expect(status.contains("CapPrm:\t\(held)"))
    #expect(status.contains("CapAmb:\t\(zero)"))
  }

  private let zero = String(repeating: "0", count: 16)

  @Test func leavesNoCore() throws {
    let status = try onThread {
      try Privileges.protectSecrets()
      return try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
    }
    #expect(status.contains("NoNewPrivs:\t1"))
    let limits = try String(contentsOfFile: "/proc/self/limits", encoding: .utf8)
    let core = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file") })
    #expect(core.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"])
  }
}

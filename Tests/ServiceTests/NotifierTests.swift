import Foundation
import Model
import Platform
import TestSupport
import Testing

@testable import Service

@Suite struct NotifierTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func notifier(_ variables: [String: String], processID: Int32? = nil) throws -> Notifier {
    try Notifier(environment: { variables[$0] }, processID: processID)
  }

  @Test(arguments: [false, true])
  func sendsToPathsAndAbstractNames(isAbstract: Bool) throws {
    let name = isAbstract ? "@wanctl-\(UUID().uuidString)" : folder.file("notify")
    let manager = try DatagramReceiver(name)
    let notifier = try notifier(["NOTIFY_SOCKET": name])
    #expect(notifier.isEnabled)
    try notifier.send(.ready, .status("2 WANs,\n20 Hz"))
    #expect(try manager.receiveText() == "READY=1\nSTATUS=2 WANs, 20 Hz")
    try notifier.send(.watchdog)
    #expect(try manager.receiveText() == "WATCHDOG=1")
    try notifier.send(.reloading(at: MonotonicTime(nanoseconds: 1_234_567_890)))
    #expect(try manager.receiveText() == "RELOADING=1\nMONOTONIC_USEC=1234567")
    try notifier.send(.stopping)
    #expect(try manager.receiveText() == "STOPPING=1")
  }

  @Test func isSilentWithoutASocket() throws {
    for variables in [[:], ["NOTIFY_SOCKET": ""], ["NOTIFY_SOCKET": "vsock:1:2"]] {
      let notifier = try notifier(variables)
      #expect(!notifier.isEnabled)
      try notifier.send(.ready)
    }
    let tooLong = "/" + String(repeating: "x", count: 200)
    #expect(try !notifier(["NOTIFY_SOCKET": tooLong]).isEnabled)
  }

  @Test func neverBlocks() throws {
    let name = folder.file("notify")
    let manager = try DatagramReceiver(name)
    let notifier = try notifier(["NOTIFY_SOCKET": name])
    var failure: SystemError?
    for _ in 0..<100_000 where failure == nil {
      do throws(SystemError) { try notifier.send(.watchdog) } catch { failure = error }
    }
    #expect(failure?.code == EAGAIN)
    #expect(try manager.receiveText() == "WATCHDOG=1")
  }

  @Test func tellsThatNobodyListens() throws {
    let notifier = try notifier(["NOTIFY_SOCKET": folder.file("nobody")])
    let failure = try #require(throws: SystemError.self) { try notifier.send(.ready) }
    #expect(failure.code == ENOENT)
  }

  @Test func feedsTheWatchdogTwiceAPeriod() throws {
    #expect(try notifier(["WATCHDOG_USEC": "30000000"]).watchdogInterval == Milliseconds(15_000))
    #expect(
      try notifier(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"], processID: 7)
        .watchdogInterval == Milliseconds(15_000))
    #expect(
      try notifier(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"], processID: 7)
        .watchdogInterval == nil)
    for period in ["0", "-1", "x", "", "99999999999999999999"] {
      #expect(try notifier(["WATCHDOG_USEC": period]).watchdogInterval == nil)
    }
    #expect(try notifier([:]).watchdogInterval == nil)
  }
}

import Foundation
import HTTPClient
import Model
import Platform
import Router
import Synchronization
import TestSupport
import Testing

/// Connections that break, stall and lie.
@Suite struct ConnectionFaultTests {
  func failure(_ body: () throws(RouterFailure) -> Void) -> RouterFailure? {
    do { try body() } catch { return error }
    return nil
  }

  @Test func aClosedPortIsToldAtOnce() throws {
    let router = try FakeRouterOS()
    let settings = router.settings()
    router.server.stop()
    // The listener is closed by its own thread.
    let port = RESTRouter(settings, now: Clock.monotonic)
    let deadline = Date() + 5
    var found: RouterFailure?
    repeat {
      found = failure { () throws(RouterFailure) in _ = try port.readQueues([down]) }
    } while found?.failureClass != .connectionRefused && Date() < deadline
    #expect(found?.failureClass == .connectionRefused)
    #expect(found?.message.contains("/ip/service enable www") == true)
  }

  @Test func aNameWithoutAddressIsTold() throws {
    let port = try FakeRouterOS().port { $0.host = "router.invalid" }
    let found = failure { () throws(RouterFailure) in _ = try port.readQueues([down]) }
    #expect(found?.failureClass == .dnsFailure)
    #expect(found?.message.contains("'router.invalid'") == true)
  }

  @Test func silenceEndsAtTheDeadlineAndIsFollowedByAPause() throws {
    let router = try FakeRouterOS()
    let now = Mutex(MonotonicTime(nanoseconds: 0))
    let port = RESTRouter(router.settings { $0.operationTimeout = Milliseconds(150) }) {
      now.withLock { $0 }
    }
    _ = try port.readQueues([down])
    router.fail("PATCH", .silence)
    let found = try #require(
      failure { () throws(RouterFailure) in try port.setLimit(BitsPerSecond(5), of: down) })
    #expect(found.failureClass == .timeout)
    #expect(found.outcome == .unknown)
    #expect(port.notBefore == MonotonicTime(nanoseconds: 2_500_000_000))
    // Nothing is sent within the pause, whoever asks.
    let count = router.server.requests.count
    let second = failure { () throws(RouterFailure) in _ = try port.readQueues([down]) }
    #expect(second?.failureClass == .busy)
    #expect(router.server.requests.count == count)
    now.withLock { $0 = MonotonicTime(nanoseconds: 2_500_000_000) }
    router.fail(nil)
    _ = try port.readQueues([down])
    #expect(port.notBefore == nil)
    #expect(router.server.connections == 2, "the abandoned connection is not used again")
  }

  @Test func aSlowDripEndsAtTheTotalDeadline() throws {
    let router = try FakeRouterOS()
    router.fail("POST", .drip(200, "[]", milliseconds: 20))
    let port = router.port { $0.operationTimeout = Milliseconds(200) }
    let found = failure { () throws(RouterFailure) in _ = try port.readQueues([down]) }
    #expect(found?.failureClass == .timeout)
  }

  @Test func aShortStallIsNoFailure() throws {
    let router = try FakeRouterOS()
    router.fail { _ in
      usleep(40_000)
      return nil
    }
    try router.port().setLimit(BitsPerSecond(7), of: down)
    #expect(router.limit("WAN-Download-1") == 7)
  }

  @Test(arguments: [false, true])
  func anIdleConnectionThatWasClosedIsReplacedUnseen(byReset: Bool) throws {
    let router = try FakeRouterOS()
    let port = router.port()
    try port.setLimit(BitsPerSecond(1_000_000), of: down)
    router.server.closeConnections(reset: byReset)
    try port.setLimit(BitsPerSecond(2_000_000), of: down)
    #expect(router.limit("WAN-Download-1") == 2_000_000)
    #expect(router.server.connections == 2)
  }

  @Test func aConnectionThatBreaksJustBeforeItsUseIsReplacedUnseen() throws {
    let router = try FakeRouterOS()
    let port = router.port()
    try port.setLimit(BitsPerSecond(1_000_000), of: down)
    // The request arrives and is answered by an end of the connection.
    router.fail("PATCH", times: 1, .rawThenClose([]))
    try port.setLimit(BitsPerSecond(2_000_000), of: down)
    #expect(router.limit("WAN-Download-1") == 2_000_000)
  }

  @Test func aFreshConnectionThatBreaksLeavesTheOutcomeUnknown() throws {
    let router = try FakeRouterOS()
    let port = router.port()
    _ = try port.readQueues([down])
    port.disconnect()
    router.fail("PATCH", .reset)
    let found = try #require(
      failure { () throws(RouterFailure) in try port.setLimit(BitsPerSecond(5), of: down) })
    #expect(found.failureClass == .reset)
    #expect(found.outcome == .unknown)
  }

  @Test func aTruncatedAnswerIsABrokenConnection() throws {
    let router = try FakeRouterOS()
    let port = router.port()
    _ = try port.readQueues([down])
    let half = Array(TestServer.reply(200, #"{"name":"WAN-Download-1"}"#).dropLast(5))
    router.fail("PATCH", .rawThenClose(half))
    let found = failure { () throws(RouterFailure) in try port.setLimit(BitsPerSecond(5), of: down)
    }
    #expect(found?.failureClass == .reset)
    #expect(found?.outcome == .unknown)
  }

  @Test func anEndlessAnswerIsNotRead() throws {
    let router = try FakeRouterOS()
    let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n".utf8)
    router.fail("POST", .raw(head + [UInt8](repeating: 0x20, count: 10_000_000)))
    let port = router.port()
    let found = failure { () throws(RouterFailure) in _ = try port.readQueues([down]) }
    #expect(found?.failureClass == .protocolError)
    #expect(found?.message.contains("4 MiB") == true)
  }

  @Test(arguments: ["SSH-2.0-ROSSSH\r\n", "\u{15}\u{3}\u{3}", "\0\0\0\0"])
  func whatIsNoHTTPIsTold(greeting: String) throws {
    let router = try FakeRouterOS()
    router.fail("POST", .rawThenClose(Array(greeting.utf8)))
    let port = router.port()
    let found = failure { () throws(RouterFailure) in _ = try port.readQueues([down]) }
    #expect(found?.failureClass == .protocolError)
    #expect(found?.message.contains("router.tls: yes") == true)
  }

  @Test func redirectsAreNotFollowed() throws {
    let router = try FakeRouterOS()
    router.fail(
      "POST",
      .raw(
        Array(
          "HTTP/1.1 302 Found\r\nLocation: /rest/x\r\nContent-Length: 0\r\n\r\n".utf8)))
    let port = router.port()
    let found = failure { () throws(RouterFailure) in _ = try port.readQueues([down]) }
    #expect(found?.failureClass == .protocolError)
    #expect(router.server.requests.count == 1)
  }

  @Test func noProxyOfTheEnvironmentIsUsed() throws {
    setenv("http_proxy", "http://127.0.0.1:9", 1)
    defer { unsetenv("http_proxy") }
    _ = try FakeRouterOS().port().readQueues([down])
  }

  @Test func anInterruptEndsTheOperationUnderWay() throws {
    let router = try FakeRouterOS()
    let port = router.port { $0.operationTimeout = Milliseconds(60_000) }
    _ = try port.readQueues([down])
    let interrupt = port.interrupter
    // The request is under way when it is interrupted: the server says so.
    router.fail { request in
      guard request.method == "PATCH" else { return nil }
      interrupt()
      return .silence
    }
    let began = Date()
    let found = failure { () throws(RouterFailure) in try port.setLimit(BitsPerSecond(5), of: down)
    }
    #expect(found?.failureClass == .timeout)
    #expect(found?.outcome == .unknown)
    #expect(Date().timeIntervalSince(began) < 30)
    let later = failure { () throws(RouterFailure) in _ = try port.readQueues([down]) }
    #expect(later?.outcome == .notDone)
    #expect(router.server.requests.count == 2)
  }

  @Test func anIPv6AddressStandsInBrackets() {
    let server = HTTPServer(
      host: "fe80::1%eth0", port: 443, usesTLS: true, user: "u", password: Secret("p"))
    #expect(server.base == "https://[fe80::1%25eth0]:443")
  }

  @Test func aHostThatIsNoneIsRefused() throws {
    let port = try FakeRouterOS().port { $0.host = "a b\nc" }
    let found = failure { () throws(RouterFailure) in _ = try port.readQueues([down]) }
    #expect(found?.failureClass == .protocolError)
  }
}

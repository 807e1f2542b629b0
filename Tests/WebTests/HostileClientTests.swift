import Foundation
import Model
import Platform
import TestSupport
import Testing

@testable import Web

/// Clients that are slow, want too much, or speak no HTTP. After each of them the server answers, and
/// holds no connection.
@Suite struct HostileClientTests {
  private func withServer(
    _ change: (inout HTTPLimits) -> Void = { _ in }, _ body: (HTTPServer) throws -> Void
  ) throws {
    var limits = HTTPLimits()
    change(&limits)
    let server = try HTTPServer(host: "127.0.0.1", port: 0, limits: limits) { request in
      .now(
        request.path == "/large"
          ? .text(.ok, String(repeating: "x", count: 20_000_000)) : .text(.ok, "fine"))
    }
    defer { server.stop(within: .zero) }
    try body(server)
    #expect(try Reply("/", port: server.address.port).body == "fine")
    let deadline = Date(timeIntervalSinceNow: 20)
    while server.openConnections > 0, Date() < deadline { usleep(10_000) }
    #expect(server.openConnections == 0)
  }

  @Test func whoSendsAByteNowAndThenIsCutOff() throws {
    try withServer({ $0.headers = Milliseconds(500) }) { server in
      let clients = try (0..<20).map { _ in try RawClient(port: server.address.port) }
      for client in clients { client.send("GET / HTTP/1.1\r\nHost: a\r\n") }
      var number = 0
      let deadline = Date(timeIntervalSinceNow: 20)
      // Never idle for long, and never at an end.
      while server.openConnections > 0, Date() < deadline {
        number += 1
        for client in clients { client.send("X-\(number): 1\r\n") }
        usleep(50_000)
      }
      for client in clients { #expect(client.isClosed()) }
    }
  }

  @Test func whoSendsNothingIsCutOff() throws {
    try withServer({ $0.headers = Milliseconds(300) }) { server in
      let client = try RawClient(port: server.address.port)
      #expect(client.isClosed())
    }
  }

  @Test func whoTakesNothingIsCutOff() throws {
    try withServer({ $0.answer = Milliseconds(500) }) { server in
      let client = try RawClient(port: server.address.port)
      client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
      let deadline = Date(timeIntervalSinceNow: 20)
      while server.openConnections > 0, Date() < deadline { usleep(10_000) }
      #expect(server.openConnections == 0)
    }
  }

  @Test func endlessAndOversizedRequestsAreRefused() throws {
    try withServer { server in
      let port = server.address.port
      for text in [
        "GET /\(String(repeating: "a", count: 100_000)) HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "b", count: 100_000))\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "Y: z\r\n", count: 20_000))\r\n",
      ] {
        let client = try RawClient(port: port)
        client.send(text)
        let reply = client.read()
        #expect(
          reply.isEmpty || [413, 414, 431].contains(Reply(reply).status), "\(reply.prefix(99))")
      }
      // Without any end: the server closes while it is still being sent.
      let client = try RawClient(port: port)
      client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ")
      let chunk = String(repeating: "c", count: 4096)
      let deadline = Date(timeIntervalSinceNow: 20)
      while client.send(chunk), Date() < deadline {}
      #expect(client.isClosed())
      let posting = try RawClient(port: port)
      posting.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
      while posting.send("1000\r\n\(chunk)\r\n"), Date() < deadline {}
      #expect(posting.isClosed())
    }
  }

  @Test func whatIsNoHTTPIsRefused() throws {
    try withServer { server in
      for text in [
        "\r\n\r\n\r\n", "GET\r\n\r\n", "nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", "GET / HTTP/1.1\nHost: a\n\n",
        "GET http://[::1 HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
        "GET /\u{0} HTTP/1.1\r\nHost: a\r\n\r\n", "G\u{0}T / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%00%ff%zz?%00=% HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345",
      ] {
        let client = try RawClient(port: server.address.port)
        client.send(text)
        client.send("Connection: close\r\n\r\n")
        _ = client.read(within: 0.2)
      }
    }
  }

  @Test func noiseDoesNoHarm() throws {
    try withServer { server in
      for seed in 1...100 as ClosedRange<UInt64> {
        var random = SeededGenerator(seed: seed)
        let client = try RawClient(port: server.address.port)
        let pieces = [
          "GET ", "/", " HTTP/1.1", "\r\n", "Host: a", ":", "\u{0}", "?", "%", "é", "1",
        ]
        client.send(
          (0..<Int.random(in: 1...40, using: &random)).map { _ in
            pieces.randomElement(using: &random) ?? ""
          }.joined())
      }
    }
  }

  @Test func aThousandAtOnceAreServedOrTurnedAway() throws {
    try withServer({ $0.headers = Milliseconds(2000) }) { server in
      // In bunches of the backlog, so that the kernel takes them all.
      var clients: [RawClient] = []
      for _ in 0..<1000 {
        let client = try RawClient(port: server.address.port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        clients.append(client)
      }
      let served = clients.filter { $0.read().hasSuffix("fine") }.count
      #expect(served > 0)
    }
  }

  @Test func oneAddressDoesNotTakeAllConnections() throws {
    try withServer({
      $0.connectionsPerAddress = 4
      $0.headers = Milliseconds(1000)
    }) { server in
      let clients = try (0..<12).map { _ in try RawClient(port: server.address.port) }
      #expect(clients.filter { $0.isClosed(within: 20) }.count == 12)
      #expect(server.openConnections <= 4)
    }
  }
}

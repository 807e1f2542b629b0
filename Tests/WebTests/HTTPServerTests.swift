import Foundation
import Model
import Platform
import Synchronization
import Testing

@testable import Web

@Suite struct HTTPServerTests {
  private func server(
    limits: HTTPLimits = HTTPLimits(), route: @escaping @Sendable (HTTPRequest) -> HTTPAnswer
  ) throws -> HTTPServer {
    try HTTPServer(host: "127.0.0.1", port: 0, limits: limits, route: route)
  }

  private static func echo(_ request: HTTPRequest) -> HTTPAnswer {
    .now(.text(.ok, "\(request.path)|\(request.query ?? "-")|\(request.authorization ?? "-")"))
  }

  @Test func answersWithLengthAndTargetAsItCame() throws {
    let server = try server(route: Self.echo)
    defer { server.stop(within: .zero) }
    let reply = try Reply(
      "/a%20b?x=%2F&y", port: server.address.port, headers: "Authorization: Bearer z\r\n")
    #expect(reply.status == 200)
    #expect(reply.body == "/a%20b|x=%2F&y|Bearer z")
    #expect(reply.head.contains("Content-Length: \(reply.body.utf8.count)"))
    #expect(reply.head.contains("Cache-Control: no-store"))
    #expect(reply.head.contains("X-Content-Type-Options: nosniff"))
  }

  @Test func aConnectionServesSeveralRequests() throws {
    let server = try server(route: Self.echo)
    defer { server.stop(within: .zero) }
    let client = try RawClient(port: server.address.port)
    for number in 1...3 {
      client.send("GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(client.read { $0.hasSuffix("/\(number)|-|-") }.hasPrefix("HTTP/1.1 200"))
    }
    #expect(server.openConnections == 1)
  }

  @Test(arguments: ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "NONSENSE"])
  func otherMethodsAreNotImplemented(_ method: String) throws {
    let server = try server(route: Self.echo)
    defer { server.stop(within: .zero) }
    let reply = try Reply(
      "/health", port: server.address.port, headers: "Content-Length: 4\r\n", method: method)
    #expect(reply.status == 501)
    #expect(method == "HEAD" || reply.body == "{\"error\": \"Unsupported method ('\(method)')\"}")
  }

  @Test func aBodyIsRefused() throws {
    let server = try server(route: Self.echo)
    defer { server.stop(within: .zero) }
    for headers in ["Content-Length: 99999999999\r\n", "Transfer-Encoding: chunked\r\n"] {
      #expect(try Reply("/", port: server.address.port, headers: headers).status == 413)
    }
    #expect(
      try Reply("/", port: server.address.port, headers: "Content-Length: 0\r\n").status == 200)
  }

  @Test func whatWaitsForADiskKeepsNobodyElseWaiting() throws {
    let gate = Mutex(false)
    let server = try server { request in
      guard request.path == "/slow" else { return Self.echo(request) }
      return .later {
        while !gate.withLock({ $0 }) { usleep(1000) }
        return .text(.ok, "done")
      }
    }
    defer { server.stop(within: Milliseconds(20_000)) }
    let slow = try RawClient(port: server.address.port)
    slow.send("GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    #expect(try Reply("/fast", port: server.address.port).status == 200)
    gate.withLock { $0 = true }
    #expect(Reply(slow.read()).body == "done")
  }

  @Test func moreThanCanWaitIsRefused() throws {
    let gate = Mutex(false)
    var limits = HTTPLimits()
    limits.waiting = 2
    let server = try server(limits: limits) { _ in
      .later {
        while !gate.withLock({ $0 }) { usleep(1000) }
        return .text(.ok, "done")
      }
    }
    defer { server.stop(within: Milliseconds(20_000)) }
    let clients = try (0..<6).map { _ in
      let client = try RawClient(port: server.address.port)
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      return client
    }
    let refused = Reply(clients[5].read())
    #expect(refused.status == 503)
    gate.withLock { $0 = true }
    let statuses = clients[..<5].map { Reply($0.read()).status }
    #expect(statuses.filter { $0 == 200 }.count >= 2)
    #expect(statuses.allSatisfy { $0 == 200 || $0 == 503 })
  }

  @Test func stopDoesNotWaitForADisk() throws {
    let gate = Mutex(false)
    let server = try server { _ in
      .later {
        while !gate.withLock({ $0 }) { usleep(1000) }
        return .text(.ok, "done")
      }
    }
    let client = try RawClient(port: server.address.port)
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    // Answered on the same thread, after the first request was taken.
    _ = try Reply("/nothing", port: server.address.port, method: "POST")
    server.stop(within: Milliseconds(50))
    gate.withLock { $0 = true }
    #expect(client.read { $0.hasSuffix("done") }.hasSuffix("done"), "the connection was kept")
  }

  @Test func aTakenPortIsNamed() throws {
    let server = try server(route: Self.echo)
    defer { server.stop(within: .zero) }
    let port = server.address.port
    do {
      try HTTPServer(host: "127.0.0.1", port: port, route: Self.echo).stop(within: .zero)
      Issue.record("two servers on one port")
    } catch {
      #expect("\(error)".contains("127.0.0.1:\(port)"), "\(error)")
      #expect("\(error)".contains("in use"), "\(error)")
    }
    #expect(throws: HTTPListenerError.self) {
      try HTTPServer(host: "no such host", port: 0, route: Self.echo)
    }
  }

  @Test func namesAndIPv6AreListenedOn() throws {
    for host in ["localhost", "::1"] {
      let server = try HTTPServer(host: host, port: 0, route: Self.echo)
      #expect(server.address.port != 0)
      server.stop(within: .zero)
      server.stop(within: .zero)
    }
  }
}

import Foundation
import Model
import Platform
import Testing

@testable import Web

@Suite struct EventStreamTests {
  private func take(_ stream: EventStream, _ capacity: Int = 64) -> (text: String?, slept: Bool) {
    var slept = false
    var buffer = [UInt8](repeating: 0, count: capacity)
    let next = buffer.withUnsafeMutableBytes { stream.take(into: $0) { slept = true } }
    guard case .bytes(let count) = next else { return (nil, slept) }
    return (String(decoding: buffer[..<count], as: UTF8.self), slept)
  }

  @Test func bytesComeInOrderAndAnEmptyStreamSleeps() {
    let stream = EventStream()
    stream.send(Array("hello".utf8))
    #expect(take(stream, 3).text == "hel")
    stream.send(Array(" you".utf8))
    #expect(take(stream).text == "lo you")
    #expect(take(stream).slept)
    var woken = 0
    stream.send(Array("a".utf8)) { woken += 1 }
    stream.send(Array("b".utf8)) { woken += 1 }
    #expect(woken == 1, "it is awake by then")
    #expect(take(stream).text == "ab")
  }

  @Test func whoDoesNotKeepUpIsCutOff() {
    let stream = EventStream()
    #expect(stream.send([UInt8](repeating: 1, count: EventStream.capacity)))
    #expect(!stream.send([2]))
    var buffer = [UInt8](repeating: 0, count: EventStream.capacity + 1)
    let first = buffer.withUnsafeMutableBytes { stream.take(into: $0) {} }
    guard case .bytes(EventStream.capacity) = first else {
      Issue.record("\(first)")
      return
    }
    let second = buffer.withUnsafeMutableBytes { stream.take(into: $0) {} }
    guard case .end = second else {
      Issue.record("\(second)")
      return
    }
  }

  @Test func everyClientOfAServerHearsTheSameUntilTheEnd() throws {
    let server = try HTTPServer(host: "127.0.0.1", port: 0) { _ in
      let stream = EventStream()
      stream.send(Array("first\n\n".utf8))
      return .events(stream)
    }
    let clients = try (0..<20).map { _ in
      let client = try RawClient(port: server.address.port)
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      return client
    }
    for client in clients { #expect(client.read { $0.contains("first") }.contains("event-stream")) }
    #expect(server.streamCount == 20)
    server.broadcast(Array("second\n\n".utf8))
    for client in clients { #expect(client.read { $0.contains("second") }.contains("second")) }
    server.stop(within: .zero)
    for client in clients { #expect(client.isClosed()) }
  }

  @Test func aClientThatWentIsForgotten() throws {
    let server = try HTTPServer(host: "127.0.0.1", port: 0) { _ in .events(EventStream()) }
    defer { server.stop(within: .zero) }
    do {
      let client = try RawClient(port: server.address.port)
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = client.read { $0.contains("event-stream") }
      #expect(server.streamCount == 1)
    }
    let deadline = Date(timeIntervalSinceNow: 20)
    while server.streamCount > 0, Date() < deadline {
      server.broadcast(Array("x\n\n".utf8))
      usleep(10_000)
    }
    #expect(server.streamCount == 0)
    #expect(server.openConnections == 0)
  }
}

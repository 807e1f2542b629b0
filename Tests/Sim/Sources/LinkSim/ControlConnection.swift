import Glibc

/// A kept-alive connection to RouterSim's control port, speaking as much HTTP as that needs.
final class ControlConnection {
  enum Failure: Error {
    case closed
    case notUnderstood(String)
  }

  private let descriptor: Int32

  init(port: UInt16) throws {
    descriptor = try SystemError.check("socket") {
      socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    }
    var one: Int32 = 1
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    var limit = timeval(tv_sec: 1, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if code != 0 {
      let code = errno
      close(descriptor)
      throw SystemError(call: "connect 127.0.0.1:\(port)", code: code)
    }
  }

  deinit { close(descriptor) }

  /// Sends one request and returns the body of its answer, which must be of class 2xx.
  func exchange(_ method: String, _ path: String, body: String) throws -> [UInt8] {
    let request =
      "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    try send(Array(request.utf8))
    var received: [UInt8] = []
    let separator = Array("\r\n\r\n".utf8)
    var end: Int?
    while end == nil {
      try receive(into: &received)
      end = received.indices.first { received[$0...].starts(with: separator) }
    }
    let head = String(decoding: received[..<end!], as: UTF8.self).split(separator: "\r\n")
    let status = head.first.flatMap { $0.split(separator: " ").dropFirst().first } ?? ""
    guard status.hasPrefix("2") else { throw Failure.notUnderstood("\(method) \(path): \(status)") }
    let length = head.lazy.compactMap { line -> Int? in
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "content-length" else { return nil }
      return Int(parts[1].drop { $0 == " " })
    }.first
    guard let length, length >= 0, length < 1 << 20 else {
      throw Failure.notUnderstood("\(method) \(path): no Content-Length")
    }
    var content = Array(received[(end! + separator.count)...])
    while content.count < length { try receive(into: &content) }
    return content
  }

  private func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = try SystemError.check("send") {
        rest.withUnsafeBytes {
          Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
      }
      rest = rest.dropFirst(sent)
    }
  }

  private func receive(into bytes: inout [UInt8]) throws {
    try withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      let count = try SystemError.check("recv") { recv(descriptor, buffer.baseAddress, 4096, 0) }
      if count == 0 { throw Failure.closed }
      bytes.append(contentsOf: buffer.prefix(count))
    }
  }
}

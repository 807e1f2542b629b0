import Foundation
import Testing

/// A client that sends bytes as a test wants them, and reads what comes back.
final class RawClient: Sendable {
  private let descriptor: Int32

  struct Failure: Error { var message: String }

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      throw Failure(message: "connect: \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  /// - Returns: false when the server has closed.
  @discardableResult
  func send(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
  }

  /// What comes until `isEnough`, the end of the connection, or the deadline.
  func read(within seconds: Double = 20, until isEnough: (String) -> Bool = { _ in false })
    -> String
  {
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let deadline = Date(timeIntervalSinceNow: seconds)
    while !isEnough(String(decoding: text, as: UTF8.self)) {
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let rest = deadline.timeIntervalSinceNow
      guard rest > 0, poll(&entry, 1, Int32(rest * 1000) + 1) > 0 else { break }
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      text += buffer[..<count]
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Whether the server closes within the time; what it sends is thrown away.
  func isClosed(within seconds: Double = 20) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let deadline = Date(timeIntervalSinceNow: seconds)
    while true {
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let rest = deadline.timeIntervalSinceNow
      guard rest > 0, poll(&entry, 1, Int32(rest * 1000) + 1) > 0 else { return false }
      if recv(descriptor, &buffer, buffer.count, 0) <= 0 { return true }
    }
  }
}

/// An answer as a client takes it apart.
struct Reply {
  var status: Int
  var head: String
  var body: String

  /// One request on a connection of its own.
  init(_ path: String, port: UInt16, headers: String = "", method: String = "GET") throws {
    let client = try RawClient(port: port)
    client.send(
      "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(headers)\r\n")
    self.init(client.read())
  }

  init(_ text: String) {
    let parts = text.components(separatedBy: "\r\n\r\n")
    head = parts[0]
    body = parts.dropFirst().joined(separator: "\r\n\r\n")
    let words = head.split(separator: " ", maxSplits: 2)
    status = words.count > 1 ? Int(words[1]) ?? 0 : 0
  }
}

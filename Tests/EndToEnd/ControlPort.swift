import Foundation
import Glibc

/// The control port of a simulator: JSON over HTTP, a connection for each command.
struct ControlPort: Sendable {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  var port: Int

  /// The body of the answer.
  @discardableResult
  func ask(_ method: String, _ path: String, _ body: String = "") throws -> String {
    let connection = try connect()
    defer { close(connection) }
    let request =
      "\(method) \(path) HTTP/1.1\r\nHost: simulator\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
    var rest = Array((request + body).utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, 0x4000) }
      guard count > 0 else { throw failure("send") }
      rest = rest.dropFirst(count)
    }
    let (status, answer) = try receive(connection)
    guard status == 200 else { throw Failure(description: "\(method) \(path): \(answer)") }
    return answer
  }

  /// A connection, for the caller to close.
  func connect() throws -> Int32 {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    guard connection >= 0 else { throw failure("socket") }
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let isConnected = withUnsafeBytes(of: &address) { bytes in
      Glibc.connect(
        connection, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
        socklen_t(bytes.count)) == 0
    }
    guard isConnected else {
      let failure = failure("connect")
      close(connection)
      throw failure
    }
    return connection
  }

  private func receive(_ connection: Int32) throws -> (status: Int, body: String) {
    var received = Data()
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      if let end = received.firstRange(of: Data("\r\n\r\n".utf8))?.upperBound {
        let head = String(decoding: received[..<end], as: UTF8.self)
        let length = head.firstMatch(of: /(?i)content-length: ([0-9]+)/).flatMap {
          Int($0.output.1)
        }
        if let length, received.count >= end + length {
          let status = Int(head.split(separator: " ")[1]) ?? 0
          return (status, String(decoding: received[end..<(end + length)], as: UTF8.self))
        }
      }
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { throw failure("recv") }
      received += buffer[..<count]
    }
  }

  private func failure(_ call: String) -> Failure {
    Failure(description: "\(call) at port \(port): \(String(cString: strerror(errno)))")
  }
}

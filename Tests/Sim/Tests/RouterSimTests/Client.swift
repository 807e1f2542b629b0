import Foundation

/// An HTTP client over one plain TCP connection, close enough to the wire to see a reset.
final class Client {
  struct Answer: Equatable {
    var status: Int
    var headers: [String: String]
    var body: String
  }

  enum Trouble: Error, Equatable {
    case refused
    case closed
    case reset
    case timeout
    case malformed(String)
  }

  private let descriptor: Int32
  private var received: [UInt8] = []

  init(port: Int, timeout: Double = 5) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var wait = timeval(
      tv_sec: Int(timeout), tv_usec: Int((timeout - timeout.rounded(.down)) * 1e6))
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(
        descriptor, SOL_SOCKET, option, &wait, socklen_t(MemoryLayout<timeval>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if connected != 0 {
      let code = errno
      Glibc.close(descriptor)
      throw code == ECONNREFUSED ? Trouble.refused : .timeout
    }
  }

  deinit { Glibc.close(descriptor) }

  /// Ends the connection from our side, with a FIN.
  func leave() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw errno == EAGAIN ? Trouble.timeout : .reset }
      rest = rest.dropFirst(count)
    }
  }

  func send(
    _ method: String, _ target: String, _ body: String? = nil, user: String? = "wanctl-rate",
    password: String = "secret", type: String? = "application/json"
  ) throws {
    try send(
      Client.request(method, target, body, user: user, password: password, type: type))
  }

  static func request(
    _ method: String, _ target: String, _ body: String? = nil, user: String? = "wanctl-rate",
    password: String = "secret", type: String? = "application/json"
  ) -> [UInt8] {
    var text = "\(method) \(target) HTTP/1.1\r\nHost: router\r\n"
    if let user {
      text +=
        "Authorization: Basic "
        + Data("\(user):\(password)".utf8).base64EncodedString() + "\r\n"
    }
    if let body {
      if let type { text += "Content-Type: \(type)\r\n" }
      text += "Content-Length: \(body.utf8.count)\r\n"
    }
    return Array((text + "\r\n" + (body ?? "")).utf8)
  }

  /// Reads more; false at the end of the stream.
  private func fill() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count < 0 { throw errno == EAGAIN ? Trouble.timeout : .reset }
    received += buffer.prefix(count)
    return count > 0
  }

  func answer() throws -> Answer {
    var bytes = try raw()
    let text = String(decoding: bytes.head, as: UTF8.self)
    var lines = text.components(separatedBy: "\r\n")
    let first = lines.removeFirst().split(separator: " ")
    guard first.count > 1, first[0] == "HTTP/1.1", let status = Int(first[1]) else {
      throw Trouble.malformed(text)
    }
    var headers: [String: String] = [:]
    for line in lines where !line.isEmpty {
      let parts = line.components(separatedBy: ": ")
      headers[parts[0]] = parts.dropFirst().joined(separator: ": ")
    }
    let length = Int(headers["Content-Length"] ?? "") ?? 0
    while bytes.rest.count < length {
      received = []
      guard try fill() else { throw Trouble.closed }
      bytes.rest += received
    }
    received = Array(bytes.rest.dropFirst(length))
    return Answer(
      status: status, headers: headers,
      body: String(decoding: bytes.rest.prefix(length), as: UTF8.self))
  }

  private func raw() throws -> (head: [UInt8], rest: [UInt8]) {
    let mark = Array("\r\n\r\n".utf8)
    while true {
      if let end = received.firstRange(of: mark) {
        return (Array(received[..<end.lowerBound]), Array(received[end.upperBound...]))
      }
      guard try fill() else { throw Trouble.closed }
    }
  }

  @discardableResult
  func ask(
    _ method: String, _ target: String, _ body: String? = nil, user: String? = "wanctl-rate",
    password: String = "secret", type: String? = "application/json"
  ) throws -> Answer {
    try send(method, target, body, user: user, password: password, type: type)
    return try answer()
  }

  /// How the connection ends when nothing more is sent.
  func ending() -> Trouble {
    do {
      while try fill() {}
      return .closed
    } catch { return error as? Trouble ?? .timeout }
  }
}

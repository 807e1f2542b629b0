import Foundation
import Synchronization

/// A small HTTP server on loopback that answers, and fails, exactly as a test wants it to.
public final class TestServer: Sendable {
  public struct Request: Sendable {
    public var method: String
    public var path: String
    public var headers: [String: String]
    public var body: String
    /// Connections count up from 0.
    public var connection: Int
  }

  public enum Answer: Sendable {
    case json(Int, String)
    case html(Int, String)
    /// These bytes and nothing else; the connection stays open.
    case raw([UInt8])
    /// These bytes, then FIN.
    case rawThenClose([UInt8])
    /// RST without an answer.
    case reset
    case silence
    /// The answer's bytes one by one.
    case drip(Int, String, milliseconds: UInt32)
  }

  private struct State {
    var requests: [Request] = []
    var sockets: [Int32] = []
    var isStopped = false
  }

  public let port: Int
  private let listener: Int32
  private let state = Mutex(State())
  private let handler: @Sendable (Request) -> Answer

  public init(_ handler: @escaping @Sendable (Request) -> Answer) throws {
    self.handler = handler
    (listener, port) = try listenOnLoopback()
    Thread.detachNewThread { [self] in acceptAll() }
  }

  public var requests: [Request] { state.withLock { $0.requests } }
  public var connections: Int { state.withLock { $0.sockets.count } }

  /// Ends everything; each test does so, or its threads stay.
  public func stop() {
    state.withLock { state in
      state.isStopped = true
      for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }
    shutdown(listener, Int32(SHUT_RDWR))
  }

  /// What a router does to idle connections.
  public func closeConnections(reset: Bool = false) {
    state.withLock { state in
      for socket in state.sockets {
        if reset { Self.lingerNot(socket) }
        shutdown(socket, Int32(SHUT_RDWR))
      }
    }
  }

  private func acceptAll() {
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { break }
      let number: Int? = state.withLock { state in
        guard !state.isStopped else { return nil }
        state.sockets.append(connection)
        return state.sockets.count - 1
      }
      guard let number else {
        close(connection)
        break
      }
      Thread.detachNewThread { [self] in
        serve(connection, number)
        // The number stays reserved until the end of the test: nobody else gets it.
        shutdown(connection, Int32(SHUT_RDWR))
      }
    }
    close(listener)
  }

  private static func lingerNot(_ socket: Int32) {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
  }

  private func serve(_ connection: Int32, _ number: Int) {
    var buffer: [UInt8] = []
    while let request = read(connection, &buffer, number) {
      state.withLock { $0.requests.append(request) }
      switch handler(request) {
      case .json(let status, let body): send(connection, Self.reply(status, body))
      case .html(let status, let body):
        send(connection, Self.reply(status, body, type: "text/html"))
      case .raw(let bytes): send(connection, bytes)
      case .rawThenClose(let bytes):
        send(connection, bytes)
        return
      case .reset:
        Self.lingerNot(connection)
        // Closes the connection and keeps its number for us: nobody else gets it meanwhile.
        dup2(listener, connection)
        return
      case .silence: break
      case .drip(let status, let body, let pause):
        for byte in Self.reply(status, body) {
          guard send(connection, [byte]) else { return }
          usleep(pause * 1000)
        }
      }
    }
  }

  public static func reply(_ status: Int, _ body: String, type: String = "application/json")
    -> [UInt8]
  {
    Array(
      """
      HTTP/1.1 \(status) Whatever\r
      Content-Type: \(type)\r
      Content-Length: \(body.utf8.count)\r
      \r
      \(body)
      """.utf8)
  }

  @discardableResult
  private func send(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private func read(_ connection: Int32, _ buffer: inout [UInt8], _ number: Int) -> Request? {
    let end = Array("\r\n\r\n".utf8)
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      if let range = buffer.firstRange(of: end) {
        let head = String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
        let lines = head.components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
          guard let colon = line.firstIndex(of: ":") else { continue }
          headers[line[..<colon].lowercased()] =
            line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        let length = Int(headers["content-length"] ?? "0") ?? 0
        if buffer.count >= range.upperBound + length {
          let words = lines[0].split(separator: " ")
          let body = buffer[range.upperBound..<(range.upperBound + length)]
          defer { buffer.removeFirst(range.upperBound + length) }
          return Request(
            method: String(words[0]), path: String(words[1]), headers: headers,
            body: String(decoding: body, as: UTF8.self), connection: number)
        }
      }
      let count = recv(connection, &chunk, chunk.count, 0)
      guard count > 0 else { return nil }
      buffer += chunk[..<count]
    }
  }
}

/// A server that waits for the first bytes, says one thing, and hangs up.
public final class PlainGreeter: Sendable {
  public let port: Int
  private let listener: Int32

  public init(_ text: String) throws {
    let (listener, port) = try listenOnLoopback()
    self.listener = listener
    self.port = port
    Thread.detachNewThread {
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { break }
        var buffer = [UInt8](repeating: 0, count: 4096)
        _ = recv(connection, &buffer, buffer.count, 0)
        _ = Array(text.utf8).withUnsafeBytes {
          send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        // The client's rest is read first: closing over it would be a reset.
        shutdown(connection, Int32(SHUT_WR))
        while recv(connection, &buffer, buffer.count, 0) > 0 {}
        close(connection)
      }
      close(listener)
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }
}

/// A listening socket on a free port of 127.0.0.1.
public func listenOnLoopback() throws -> (socket: Int32, port: Int) {
  let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isBound = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(listener, $0, length) == 0 && listen(listener, 16) == 0
        && getsockname(listener, $0, &length) == 0
    }
  }
  guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
  return (listener, Int(UInt16(bigEndian: address.sin_port)))
}

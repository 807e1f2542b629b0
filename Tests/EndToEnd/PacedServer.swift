import Foundation
import Synchronization

/// An HTTP server on loopback that is as fast as a slow line: an endless file to download, and a place
/// to upload to.
final class PacedServer: Sendable {
  let port: Int
  private let listener: Int32
  private let requests = Mutex<[String]>([])
  private let isClosed = Mutex(false)

  /// Bytes of a connection for each pause.
  private static let piece = 3000
  private static let pauseMicroseconds: UInt32 = 4000

  init() throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let isReady = withUnsafeMutableBytes(of: &address) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) { pointer in
        bind(descriptor, pointer.baseAddress!, length) == 0 && listen(descriptor, 64) == 0
          && getsockname(descriptor, pointer.baseAddress!, &length) == 0
      }
    }
    guard isReady else { throw CocoaError(.fileReadUnknown) }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        Thread.detachNewThread { [self] in serve(connection) }
      }
    }
  }

  func close() {
    isClosed.withLock { $0 = true }
    shutdown(listener, Int32(SHUT_RDWR))
    Glibc.close(listener)
  }

  /// The first lines of the requests.
  var lines: [String] { requests.withLock { $0 } }

  private func serve(_ connection: Int32) {
    defer { Glibc.close(connection) }
    var head: [UInt8] = []
    var byte: UInt8 = 0
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard read(connection, &byte, 1) == 1 else { return }
      head.append(byte)
    }
    let line = String(decoding: head.prefix { $0 != 13 }, as: UTF8.self)
    requests.withLock { $0.append(line) }
    var piece = [UInt8](repeating: 7, count: Self.piece)
    let isDownload = line.hasPrefix("GET ")
    if isDownload {
      let answer = "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n"
      _ = send(connection, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
    }
    while !isClosed.withLock({ $0 }) {
      let count =
        isDownload
        ? send(connection, piece, piece.count, Int32(MSG_NOSIGNAL))
        : read(connection, &piece, piece.count)
      guard count > 0 else { return }
      usleep(Self.pauseMicroseconds)
    }
  }
}

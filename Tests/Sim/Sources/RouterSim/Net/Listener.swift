import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A listening port on loopback that can be closed, made deaf, and opened again at the same number.
final class Listener {
  /// What is spoken at a port, and who takes a connection that was just accepted.
  enum Accept {
    case http((_ wire: Wire, _ input: HTTPInput, _ peer: String) -> Void)
    case bytes((_ wire: Wire, _ stream: ByteStream, _ peer: String) -> Void)
  }

  private let eventLoop: any EventLoop
  private let accept: Accept
  /// What the next connections negotiate; nil = plain.
  var tls: NIOSSLContext?
  private(set) var port: Int
  private var channel: (any Channel)?
  private var socket: Int32 = -1
  /// Sockets that keep a deaf port from answering.
  private var deaf: [Int32] = []
  /// Connections are accepted and then never answered, not even with a handshake.
  var isSilent = false

  init(eventLoop: any EventLoop, port: Int, tls: NIOSSLContext? = nil, accept: Accept) {
    self.eventLoop = eventLoop
    self.port = port
    self.tls = tls
    self.accept = accept
  }

  func open() -> EventLoopFuture<Void> {
    stopBeingDeaf()
    if channel != nil { return eventLoop.makeSucceededVoidFuture() }
    let accepting = NIOLoopBound(self, eventLoop: eventLoop)
    do {
      socket = try listening(backlog: 256)
    } catch { return eventLoop.makeFailedFuture(error) }
    let opened = ServerBootstrap(group: eventLoop)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try accepting.value.setUp(channel) }
      }
      .withBoundSocket(socket)
    return opened.assumeIsolated().map { self.channel = $0 }.nonisolated()
  }

  /// New connections are refused from now on.
  func close() {
    stopBeingDeaf()
    guard let channel else { return }
    // Closing alone would leave the port open as long as a child between fork and exec has a copy.
    shutdown(socket, Int32(SHUT_RDWR))
    channel.close(promise: nil)
    self.channel = nil
  }

  /// New connections get no answer at all: the queue of the port is full, the kernel drops them.
  func becomeDeaf() throws {
    close()
    deaf.append(try listening(backlog: 0))
    // The queue of length 0 takes one connection; these fill it.
    for _ in 0..<2 {
      let filler = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
      guard filler >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
      deaf.append(filler)
      _ = withAddress { connect(filler, $0, $1) }
    }
  }

  /// A socket that listens at our port; any free one when that is 0.
  private func listening(backlog: Int32) throws -> Int32 {
    let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
    var one: Int32 = 1
    setsockopt(
      descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    guard withAddress({ bind(descriptor, $0, $1) }) == 0, listen(descriptor, backlog) == 0 else {
      let code = errno
      Glibc.close(descriptor)
      throw IOError(errnoCode: code, reason: "bind or listen at port \(port)")
    }
    if port == 0 {
      var address = sockaddr_in()
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      _ = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          getsockname(descriptor, $0, &size)
        }
      }
      port = Int(UInt16(bigEndian: address.sin_port))
    }
    return descriptor
  }

  private func withAddress(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        call($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  private func stopBeingDeaf() {
    for socket in deaf {
      shutdown(socket, Int32(SHUT_RDWR))
      Glibc.close(socket)
    }
    deaf = []
  }

  private func setUp(_ channel: any Channel) throws {
    let pipeline = channel.pipeline.syncOperations
    let wire = Wire()
    try pipeline.addHandler(wire)
    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
    let peer = channel.remoteAddress?.ipAddress ?? ""
    let ready: () -> Void
    switch accept {
    case .http(let accept):
      let input = HTTPInput()
      try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
      try pipeline.addHandler(input)
      ready = { accept(wire, input, peer) }
    case .bytes(let accept):
      let stream = ByteStream()
      try pipeline.addHandler(stream)
      ready = { accept(wire, stream, peer) }
    }
    wire.connected = { [self] in
      if isSilent { wire.mute() } else { ready() }
    }
  }
}

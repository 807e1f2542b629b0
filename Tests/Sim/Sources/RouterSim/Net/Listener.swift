import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A listening port on loopback that can be closed, made deaf, and opened again at the same number.
final class Listener {
  /// Sets up a connection that was just accepted; nil = no TLS.
  typealias Accept = (_ wire: Wire, _ input: HTTPInput, _ peer: String) -> Void

  private let eventLoop: any EventLoop
  private let accept: Accept
  /// What the next connections negotiate; nil = plain.
  var tls: NIOSSLContext?
  private(set) var port: Int
  private var channel: (any Channel)?
  /// Sockets that keep a deaf port from answering.
  private var deaf: [Int32] = []
  /// Connections are accepted and then never answered, not even with a handshake.
  var isSilent = false

  init(eventLoop: any EventLoop, port: Int, tls: NIOSSLContext?, accept: @escaping Accept) {
    self.eventLoop = eventLoop
    self.port = port
    self.tls = tls
    self.accept = accept
  }

  var isOpen: Bool { channel != nil }

  func open() -> EventLoopFuture<Void> {
    stopBeingDeaf()
    if channel != nil { return eventLoop.makeSucceededVoidFuture() }
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    let opened = ServerBootstrap(group: eventLoop)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try bound.value.setUp(channel) }
      }
      .bind(host: "127.0.0.1", port: port)
    return opened.assumeIsolated().map { channel in
      self.channel = channel
      self.port = channel.localAddress?.port ?? self.port
    }.nonisolated()
  }

  /// New connections are refused from now on.
  func close() {
    stopBeingDeaf()
    channel?.close(promise: nil)
    channel = nil
  }

  /// New connections get no answer at all: the queue of the port is full, the kernel drops them.
  func becomeDeaf() throws {
    close()
    let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    guard listening >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
    deaf.append(listening)
    var one: Int32 = 1
    setsockopt(
      listening, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listening, $0, size) }
    }
    guard bound == 0, listen(listening, 0) == 0 else {
      throw IOError(errnoCode: errno, reason: "bind or listen")
    }
    // The queue of length 0 takes one connection; these fill it.
    for _ in 0..<2 {
      let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
      guard filler >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
      deaf.append(filler)
      _ = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(filler, $0, size) }
      }
    }
  }

  private func stopBeingDeaf() {
    for socket in deaf { Glibc.close(socket) }
    deaf = []
  }

  private func setUp(_ channel: any Channel) throws {
    let pipeline = channel.pipeline.syncOperations
    let wire = Wire()
    let input = HTTPInput()
    try pipeline.addHandler(wire)
    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
    try pipeline.addHandler(input)
    let peer = channel.remoteAddress?.ipAddress ?? ""
    wire.connected = { [self] in
      if isSilent { wire.mute() } else { accept(wire, input, peer) }
    }
  }
}

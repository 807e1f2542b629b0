import NIOCore

/// An end of a connection that carries bytes of no meaning to us.
final class ByteStream: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  var receive: ((ByteBuffer) -> Void)?
  /// The connection is gone, for whatever reason.
  var closed: (() -> Void)?
  private var context: ChannelHandlerContext?
  /// What came before anybody wanted it.
  private var early: [ByteBuffer] = []

  /// From now on what comes is given to `receive`.
  func start(_ receive: @escaping (ByteBuffer) -> Void) {
    self.receive = receive
    for buffer in early { receive(buffer) }
    early = []
  }

  func write(_ buffer: ByteBuffer) {
    context?.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
  }

  /// Closes when everything that was written is sent.
  func end() {
    guard let context else { return }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
      context.close(promise: nil)
    }
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    if let receive { receive(buffer) } else { early.append(buffer) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    let gone = closed
    closed = nil
    receive = nil
    gone?()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

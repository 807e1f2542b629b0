import Glibc
import NIOCore
import NIOPosix

/// The end of a connection that is nearest to the network, below TLS. From here a connection can be
/// reset, ended without a TLS farewell, kept waiting during set-up, or left in silence.
final class Wire: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  /// The connection stands; called once.
  var connected: (() -> Void)?
  private var context: ChannelHandlerContext?
  /// What arrived while the set-up is not over.
  private var held: [ByteBuffer]?
  /// Nothing that arrives is looked at any more.
  private var isMute = false

  /// Keeps what arrives until `release`.
  func hold() { held = [] }

  func release() {
    guard let waiting = held else { return }
    held = nil
    guard let context, !isMute else { return }
    for buffer in waiting { context.fireChannelRead(wrapInboundOut(buffer)) }
    context.fireChannelReadComplete()
  }

  func mute() {
    isMute = true
    held = nil
  }

  /// Ends the connection with a FIN, without any notice of TLS.
  func end() {
    context?.close(mode: .all, promise: nil)
  }

  /// Ends the connection with a RST; what is still in the send buffer is lost.
  func reset() {
    guard let context else { return }
    if let socket = context.channel as? any SocketOptionProvider {
      socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
    }
    context.close(mode: .all, promise: nil)
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    let call = connected
    connected = nil
    call?()
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isMute { return }
    if held != nil {
      held?.append(unwrapInboundIn(data))
    } else {
      context.fireChannelRead(data)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if !isMute && held == nil { context.fireChannelReadComplete() }
  }
}

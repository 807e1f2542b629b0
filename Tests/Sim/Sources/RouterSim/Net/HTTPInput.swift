import NIOCore
import NIOHTTP1

/// Gathers the parts of a request, gives it to `receive`, and writes bytes of answers as they are.
final class HTTPInput: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = ByteBuffer

  private static let largestBody = 1 << 20

  var receive: ((Request) -> Void)?
  /// The connection is gone, for whatever reason.
  var closed: (() -> Void)?
  private var request: Request?
  private var isTooLarge = false
  private var context: ChannelHandlerContext?

  /// Puts bytes on the wire; `then` runs when the socket has taken them.
  func write(_ bytes: [UInt8], then: (() -> Void)? = nil) {
    guard let context else { return }
    let written = context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)))
    if let then { written.assumeIsolated().whenSuccess { then() } }
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      isTooLarge = false
      request = Request(
        method: head.method.rawValue, target: head.uri,
        authorization: head.headers.first(name: "Authorization"),
        contentType: head.headers.first(name: "Content-Type"))
    case .body(let part):
      guard let count = request?.body.count, count + part.readableBytes <= Self.largestBody else {
        isTooLarge = true
        return
      }
      request?.body += part.readableBytesView
    case .end:
      guard let complete = request else { return }
      request = nil
      if isTooLarge {
        let reply = Reply(status: 413)
        write(reply.head(length: 0, style: .minimal, date: "")) { context.close(promise: nil) }
      } else {
        receive?(complete)
      }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    let gone = closed
    closed = nil
    receive = nil
    gone?()
    context.fireChannelInactive()
  }

  /// Whatever is wrong with the bytes of a connection ends it; the router goes on.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

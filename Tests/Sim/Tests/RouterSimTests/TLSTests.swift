import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import RouterSim

/// The certificates of the web server, seen by a client that trusts its CA.
@Suite struct TLSTests {
  private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  /// Collects what a server sends until it ends the connection.
  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let done: EventLoopPromise<String>
    private var text = ""

    init(done: EventLoopPromise<String>) { self.done = done }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      text += String(buffer: unwrapInboundIn(data))
      if text.hasSuffix("}") || text.hasSuffix("]") { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      if text.isEmpty { done.fail(error) }
      context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
      if text.isEmpty { done.fail(Client.Trouble.closed) } else { done.succeed(text) }
    }
  }

  /// The answer to one GET over a new TLS connection.
  private func get(
    _ router: Router, authority: String? = nil, verifies: Bool = true,
    lowest: TLSVersion = .tlsv12
  ) throws -> String {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = lowest
    configuration.trustRoots = .file(authority ?? router.authority)
    if !verifies { configuration.certificateVerification = .none }
    let context = try NIOSSLContext(configuration: configuration)
    let done = Self.group.next().makePromise(of: String.self)
    let channel = try ClientBootstrap(group: Self.group)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let tls = try NIOSSLClientHandler(context: context, serverHostname: nil)
          try channel.pipeline.syncOperations.addHandlers([tls, Collector(done: done)])
        }
      }
      .connect(host: "127.0.0.1", port: router.httpsPort).wait()
    channel.writeAndFlush(
      ByteBuffer(bytes: Client.request("GET", "/rest/system/identity")), promise: nil)
    return try done.futureResult.wait()
  }

  @Test func aValidCertificateSatisfies() throws {
    let router = try Router()
    #expect(try get(router).hasSuffix(#"{"name":"MikroTik"}"#))
    #expect(try get(router, lowest: .tlsv12).hasPrefix("HTTP/1.1 200 OK"))
    // RouterOS has no TLS 1.3.
    #expect(throws: (any Error).self) { try get(router, lowest: .tlsv13) }
    #expect(try router.requests().first?["service"] == "www-ssl")
  }

  @Test(arguments: [CertificateMode.selfSigned, .expired, .wrongName])
  func aBadCertificateWorksOnlyUnverified(mode: CertificateMode) throws {
    let router = try Router(certificate: mode)
    #expect(throws: (any Error).self) { try get(router) }
    #expect(try get(router, verifies: false).hasSuffix(#"{"name":"MikroTik"}"#))
    try router.fault(#"{"fault":"L1","args":{"certificate":"valid"}}"#)
    #expect(try get(router).hasSuffix(#"{"name":"MikroTik"}"#))
    try router.clearFaults()
    #expect(throws: (any Error).self) { try get(router) }
  }

  @Test func withoutCertificateNobodyShakesHands() throws {
    let router = try Router(certificate: .none)
    #expect(throws: (any Error).self) { try get(router, verifies: false) }
  }

  @Test func oldProtocolsAreTooOld() throws {
    let router = try Router(certificate: .tls10)
    #expect(throws: (any Error).self) { try get(router, verifies: false) }
    #expect(try get(router, lowest: .tlsv1).hasSuffix(#"{"name":"MikroTik"}"#))
  }

  @Test func l2ChangesTheCertificate() throws {
    let router = try Router()
    let pin = try #require(router.ports["pin_sha256"]?.text)
    #expect(pin.utf8.count == 44)
    try router.fault(#"{"fault":"L2"}"#)
    #expect(try get(router).hasSuffix(#"{"name":"MikroTik"}"#))
    let old = NSTemporaryDirectory() + "routersim-old-\(UUID().uuidString).pem"
    try FileManager.default.copyItem(atPath: router.authority, toPath: old)
    defer { try? FileManager.default.removeItem(atPath: old) }
    try router.fault(#"{"fault":"L2","args":{"authority":"new"}}"#)
    #expect(throws: (any Error).self) { try get(router, authority: old) }
    #expect(try get(router).hasSuffix(#"{"name":"MikroTik"}"#))
  }

  @Test func connectingTakesItsTime() throws {
    let router = try Router(virtual: false)
    try router.post("/profile", #"{"profile":"rb5009"}"#)
    let begin = ContinuousClock.now
    _ = try get(router)
    // 60 ms for the connection at a sigma of 0.3, 60 ms for the login: never below 50.
    #expect(begin.duration(to: .now) > .milliseconds(50))
  }
}

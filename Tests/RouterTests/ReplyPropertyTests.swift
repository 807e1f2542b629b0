import Foundation
import Model
import Router
import Synchronization
import TestSupport
import Testing

/// Whatever a router answers, nothing crashes and no other limit counts as confirmed.
@Suite struct ReplyPropertyTests {
  static let good = FakeRouterOS.json(
    "WAN-Download-1", FakeRouterOS.Row(id: "*1000000", limit: 612_000_000))

  /// An oracle of its own: what the reply says about our queue. Our reader does not look into
  /// values that it does not need, so what no JSON reader takes is made harmless there.
  static func confirms(_ body: [UInt8], _ limit: Int64) -> Bool {
    let harmless = body.map { byte in
      (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\\") ? byte : UInt8(ascii: "?")
    }
    return [body, harmless].contains { bytes in
      let object = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any]
      guard let object, object["name"] as? String == "WAN-Download-1" else { return false }
      guard let text = object["max-limit"] as? String else {
        return (object["max-limit"] as? Int64) == limit
      }
      return BitsPerSecond(parsing: text)?.rawValue == limit
    }
  }

  static func mutated(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      guard !bytes.isEmpty else { break }
      let index = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[index] = .random(in: 0...255, using: &random)
      case 1: bytes.remove(at: index)
      case 2: bytes.insert(.random(in: 0x20...0x7E, using: &random), at: index)
      case 3: bytes.removeLast(min(bytes.count, Int.random(in: 0...40, using: &random)))
      case 4: bytes.insert(contentsOf: bytes[..<index].suffix(20), at: index)
      default: bytes[index] = Array("0123456789,:\"{}[]\\u".utf8).randomElement(using: &random)!
      }
    }
    return bytes
  }

  @Test func noMutatedReplyConfirmsAnotherLimit() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix(seed: seed)
    let replies = (0..<3000).map { _ in Self.mutated(Array(Self.good.utf8), &random) }
    let next = Mutex(0)
    let router = try FakeRouterOS()
    let port = router.port()
    _ = try port.readQueues([down])
    let shown = Mutex<[UInt8]>([])
    router.fail { request in
      guard request.method == "PATCH" else { return nil }
      let index = next.withLock { $0 }
      // One of the digits of the limit that is asked for must not be enough.
      shown.withLock { $0 = replies[index] }
      return .raw(
        Array("HTTP/1.1 200 OK\r\nContent-Length: \(replies[index].count)\r\n\r\n".utf8)
          + replies[index])
    }
    var confirmed = 0
    for index in replies.indices {
      next.withLock { $0 = index }
      do throws(RouterFailure) {
        try port.setLimit(BitsPerSecond(612_000_000), of: down)
        confirmed += 1
        let isConfirmed = Self.confirms(replies[index], 612_000_000)
        #expect(
          isConfirmed, "seed \(seed): \(String(decoding: replies[index], as: UTF8.self))")
      } catch {
        #expect([.protocolError, .verifyMismatch].contains(error.failureClass), "seed \(seed)")
      }
    }
    #expect(confirmed > 0, "mutations that leave the two values alone are confirmations")
  }

  @Test func noMutatedListCrashesAndNoRowHasAWrongName() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix(seed: seed)
    let router = try FakeRouterOS()
    let port = router.port()
    let reply = Mutex<[UInt8]>([])
    router.fail { _ in
      let bytes = reply.withLock { $0 }
      return .raw(
        Array("HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n".utf8) + bytes)
    }
    let list = Array("[\(Self.good)]".utf8)
    for _ in 0..<2000 {
      let bytes = Self.mutated(list, &random)
      reply.withLock { $0 = bytes }
      guard let rows = try? port.readQueues([down]) else { continue }
      #expect(rows.count == 1, "seed \(seed)")
      if let row = rows[0] {
        #expect(row.name == "WAN-Download-1" && row.maxLimit >= .zero, "seed \(seed)")
      }
    }
  }

  @Test func noRandomBytesCrashTheConnection() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix(seed: seed)
    let router = try FakeRouterOS()
    let reply = Mutex<[UInt8]>([])
    router.fail { _ in .rawThenClose(reply.withLock { $0 }) }
    let port = router.port()
    for _ in 0..<300 {
      let count = Int.random(in: 0...200, using: &random)
      var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      if Bool.random(using: &random) { bytes = Array("HTTP/1.1 ".utf8) + bytes }
      reply.withLock { $0 = bytes }
      #expect(throws: RouterFailure.self, "seed \(seed)") {
        try port.setLimit(BitsPerSecond(1), of: down)
      }
    }
  }
}

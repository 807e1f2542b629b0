import Glibc

/// An IPv4 or IPv6 address.
public enum IPAddress: Sendable, Hashable, BitwiseCopyable {
  /// In the order in which it is written: `127.0.0.1` is `0x7f00_0001`.
  case v4(UInt32)
  /// The first and the last eight bytes, and the index of the interface that a link-local address
  /// belongs to; 0 = none is named.
  case v6(UInt64, UInt64, scope: UInt32)

  public static let loopback4 = IPAddress.v4(0x7f00_0001)
  public static let loopback6 = IPAddress.v6(0, 1, scope: 0)

  public var isV6: Bool {
    if case .v6 = self { true } else { false }
  }

  /// An IPv6 address from its bytes. One that holds an IPv4 address (`::ffff:192.0.2.1`) is that
  /// IPv4 address.
  init(v6 first: UInt64, _ last: UInt64, scope: UInt32) {
    if first == 0, last >> 32 == 0xffff {
      self = .v4(UInt32(truncatingIfNeeded: last))
    } else {
      self = .v6(first, last, scope: scope)
    }
  }
}

extension IPAddress {
  /// Reads `192.0.2.1`, `2001:db8::1`, `fe80::1%eth0`, `fe80::1%2`: four decimal numbers or RFC
  /// 4291 text. Names are not looked up.
  public init?(_ text: String) {
    // C would read no further than there.
    if text.utf8.contains(0) { return nil }
    var v4 = in_addr()
    if inet_pton(AF_INET, text, &v4) == 1 {
      self = .v4(UInt32(bigEndian: v4.s_addr))
      return
    }
    let percent = text.firstIndex(of: "%")
    var scope: UInt32 = 0
    if let percent {
      let name = String(text[text.index(after: percent)...])
      scope = UInt32(name) ?? if_nametoindex(name)
      guard scope != 0 else { return nil }
    }
    var v6 = in6_addr()
    guard inet_pton(AF_INET6, String(text[..<(percent ?? text.endIndex)]), &v6) == 1 else {
      return nil
    }
    self.init(v6, scope: scope)
  }

  init(_ address: in6_addr, scope: UInt32) {
    let halves = withUnsafeBytes(of: address) {
      (
        UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
        UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
    self.init(v6: halves.0, halves.1, scope: scope)
  }

  /// The address as `sockaddr_in6` has it.
  static func in6(_ first: UInt64, _ last: UInt64) -> in6_addr {
    var address = in6_addr()
    withUnsafeMutableBytes(of: &address) {
      $0.storeBytes(of: first.bigEndian, as: UInt64.self)
      $0.storeBytes(of: last.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
    return address
  }
}

extension IPAddress: CustomStringConvertible {
  /// The usual text, RFC 5952 for IPv6.
  public var description: String {
    switch self {
    case .v4(let bits):
      return "\(bits >> 24).\(bits >> 16 & 0xff).\(bits >> 8 & 0xff).\(bits & 0xff)"
    case .v6(let first, let last, let scope):
      var address = Self.in6(first, last)
      let text = Self.text(capacity: Int(INET6_ADDRSTRLEN)) {
        inet_ntop(AF_INET6, &address, $0, socklen_t(INET6_ADDRSTRLEN)) != nil
      }
      guard scope != 0 else { return text ?? "?" }
      let interface = Self.text(capacity: Int(IF_NAMESIZE)) { if_indextoname(scope, $0) != nil }
      return "\(text ?? "?")%\(interface ?? "\(scope)")"
    }
  }

  private static func text(
    capacity: Int, _ fill: (UnsafeMutablePointer<CChar>) -> Bool
  ) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
      guard let base = buffer.baseAddress, fill(base) else { return nil }
      return String(cString: base)
    }
  }
}

import Glibc

/// Which addresses of a host count.
public enum AddressFamily: Sendable, Hashable, CaseIterable {
  case any
  case v4
  case v6

  /// Whether an address belongs to it.
  public func contains(_ address: IPAddress) -> Bool {
    switch self {
    case .any: true
    case .v4: !address.isV6
    case .v6: address.isV6
    }
  }
}

/// A host that has no address for us.
public struct ResolverError: Error, Sendable, Equatable, CustomStringConvertible {
  public var host: String
  /// The resolver's reason: `Name or service not known`.
  public var reason: String
  /// Whether the same question may be answered later.
  public var isTemporary: Bool

  public init(host: String, reason: String, isTemporary: Bool) {
    self.host = host
    self.reason = reason
    self.isTemporary = isTemporary
  }

  public var description: String { "\(host): \(reason)" }
}

/// Looks names up with the system's resolver. It blocks, for many seconds when no name server
/// answers: never to be called from a control thread.
public enum Resolver {
  /// The longest name of the DNS; longer ones are not looked up.
  private static let maximumNameBytes = 253

  /// - Parameter host: an address or a name.
  /// - Returns: at least one address, in the resolver's order of preference (RFC 6724).
  public static func addresses(
    of host: String, family: AddressFamily = .any
  ) throws(ResolverError) -> [IPAddress] {
    if let address = IPAddress(host) {
      guard family.contains(address) else {
        throw ResolverError(
          host: host, reason: "not an IPv\(family == .v4 ? 4 : 6) address", isTemporary: false)
      }
      return [address]
    }
    guard !host.isEmpty, host.utf8.count <= maximumNameBytes, !host.utf8.contains(0) else {
      throw ResolverError(host: host, reason: "not a host name", isTemporary: false)
    }
    return try lookUp(host, family)
  }

  private static func lookUp(
    _ host: String, _ family: AddressFamily
  ) throws(ResolverError) -> [IPAddress] {
    var hints = addrinfo()
    hints.ai_family =
      switch family {
      case .any: AF_UNSPEC
      case .v4: AF_INET
      case .v6: AF_INET6
      }
    // One entry per address, not one per protocol.
    hints.ai_socktype = CInt(SOCK_DGRAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &list)
    let systemCode = errno
    guard code == 0 else {
      let reason =
        code == EAI_SYSTEM
        ? SystemError("getaddrinfo", code: systemCode).description
        : String(cString: gai_strerror(code))
      throw ResolverError(host: host, reason: reason, isTemporary: code == EAI_AGAIN)
    }
    defer { freeaddrinfo(list) }
    var addresses: [IPAddress] = []
    var entry = list
    while let current = entry {
      if let address = address(of: current.pointee), family.contains(address),
        !addresses.contains(address)
      {
        addresses.append(address)
      }
      entry = current.pointee.ai_next
    }
    guard !addresses.isEmpty else {
      throw ResolverError(host: host, reason: "has no usable address", isTemporary: false)
    }
    return addresses
  }

  private static func address(of entry: addrinfo) -> IPAddress? {
    guard let source = entry.ai_addr else { return nil }
    var storage = sockaddr_storage()
    withUnsafeMutableBytes(of: &storage) {
      $0.copyMemory(
        from: UnsafeRawBufferPointer(
          start: source, count: min(Int(entry.ai_addrlen), MemoryLayout<sockaddr_storage>.size)))
    }
    return SocketAddress(storage)?.address
  }
}

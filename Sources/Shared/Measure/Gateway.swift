public import Platform

/// The host's own default gateway.
public enum Gateway {
  /// `RTF_UP` and `RTF_GATEWAY` of linux/route.h.
  private static let upAndGateway: UInt32 = 0x1 | 0x2

  /// Reads the IPv4 default gateway from the kernel's routing table.
  ///
  /// - Parameter interface: only a route by this interface counts.
  /// - Returns: the gateway of the default route with the lowest metric; nil when there is none, or
  ///   when the table cannot be read.
  public static func defaultV4(interface: String? = nil) -> IPAddress? {
    guard let text = try? FileText.read("/proc/net/route", limit: 1 << 20) else { return nil }
    return defaultV4(inRoutes: text, interface: interface)
  }

  /// As `defaultV4(interface:)`, of the text of `/proc/net/route`: a line of titles, then one line
  /// per route with blanks between its fields, of which the first four and the seventh and eighth
  /// count: interface, destination, gateway, flags, metric, mask. Addresses are the hexadecimal
  /// numbers that the host's memory holds.
  static func defaultV4(inRoutes text: String, interface: String?) -> IPAddress? {
    var best: (metric: UInt32, gateway: IPAddress)?
    for line in text.split(separator: "\n").dropFirst() {
      let fields = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
      guard fields.count >= 8, interface.map({ $0 == fields[0] }) ?? true,
        UInt32(fields[1], radix: 16) == 0, UInt32(fields[7], radix: 16) == 0,
        let gateway = UInt32(fields[2], radix: 16), let flags = UInt32(fields[3], radix: 16),
        flags & upAndGateway == upAndGateway,
        let metric = UInt32(fields[6])
      else { continue }
      if metric < best?.metric ?? .max {
        best = (metric, .v4(UInt32(bigEndian: gateway)))
      }
    }
    return best?.gateway
  }
}

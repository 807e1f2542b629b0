/// The rows of `/ip/firewall/connection`.
enum TrackedConnections {
  static let properties = [".id", "src-address", "dst-address"]

  /// The ids of the connections to or from one of these ports.
  static func ids(_ ports: Set<UInt16>, in rows: [RouterRow]) -> [String] {
    rows.compactMap { row in
      let ends = [row["src-address"], row["dst-address"]]
      return ends.contains { $0.flatMap(port).map(ports.contains) ?? false } ? row.id : nil
    }
  }

  /// The port of `192.0.2.1:443`; nil where there is none, as with ICMP.
  private static func port(_ address: String) -> UInt16? {
    guard let colon = address.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
    return UInt16(address[address.utf8.index(after: colon)...])
  }
}

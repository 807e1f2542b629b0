/// The parts of the URL of a webhook.
public struct WebhookURL: Sendable, Equatable {
  public var usesTLS: Bool
  /// A name or an address; an IPv6 address without its brackets.
  public var host: String
  public var port: Int
  /// With its query, beginning with `/`.
  public var path: String

  /// - Returns: nil when `text` is not `http://HOST[:PORT][/PATH]` or the same with `https`, in
  ///   visible ASCII, without a user's name.
  public init?(_ text: String) {
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    var rest = Substring(text)
    if rest.hasPrefix("https://") {
      usesTLS = true
      rest = rest.dropFirst("https://".count)
    } else if rest.hasPrefix("http://") {
      usesTLS = false
      rest = rest.dropFirst("http://".count)
    } else {
      return nil
    }
    let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
    let place = rest[..<end]
    let path = rest[end...].prefix { $0 != "#" }
    self.path = path.hasPrefix("/") ? String(path) : "/" + path
    let number: Substring
    if place.hasPrefix("[") {
      guard let close = place.firstIndex(of: "]") else { return nil }
      host = String(place[place.index(after: place.startIndex)..<close])
      guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." })
      else { return nil }
      let after = place[place.index(after: close)...]
      guard after.isEmpty || after.hasPrefix(":") else { return nil }
      number = after.dropFirst()
    } else {
      let parts = place.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      host = String(parts[0])
      guard Self.isName(host) else { return nil }
      number = parts.count == 2 ? parts[1] : ""
    }
    if number.isEmpty {
      port = usesTLS ? 443 : 80
    } else {
      guard let port = Int(number), (1...65535).contains(port) else { return nil }
      self.port = port
    }
  }

  /// The address of the same host without the last part of the path, and that part: how ntfy takes
  /// a message as JSON, and the topic that it belongs to.
  public var parent: (path: String, name: String) {
    let plain = path.prefix { $0 != "?" }
    let slash = plain.lastIndex(of: "/") ?? plain.startIndex
    return (
      path: String(plain[...slash]), name: String(plain[plain.index(after: slash)...])
    )
  }

  private static func isName(_ text: String) -> Bool {
    (1...253).contains(text.utf8.count) && !text.hasPrefix("-")
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
          UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}

import Glibc

/// Whether a text can be the name or the address of a host: letters, digits, `. : - _`, and an
/// interface behind `%`. It never begins with a dash, so that it cannot be taken for an option.
func isHost(_ text: String) -> Bool {
  guard (1...253).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "-") else {
    return false
  }
  return text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ":"),
      UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "%"):
      true
    default: false
    }
  }
}

/// Whether a text is a numeric IPv4 or IPv6 address.
func isAddress(_ text: String) -> Bool {
  var storage = in6_addr()
  return inet_pton(AF_INET, text, &storage) == 1 || inet_pton(AF_INET6, text, &storage) == 1
}

/// Whether a text is a host name by RFC 1123: labels of 1 to 63 letters, digits and dashes inside,
/// joined by points. All-numeric ones are taken too, as `1.1`, which the resolver reads as 1.0.0.1.
func isHostname(_ text: String) -> Bool {
  guard text.utf8.count <= 256 else { return false }
  return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy
  {
    label in
    (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
      && label.last != UInt8(ascii: "-")
      && label.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}

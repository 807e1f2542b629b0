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

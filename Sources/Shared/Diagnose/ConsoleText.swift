/// Text for RouterOS's console.
public enum ConsoleText {
  /// A value as an argument: in quotes, and with what the console would read differently escaped,
  /// so that a name with odd characters is neither cut off nor carried out.
  public static func quoted(_ text: String) -> String {
    var result = "\""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"):
        result += "\\\(Character(UnicodeScalar(byte)))"
      case 0x20...0x7E: result.unicodeScalars.append(UnicodeScalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += digits.count == 1 ? "\\0\(digits)" : "\\\(digits)"
      }
    }
    return result + "\""
  }

  /// The record with this name.
  public static func find(name: String) -> String { "[find name=\(quoted(name))]" }

  /// What gives the router a certificate of its own for REST over TLS.
  public static func certificate(for host: String) -> [Finding.Mending] {
    let isAddress = host.utf8.allSatisfy {
      (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".")
    }
    let isVersion6 = host.utf8.contains(UInt8(ascii: ":"))
    let kind = isAddress || isVersion6 ? "IP" : "DNS"
    return [
      "/certificate/add name=wanctl-ca common-name=wanctl-ca key-usage=key-cert-sign,crl-sign",
      "/certificate/sign wanctl-ca",
      "/certificate/add name=rest common-name=\(quoted(host)) "
        + "subject-alt-name=\(quoted("\(kind):\(host)"))",
      "/certificate/sign rest ca=wanctl-ca",
      "/ip/service/set www-ssl certificate=rest tls-version=only-1.2 disabled=no",
    ].map { .router($0) }
  }
}

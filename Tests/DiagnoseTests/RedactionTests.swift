import Diagnose
import TestSupport
import Testing

@Suite struct RedactionTests {
  private func redaction() -> Redaction {
    var redaction = Redaction()
    redaction.hide("s3cret", as: "(password)")
    redaction.hide("home-router", as: "(identity)")
    redaction.hide("", as: "(nothing)")
    return redaction
  }

  @Test(
    arguments: [
      ("no route to 192.168.88.1", "no route to (IPv4 address)"),
      (#"{"address":"10.0.0.1/24"}"#, #"{"address":"(IPv4 address)/24"}"#),
      ("10.0.0.1-10.0.0.9", "(IPv4 address)-(IPv4 address)"),
      ("fe80::1%ether1", "(IPv6 address)%ether1"), ("::1", "(IPv6 address)"),
      ("2001:db8:0:0:0:0:0:1", "(IPv6 address)"),
      ("::ffff:192.0.2.1", "(IPv4 address)"), ("192.0.2.1:443", "(IPv4 address)"),
      ("0C:00:E6:1F:95:00", "(MAC address)"),
      ("Server home-router says s3cret", "Server (identity) says (password)"),
      (#""comment":"a \"b\" c","x":"y""#, #""comment":"(comment)","x":"y""#),
      (" 4 X  ;;; mine\r\n  chain=x", " 4 X  ;;; (comment)\r\n  chain=x"),
      (#""comment":"cut"#, #""comment":"(comment)"#),
    ])
  func whatIsPrivateIsTakenOut(text: String, shown: String) {
    #expect(redaction()(text) == shown)
  }

  @Test(
    arguments: [
      "7.23.7 (long-term)", "6d23h19m23s", "2026-08-14 09:21:40",
      "Date: Sat, 21 Nov 2026 16:03:43 GMT", #""max-limit":"800000000""#, "RB5009UG+S+",
      "*1000000", "1w3d15:41:57", #"{"name":"WAN-Download-1",".id":"*1000000"}"#, "a:b", "",
    ])
  func whatIsNotPrivateStays(text: String) {
    #expect(redaction()(text) == text)
  }

  /// Whatever stands around it, no address comes through, and nothing crashes.
  @Test func noAddressComesThrough() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    func noise(_ random: inout SeededGenerator) -> String {
      let scalars = Array(#" "{}[],/=%-_xyzg;\ö"#)
      return String(
        (0..<Int.random(in: 0...8, using: &random)).map { _ in
          scalars.randomElement(using: &random)!
        })
    }
    for _ in 0..<2000 {
      let bytes = (0..<4).map { _ in Int.random(in: 0...255, using: &random) }
      let address = bytes.map(String.init).joined(separator: ".")
      let groups = (0..<8).map { _ in
        String(Int.random(in: 0...0xFFFF, using: &random), radix: 16)
      }
      let cut = Int.random(in: 0...6, using: &random)
      let address6 = groups.prefix(cut).joined(separator: ":") + "::" + groups[7]
      let text = noise(&random) + address + noise(&random) + " " + address6 + noise(&random)
      let shown = redaction()(text)
      #expect(!shown.contains(address) && !shown.contains(address6), "\(text) seed \(seed)")
    }
  }
}

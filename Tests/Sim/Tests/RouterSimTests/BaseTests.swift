import Testing

@testable import RouterSim

@Suite struct BaseTests {
  @Test func jsonReadsWhatItWrites() throws {
    for seed in UInt64(1)...300 {
      var random = Random(seed: seed)
      let value = Self.value(&random, depth: 0)
      #expect(try JSONParser.parse(Array(value.encoded.utf8)) == value, "seed \(seed)")
    }
  }

  private static func value(_ random: inout Random, depth: Int) -> JSON {
    let texts = ["", "a", "\"\\/", "\u{0}\u{1f}\n\r\t", "é€😀", "[]"]
    switch Int.random(in: 0..<(depth < 4 ? 7 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .int(Int.random(in: Int.min...Int.max, using: &random))
    case 3: return .double(random.normal() * 1e6)
    case 4: return .string(texts.randomElement(using: &random)!)
    case 5:
      return .array((0..<3).map { _ in value(&random, depth: depth + 1) })
    default:
      return .object(
        (0..<3).map { .init(key: "k\($0)", value: value(&random, depth: depth + 1)) })
    }
  }

  @Test func jsonEscapes() throws {
    #expect(try JSONParser.parse(Array(#""\u0041\ud83d\ude00\b\f\/""#.utf8)) == "A😀\u{8}\u{c}/")
    #expect(JSON.double(.nan) == .null)
    #expect(JSON.double(2) == .number("2"))
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "01", "1.", "1e", "-", "tru", "\"", "\"\\x\"",
    "\"\\ud83d\"", "\"\\ud83dx\"", "\"\\u12\"", "\"\n\"", "1 2", "{a:1}", "nul", "\"\\",
    String(repeating: "[", count: 100_000),
  ])
  func malformedJSON(text: String) {
    #expect(throws: JSONParser.Malformed.self) { try JSONParser.parse(Array(text.utf8)) }
  }

  @Test func invalidUTF8IsMalformed() {
    #expect(throws: JSONParser.Malformed.self) {
      try JSONParser.parse([UInt8(ascii: "\""), 0xff, UInt8(ascii: "\"")])
    }
  }

  @Test func rates() {
    for (text, rate) in [
      ("0", 0), ("612M", 612_000_000), ("1.5k", 1500), ("2g", 2_000_000_000), ("7", 7),
      ("9223372036854775807", Int64.max),
    ] as [(String, Int64)] {
      #expect(Text.rate(text) == rate)
    }
    for text in ["", "k", "-1", "1.5", "9223372036854775808", "10000000000G", "1.2.3M", "fast"] {
      #expect(Text.rate(text) == nil, "\(text)")
    }
  }

  @Test func durations() {
    #expect(Text.duration(seconds: 602_363) == "6d23h19m23s")
    #expect(Text.duration(seconds: 0) == "0s")
    #expect(Text.duration(seconds: 8 * 86_400 + 60) == "1w1d1m")
  }

  @Test func base64() {
    for length in 0..<20 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 77 + 3) }
      #expect(Text.base64Decoded(Text.base64Encoded(bytes)) == bytes)
    }
    #expect(Text.base64Encoded(Array("Man".utf8)) == "TWFu")
    for text in ["a", "a===", "ab*=", "====", "abcde"] {
      #expect(Text.base64Decoded(text) == nil, "\(text)")
    }
  }

  @Test func percentDecoding() {
    #expect(Text.percentDecoded("a%20b%2Fc+d") == "a b/c+d")
    #expect(Text.percentDecoded("a+b", plusIsSpace: true) == "a b")
    #expect(Text.percentDecoded("%4") == nil)
    #expect(Text.percentDecoded("%zz") == nil)
    #expect(Text.percentDecoded("%ff") == nil)
  }

  @Test func filters() throws {
    let record = ["name": "a", "n": "5", "flag": "true"]
    func matches(_ words: [String]) -> Bool {
      Filter(stack: words).matches(record)
    }
    #expect(matches(["name=a"]) && matches(["=name=a"]) && matches(["name"]))
    #expect(!matches(["-name"]) && matches(["-other"]))
    #expect(matches(["<n=6"]) && matches([">n=4"]) && !matches(["<n=5"]))
    #expect(matches(["name=b", "name=a", "#|"]) && !matches(["name=b", "name=a", "#&"]))
    #expect(matches(["name=b", "#!"]) && matches(["name=b", "name=a", "#|!", "#!"]))
    #expect(!matches(["<other=1"]))
    #expect(throws: Refusal.self) {
      try Filter.parse(body: [.init(key: "odd", value: .null)])
    }
  }
}

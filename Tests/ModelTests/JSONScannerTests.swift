import Foundation
import TestSupport
import Testing

@testable import Model

@Suite struct JSONScannerTests {
  func scan<Value>(
    _ text: String, _ read: (inout JSONScanner) throws -> Value
  ) throws -> Value {
    var scanner = JSONScanner(Array(text.utf8))
    let value = try read(&scanner)
    try scanner.end()
    return value
  }

  @Test(arguments: [
    (#""""#, ""), (#""a b""#, "a b"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{08}\u{0C}\n\r\t"),
    (#""\u00e9\u20AC\ud83d\uDE00é€😀""#, "é€😀é€😀"), (#" "a\u0000b" "#, "a\0b"),
  ])
  func textsRead(json: String, text: String) throws {
    #expect(try scan(json) { try $0.string() } == text)
  }

  @Test(arguments: [
    #"""#, #""a"#, #""\"#, #""\x""#, #""\u12""#, #""\u12g4""#, #""\ud83d""#, #""\ud83dx""#,
    #""\ud83d\u0041""#, #""\ude00""#, "\"\n\"", "\"a\\n\u{01}\"", "'a'", "",
  ])
  func brokenTextsAreRefused(json: String) {
    let fault = #expect(throws: JSONScanner.Fault.self) { try scan(json) { try $0.string() } }
    #expect(fault?.isSyntax == true)
  }

  @Test func bytesThatAreNotUTF8AreRefused() {
    for bytes in [[0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]]
      as [[UInt8]]
    {
      #expect(throws: JSONScanner.Fault.self) {
        var scanner = JSONScanner(bytes)
        _ = try scanner.string()
      }
    }
  }

  @Test(arguments: [
    "0", "-0", "1.5", "-1.25e2", "1E+2", "1e-7", "1780000000.123456", "0.1", "123456789012345678",
    "9007199254740993", "1.7976931348623157e308", "5e-324", "1e-400", "0.30000000000000004",
    "23.107", "9007199254740992.5", "123456789.12345678901234567890123",
  ])
  func numbersAreTheNearestDoubles(text: String) throws {
    let value = try scan(text) { try $0.double() }
    #expect(value == strtod(text, nil))
    #expect(value.sign == strtod(text, nil).sign)
  }

  @Test(arguments: Array(1...10) as [UInt64])
  func everyDoubleReadsBack(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let exact = Double(bitPattern: random.next())
      guard exact.isFinite else { continue }
      for value in [exact, Double.random(in: -1e4...1e4, using: &random)] {
        #expect(
          try scan(shortest(value)) { try $0.double() } == value, "seed \(seed), \(value)")
      }
    }
  }

  @Test(
    arguments: [
      ("12", 12), ("-12", -12), ("12.0", 12), ("12e3", 12000), ("9223372036854775807", .max),
      ("-9223372036854775808", .min), ("9007199254740993", 9_007_199_254_740_993), ("-0", 0),
    ] as [(String, Int64)])
  func wholeNumbersAreExact(text: String, value: Int64) throws {
    #expect(try scan(text) { try $0.integer() } == value)
  }

  @Test(arguments: ["1.5", "9223372036854775808", "-9223372036854775809", "1e30"])
  func otherNumbersAreNoWholeOnes(text: String) {
    let fault = #expect(throws: JSONScanner.Fault.self) { try scan(text) { try $0.integer() } }
    #expect(fault?.message == "expected a whole number of at most 64 bits")
  }

  @Test(arguments: [
    "01", "-", "+1", ".5", "1.", "1.e2", "1e", "1e+", "0x10", "1-2", "1.2.3", "--1", "NaN",
    "Infinity", "1 2",
  ])
  func whatOnlyLooksLikeANumberIsRefused(text: String) {
    #expect(throws: JSONScanner.Fault.self) { try scan(text) { try $0.double() } }
  }

  @Test func aNumberThatIsTooLargeIsSaidToBe() {
    let fault = #expect(throws: JSONScanner.Fault.self) { try scan("1e309") { try $0.double() } }
    #expect(fault?.message == "the number is too large")
  }

  @Test(arguments: [
    "{}", "[]", " { \"a\" : [ 1 , {\"b\":null} ] , \"c\" : true } ", "\"x\"", "1", "false",
    "[[[]]]",
  ])
  func anyValueIsPassed(json: String) throws {
    try scan(json) { try $0.skipValue() }
  }

  @Test(arguments: [
    "{", "[", "{]", "[}", "{,}", "[,]", "[1,]", "{\"a\":1,}", "{\"a\"}", "{\"a\":}", "{a:1}",
    "[1 2]",
    "tru", "nul", "falsy", "{\"a\":1 \"b\":2}", "[1]]", "{1:2}", "?", "[1,,2]",
  ])
  func whatIsNotJSONIsRefused(json: String) {
    let fault = #expect(throws: JSONScanner.Fault.self) { try scan(json) { try $0.skipValue() } }
    #expect(fault?.isSyntax == true)
  }

  @Test func nestingIsLimited() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    try scan(nested(JSONScanner.maximumDepth)) { try $0.skipValue() }
    let fault = #expect(throws: JSONScanner.Fault.self) {
      try scan(nested(JSONScanner.maximumDepth + 1)) { try $0.skipValue() }
    }
    #expect(fault?.message == "nested too deeply")
  }

  @Test(arguments: Array(1...10) as [UInt64])
  func itAgreesWithAnotherReaderOnRandomTexts(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let parts = [
      "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\u00e9\"", "1", "-2.5e3", "0", "true", "null", " ",
      "\\", "\"", "01", ".",
    ]
    for _ in 0..<300 {
      let text = (0..<Int.random(in: 1...8, using: &random)).map { _ in
        parts.randomElement(using: &random)!
      }.joined()
      let ours = (try? scan(text) { try $0.skipValue() }) != nil
      let theirs =
        (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed]))
        != nil
      #expect(ours == theirs, "seed \(seed): \(text)")
    }
  }
}

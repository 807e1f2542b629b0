import Foundation
import TestSupport
import Testing

@testable import Service

@Suite struct JSONValueTests {
  func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

  @Test func readsEveryKindOfValue() throws {
    let value = try parse(
      " {\"a\" : [1, -0, 2.5, 1e3, true, false, null], \"b\":{}, \"c\":[], \"d\":\"x\"}\r\n\t")
    #expect(
      value["a"]
        == .array([
          .integer(1), .integer(0), .number(2.5), .number(1000), .bool(true), .bool(false), .null,
        ]))
    #expect(value["b"] == .object([:]))
    #expect(value["c"] == .array([]))
    #expect(value["d"] == .string("x"))
    #expect(value["e"] == nil)
    #expect(JSONValue.null["a"] == nil)
  }

  @Test func readsWhatPythonWrites() throws {
    #expect(try parse("Infinity") == .number(.infinity))
    #expect(try parse("-Infinity") == .number(-.infinity))
    #expect(try parse("NaN").double?.isNaN == true)
    #expect(try parse("1e400") == .number(.infinity))
    #expect(try parse("9223372036854775807") == .integer(.max))
    #expect(try parse("9223372036854775808") == .number(0x1p63))
  }

  @Test func readsTexts() throws {
    #expect(try parse(#""a\"\\\/\b\f\n\r\t""#) == .string("a\"\\/\u{08}\u{0C}\n\r\t"))
    #expect(try parse(#""\u00e4\ud83d\ude00""#) == .string("ä😀"))
    #expect(try parse(#""\ud83d!""#) == .string("\u{FFFD}!"))
    #expect(try parse(#""ä""#) == .string("ä"))
  }

  @Test func lastOfARepeatedKeyCounts() throws {
    #expect(try parse(#"{"a":1,"a":2}"#)["a"] == .integer(2))
  }

  @Test(arguments: [
    "", " ", "{", "}", "[", "[1,]", "{\"a\":1,}", "{\"a\"}", "{\"a\" 1}", "{a:1}", "{'a':1}",
    "// x\n{}", "{} {}", "1 2", "01", "1.", "1e", "1e+", ".5", "+1", "-", "nul", "tru", "\"a",
    "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"a\nb\"", "\u{FEFF}{}", "[1 2]", "{\"a\":}",
    "{\"a\":1 \"b\":2}", "\u{0}",
  ])
  func refuses(text: String) {
    #expect(throws: JSONValue.SyntaxError.self) { try parse(text) }
  }

  @Test func refusesWhatIsNotUTF8() {
    #expect(throws: JSONValue.SyntaxError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
  }

  @Test func boundsTheDepth() throws {
    _ = try parse(String(repeating: "[", count: 60) + String(repeating: "]", count: 60))
    #expect(throws: JSONValue.SyntaxError(byte: 64, message: "nested too deeply")) {
      try parse(String(repeating: "[", count: 1_000_000))
    }
  }

  @Test func saysWhere() {
    #expect(throws: JSONValue.SyntaxError(byte: 5, message: "expected a value")) {
      try parse("{\"a\":x}")
    }
  }

  /// Foundation reads the same subset: what it accepts we accept, and the values agree.
  @Test func agreesWithFoundationOnMutations() throws {
    for seed in 0..<2000 as Range<UInt64> { try compareWithFoundation(seed: seed) }
  }

  private func compareWithFoundation(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var bytes = Array(#"{"a":{"b":[1,2.5,-3e2,"x\u00e4",null,true]},"c":0}"#.utf8)
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let place = bytes.indices.randomElement(using: &random)!
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0x20..<0x7F, using: &random)
      case 1: bytes.remove(at: place)
      default: bytes.insert(bytes[bytes.indices.randomElement(using: &random)!], at: place)
      }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
    let ours = try? JSONValue(parsing: bytes)
    switch (ours, theirs) {
    case (nil, nil): break
    case (let ours?, let theirs?):
      #expect(plain(ours) == theirs as? NSObject, "seed \(seed): \(text)")
    case (_?, nil):
      // Numbers beyond a double and NaN.
      #expect(text.contains("e") || text.contains("N"), "seed \(seed): \(text)")
    case (nil, _?):
      // Foundation lets a comma stand before a closing bracket.
      #expect(text.contains(",}") || text.contains(",]"), "seed \(seed): \(text)")
    }
  }

  func plain(_ value: JSONValue) -> NSObject {
    switch value {
    case .null: NSNull()
    case .bool(let value): NSNumber(value: value)
    case .integer(let value): NSNumber(value: value)
    case .number(let value): NSNumber(value: value)
    case .string(let value): value as NSString
    case .array(let values): values.map(plain) as NSArray
    case .object(let members): members.mapValues(plain) as NSDictionary
    }
  }
}

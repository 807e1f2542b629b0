import Model
import Testing

@Suite struct JSONWriterTests {
  func written(
    _ escaping: JSONWriter.Escaping = .minimal, _ body: (inout JSONWriter) -> Void
  ) -> String {
    var json = JSONWriter(escaping: escaping)
    body(&json)
    return json.text
  }

  @Test func commasStandBetweenValuesOnly() {
    let text = written { json in
      json.beginObject()
      json.key("a")
      json.beginArray()
      json.integer(1)
      json.beginArray()
      json.endArray()
      json.beginObject()
      json.endObject()
      json.null()
      json.bool(true)
      json.endArray()
      json.field("b", "x" as String?)
      json.field("c", nil as Int?)
      json.field("d", nil as String?)
      json.field("e", nil as Double?)
      json.field("f", false)
      json.field("g", BitsPerSecond(5))
      json.field("h", Milliseconds(1.5))
      json.field("i", Int64.min as Int64?)
      json.endObject()
    }
    #expect(
      text == #"{"a":[1,[],{},null,true],"b":"x","c":null,"d":null,"e":null,"f":false,"#
        + #""g":5,"h":1.5,"i":-9223372036854775808}"#)
  }

  @Test func whatJSONDemandsIsEscaped() {
    let text = written { $0.string("a\"b\\c\n\r\t\u{08}\u{0C}\u{00}\u{1F}/\u{7F}é€😀") }
    #expect(text == #""a\"b\\c\n\r\t\b\f\u0000\u001f/"# + "\u{7F}é€😀\"")
  }

  @Test func theOriginalsFilesAreASCII() {
    let text = written(.ascii) {
      $0.beginObject()
      $0.field("ü", "é€😀\u{7F}~")
      $0.endObject()
    }
    #expect(text == #"{"\u00fc":"\u00e9\u20ac\ud83d\ude00\u007f~"}"#)
  }

  @Test(arguments: [
    (1.0, "1.0"), (0.1, "0.1"), (-0.0, "-0.0"), (1e300, "1e+300"), (.nan, "null"),
    (.infinity, "null"), (-.infinity, "null"),
  ])
  func numbersAreTheShortestThatReadBack(value: Double, text: String) {
    #expect(written { $0.number(value) } == text)
  }

  @Test(
    arguments: [
      (0, "0.000000"), (1, "0.000001"), (-1, "-0.000001"), (1_500_000, "1.500000"),
      (-1_500_000, "-1.500000"), (1_780_000_000_000_042, "1780000000.000042"),
      (.min, "-9223372036854.775808"), (.max, "9223372036854.775807"),
    ] as [(Int64, String)])
  func timesHaveSixDecimals(microseconds: Int64, text: String) {
    #expect(written { $0.time(UnixTime(microseconds: microseconds)) } == text)
  }

  @Test func aLineBeginsAnew() {
    let text = written { json in
      for number in 1...2 {
        json.integer(number)
        json.newline()
      }
    }
    #expect(text == "1\n2\n")
  }

  @Test func theMemoryIsUsedAgain() {
    var json = JSONWriter()
    json.integer(1)
    json.removeAll()
    json.integer(2)
    #expect(json.text == "2")
    #expect(json.withBytes { Array($0) } == Array("2".utf8))
  }
}

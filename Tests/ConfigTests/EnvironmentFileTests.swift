import Config
import TestSupport
import Testing

@Suite struct EnvironmentFileTests {
  @Test(arguments: [
    ("A=1", ["A": "1"]), ("  A = 1 \n", ["A": "1"]), ("# A=1\n; B=2\nC=3", ["C": "3"]),
    ("A='a b'\nB=\"c d\"", ["A": "a b", "B": "c d"]), ("A=it's", ["A": "it's"]),
    ("A=\"a\\\"b\\$c\\d\"", ["A": "a\"b$c\\d"]), ("A=a\\ b", ["A": "a b"]),
    ("A=one\\\ntwo", ["A": "onetwo"]), ("A='x'\"y\"", ["A": "xy"]), ("A=1\nA=2", ["A": "2"]),
    ("A=", ["A": ""]), ("no line\nA=1=2", ["A": "1=2"]), ("1A=1\nB C=2\n=3", [:]),
    ("A='never closed", ["A": "never closed"]), ("A=\"open\\", ["A": "open"]), ("A=\\", ["A": ""]),
    ("A=1\r\nB=2", ["A": "1", "B": "2"]), ("", [:]),
  ])
  func itReadsWhatSystemdReads(text: String, expected: [String: String]) {
    #expect(EnvironmentFile.parse(text) == expected)
  }

  @Test func aLineIsReadBackAsItWas() throws {
    var generator = SeededGenerator(seed: 11)
    let characters = Array("abcXYZ019 '\"\\$`#;=é€!&|<>(){}[]*?~\t-_.,:/@%+")
    for _ in 0..<2000 {
      let length = Int.random(in: 0...12, using: &generator)
      let value = String(
        (0..<length).map { _ in characters.randomElement(using: &generator) ?? "a" })
      let line = try #require(EnvironmentFile.line("NAME", value))
      #expect(EnvironmentFile.parse("X=1\n\(line)\nY=2\n")["NAME"] == value, "\(line)")
      #expect(EnvironmentFile.parse("X=1\n\(line)\nY=2\n")["Y"] == "2", "\(line)")
    }
  }

  @Test func aLineHoldsNoLineEnd() {
    #expect(EnvironmentFile.line("A", "a\nROOT=1") == nil)
    #expect(EnvironmentFile.line("A", "a\0") == nil)
    #expect(EnvironmentFile.line("A", "plain-1") == "A=plain-1")
  }

  @Test func aFileThatCannotBeReadSaysWhy() {
    #expect(throws: EnvironmentFile.Failure.self) { try EnvironmentFile.read("/nowhere/secrets") }
  }
}

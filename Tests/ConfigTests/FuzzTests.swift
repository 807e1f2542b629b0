import Foundation
import TestSupport
import Testing

@testable import Config

/// Whatever a file holds, reading it ends, and says something sensible.
@Suite struct FuzzTests {
  private static let seed = UInt64.random(in: 0 ... .max)

  private func check(_ bytes: [UInt8], seed: UInt64, round: Int) {
    let result = ConfigFile.load(text: bytes, path: "f.yaml", environment: testEnvironment)
    let context = Comment(rawValue: "seed \(seed), round \(round)")
    #expect(result.isValid == result.errors.isEmpty, context)
    #expect(result.isValid == (result.effective != nil), context)
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for finding in result.diagnostics {
      let location = finding.location
      #expect(location.file == "f.yaml", context)
      // A carriage return, NEL and the like end lines too.
      #expect((1...lines.count + bytes.count { $0 != 0x0A } + 1).contains(location.line), context)
      #expect((1...bytes.count + 1).contains(location.column), context)
      #expect(!finding.description.utf8.contains(0x0A), context)
    }
    _ = CheckReport.text(result)
    _ = ValidationReport.text(result)
    let json = CheckReport.json(result)
    #expect((try? JSONSerialization.jsonObject(with: Data(json.utf8))) != nil, context)
  }

  @Test func randomBytes() {
    var generator = SeededGenerator(seed: Self.seed)
    for round in 0..<400 {
      let count = Int.random(in: 0...300, using: &generator)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      check(bytes, seed: Self.seed, round: round)
    }
  }

  @Test func randomYAML() {
    var generator = SeededGenerator(seed: Self.seed)
    let pieces = [
      "a", "b: ", "- ", "\n", "\n  ", "[", "]", "{", "}", ", ", ": ", "&x ", "*x", "<<: ", "!!int ",
      "!!str ", "'", "\"", "#", "|\n", ">\n", "? ", "---\n", "...\n", "1", ".5", "~", "\t", "\r\n",
      "${HOST}", "${X:-1}", "${", "wan_name: ", "router:\n  ", "queues: ", "extends: ",
      "%YAML 1.1\n",
      "\\x", "=", "0x", "1:30", "2026-01-01", "ü", "\u{FEFF}", "\u{2028}",
    ]
    for round in 0..<600 {
      let count = Int.random(in: 1...40, using: &generator)
      let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      check(Array(text.utf8), seed: Self.seed, round: round)
    }
  }

  @Test func mutationsOfAValidFile() {
    var generator = SeededGenerator(seed: Self.seed)
    let original = Array(validText.utf8)
    let marks = Array(":-#[]{}&*!|>'\"%@`,? \n\t0159.eE~_$\\\u{0}\u{7F}ü".utf8)
    for round in 0..<600 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        let mark = marks.randomElement(using: &generator) ?? 0
        switch Int.random(in: 0...4, using: &generator) {
        case 0: bytes[index] = mark
        case 1: bytes.insert(mark, at: index)
        case 2: bytes.remove(at: index)
        case 3:
          let end = min(bytes.count, index + Int.random(in: 1...40, using: &generator))
          bytes.removeSubrange(index..<end)
        default:
          let end = min(bytes.count, index + Int.random(in: 1...40, using: &generator))
          bytes.insert(
            contentsOf: Array(bytes[index..<end]),
            at: Int.random(in: 0...bytes.count, using: &generator))
        }
      }
      check(bytes, seed: Self.seed, round: round)
    }
  }

  /// One value is replaced by another kind of value; the finding points at its line.
  @Test func wrongValuesAreFoundWhereTheyStand() {
    var generator = SeededGenerator(seed: Self.seed)
    let wrong = [
      "[]", "{}", "[a, b]", "{a: b}", "true", "-1", "1.0e+300", ".nan", ".inf",
      "99999999999999999999",
      "2026-01-01", "\"\"", "\"a b\"", "~", "x/y", "\"\\0\"", "!!binary AA==",
    ]
    let lines = validText.split(separator: "\n").map(String.init)
    for round in 0..<200 {
      var edited = lines
      let index = Int.random(in: lines.indices, using: &generator)
      guard let colon = lines[index].firstIndex(of: ":"), !lines[index].hasSuffix(":") else {
        continue
      }
      edited[index] = lines[index][...colon] + " " + (wrong.randomElement(using: &generator) ?? "")
      let bytes = Array(edited.joined(separator: "\n").utf8)
      check(bytes, seed: Self.seed, round: round)
      let result = ConfigFile.load(text: bytes, path: "f.yaml", environment: testEnvironment)
      // Findings about an order may stand at the other key; all others stand here.
      for finding in result.diagnostics where finding.reason != .order && finding.reason != .advice
      {
        #expect(
          finding.location.line == index + 1 || finding.reason == .missing,
          "seed \(Self.seed), round \(round): \(edited[index]): \(finding)")
      }
    }
  }
}

import Foundation
import Model
import TestSupport
import Testing

@testable import Web

@Suite struct JSONTextTests {
  @Test func indentsAsTheOriginal() {
    var json = JSONWriter(escaping: .ascii)
    json.beginObject()
    json.field("a", "x{,}:\\\"[")
    json.key("empty")
    json.beginArray()
    json.endArray()
    json.key("none")
    json.beginObject()
    json.endObject()
    json.key("list")
    json.beginArray()
    json.integer(1)
    json.beginObject()
    json.field("b", true)
    json.endObject()
    json.endArray()
    json.endObject()
    #expect(
      JSONText.indented(json) == #"""
        {
          "a": "x{,}:\\\"[",
          "empty": [],
          "none": {},
          "list": [
            1,
            {
              "b": true
            }
          ]
        }
        """#)
  }

  @Test func indentingChangesNoValue() throws {
    for seed in 1...200 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      var json = JSONWriter(escaping: .ascii)
      write(depth: 0, &json, &random)
      let compact = try JSONSerialization.jsonObject(
        with: Data(json.text.utf8), options: .fragmentsAllowed)
      let indented = try JSONSerialization.jsonObject(
        with: Data(JSONText.indented(json).utf8), options: .fragmentsAllowed)
      #expect(compact as? NSObject == indented as? NSObject, "seed \(seed)")
    }
  }

  private func write(
    depth: Int, _ json: inout JSONWriter, _ random: inout SeededGenerator
  ) {
    switch Int.random(in: 0...(depth < 4 ? 5 : 3), using: &random) {
    case 0: json.integer(Int.random(in: -9...9, using: &random))
    case 1: json.number(Double.random(in: -1...1, using: &random))
    case 2: json.null()
    case 3:
      let characters = "{}[]:,\"\\ aé\u{1F600}\n"
      json.string(
        String((0..<5).map { _ in characters.randomElement(using: &random) ?? "x" }))
    case 4:
      json.beginArray()
      for _ in 0..<Int.random(in: 0...3, using: &random) { write(depth: depth + 1, &json, &random) }
      json.endArray()
    default:
      json.beginObject()
      for index in 0..<Int.random(in: 0...3, using: &random) {
        json.key("k\(index)\"{")
        write(depth: depth + 1, &json, &random)
      }
      json.endObject()
    }
  }

  @Test func roundsAndTellsTimes() {
    #expect(JSONText.rounded(12.345, 1) == 12.3)
    #expect(JSONText.rounded(0.25, 1) == 0.2)
    #expect(JSONText.rounded(.infinity, 1) == .infinity)
    #expect(JSONText.isoTime(UnixTime(seconds: 1_795_217_773.9)) == "2026-11-20T23:36:13+00:00")
  }
}

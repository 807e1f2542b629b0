import Foundation
import Model
import Testing

@testable import Daemon
@testable import Router

/// Answers of routers, with what the original read in them.
@Suite struct RouterOSVectors {
  struct Case: CustomTestStringConvertible, @unchecked Sendable {
    var name: String
    var input: VectorFile.Object
    var outcome: VectorFile.Object

    var text: String { input["text"] as? String ?? "" }
    var testDescription: String { name }
  }

  static func cases(_ kind: String) -> [Case] {
    VectorFile.all("routeros", holding: kind).flatMap(\.rows).compactMap { row in
      guard let input = row["in"] as? VectorFile.Object, let name = input["case"] as? String,
        let outcome = row["out"] as? VectorFile.Object
      else { return nil }
      return Case(name: name, input: input, outcome: outcome)
    }
  }

  static let counters = ["packets", "bytes", "dropped", "queued-packets", "queued-bytes"]

  /// Counters by name; what is unknown is not there, and is 0 in the recordings.
  typealias Counters = [String: Int64]

  static func counters(_ properties: [String: String]?) -> Counters {
    counters.reduce(into: [:]) { result, name in
      result[name] = properties?[name].flatMap(RouterOSText.counter)
    }
  }

  static func counters(_ row: QueueTreeRow?) -> Counters {
    var properties: [String: String] = [:]
    properties["packets"] = row?.packets?.text
    properties["bytes"] = row?.bytes?.text
    properties["dropped"] = row?.dropped?.text
    properties["queued-packets"] = row?.queuedPackets?.text
    properties["queued-bytes"] = row?.queuedBytes?.text
    return counters(properties)
  }

  static func counters(json text: String) -> Counters? {
    RESTReply.decode([QueueTreeRow].self, Array(text.utf8)).flatMap { rows in
      rows.first.map { counters($0) }
    }
  }

  static func expected(_ stats: VectorFile.Object?, _ counter: String) -> String {
    let value = stats?[counter.replacing("-", with: "_")]
    return value.map { "\($0)" } ?? "0"
  }

  /// How the original and we differ on purpose, by case.
  static let textReasons = [
    "thousands_spaces": "blanks between thousands belong to the number",
    "float": "a counter has no fraction: this one is unknown",
    "units": "a counter has no unit: this one is unknown",
    "quoted": "a value between quotes is a value",
    "u64": "a counter above 2^63 - 1 is unknown",
    "beyond_u64": "a counter above 2^63 - 1 is unknown",
    "unicode_digits": "digits are those of ASCII",
    "cp_noise": "text between quotes holds no properties",
  ]

  @Test(arguments: cases("cake_text"))
  func statisticsOfTheConsole(_ vector: Case) {
    let ours = Self.counters(PrintText.rows(vector.text).first?.properties)
    let stats = vector.outcome["stats"] as? VectorFile.Object
    for counter in Self.counters {
      let expected = Self.expected(stats, counter)
      if "\(ours[counter] ?? 0)" == expected { continue }
      if let tail = vector.text.firstRange(of: counter + "="),
        vector.text[..<tail.lowerBound].last == "-"
      {
        exclude(
          "\(vector.name) \(counter)",
          because: "the original takes the end of another property's name for it")
        continue
      }
      guard let reason = Self.textReasons[vector.name] else {
        Issue.record("\(counter): \(String(describing: ours[counter])), not \(expected)")
        continue
      }
      exclude("\(vector.name) \(counter)", because: reason)
    }
  }

  static let jsonReasons = [
    "object": "the request that we send is answered by a list",
    "float_number": "a counter has no fraction: this one is unknown",
    "numbers_as_float": "a counter has no fraction: this one is unknown",
    "padded_string": "a counter consists of digits: this one is unknown",
    "suffix_ms": "a counter consists of digits: this one is unknown",
    "underscore_string": "a counter consists of digits: this one is unknown",
    "negative_string": "a counter consists of digits: this one is unknown",
    "bool_field": "a counter consists of digits: this one is unknown",
    "u64": "a counter above 2^63 - 1 is unknown",
    "beyond_u64": "a counter above 2^63 - 1 is unknown",
    "dup_keys": "of a property that is told twice the first one counts",
  ]

  @Test(arguments: cases("cake_json"))
  func statisticsOverREST(_ vector: Case) {
    let ours = Self.counters(json: vector.text)
    guard let stats = vector.outcome["stats"] as? VectorFile.Object else {
      if let ours {
        exclude(vector.name, because: "what cannot be read is unknown, and the rest is taken")
        #expect(ours.count < Self.counters.count || vector.name == "list_field")
      }
      return
    }
    for counter in Self.counters {
      let expected = Self.expected(stats, counter)
      let value = ours?[counter]
      if "\(value ?? 0)" == expected { continue }
      guard let reason = Self.jsonReasons[vector.name], value == nil || vector.name == "dup_keys"
      else {
        Issue.record("\(counter): \(String(describing: value)), not \(expected)")
        continue
      }
      exclude("\(vector.name) \(counter)", because: reason)
    }
  }

  @Test(arguments: cases("mangle_status"))
  func ruleStatus(_ vector: Case) throws {
    let reasons = [
      "disabled_tight": "a flag counts wherever it stands",
      "disabled_invalid": "a flag counts wherever it stands",
      "dynamic": "rules that the router made itself don't count",
      "two_rules": "two rules with the same comment are ambiguous",
      "x_in_comment": "a rule is found by its exact comment",
    ]
    let comment = try RuleComment("ADAPTIVE: Steer latency-sensitive to WAN2")
    let rows = PrintText.rows(vector.text).map { row in
      RouterRow([
        "comment": row.comment ?? "", "disabled": "\(row.has("X"))", "dynamic": "\(row.has("D"))",
      ])
    }
    let status = RuleStatus(of: RuleStatus.rules(comment, in: rows))
    let ours: Bool? =
      switch status {
      case .enabled: true
      case .disabled: false
      case .missing, .ambiguous: nil
      }
    if let reason = reasons[vector.name] {
      exclude(vector.name, because: reason)
      #expect(ours != vector.outcome["enabled"] as? Bool)
    } else {
      #expect(ours == vector.outcome["enabled"] as? Bool)
    }
  }

  @Test(arguments: cases("max_limit"))
  func maxLimit(_ vector: Case) {
    let reasons = [
      "suffix_M": "rates have suffixes",
      "absent": "a limit that is not told is unknown, not 0",
      "empty": "a limit that is not told is unknown, not 0",
      "json": "a limit that is not told is unknown, not 0",
      "quoted": "a value between quotes is a value",
    ]
    let properties = PrintText.rows(vector.text).first?.properties
    let ours = properties?["max-limit"].flatMap { BitsPerSecond(parsing: $0) }
    let expected = (vector.outcome["bandwidth"] as? NSNumber)?.int64Value
    if let reason = reasons[vector.name] {
      exclude(vector.name, because: reason)
      #expect(ours?.rawValue != expected)
    } else {
      #expect(ours?.rawValue == expected)
    }
  }

  @Test(arguments: cases("cake_deltas"))
  func changes(_ vector: Case) {
    if vector.name == "name" {
      checkName(vector)
      return
    }
    guard let replies = vector.input["replies"] as? [[Any]],
      let queues = vector.input["queues"] as? [String],
      let deltas = vector.outcome["deltas"] as? [Any]
    else {
      Issue.record("\(vector.input)")
      return
    }
    var book = QueueCounters()
    var lastRows: [String: QueueRow] = [:]
    for (index, reply) in replies.enumerated() {
      let (queue, text) = (queues[index], reply[1] as? String ?? "")
      let delta = deltas[index] as? VectorFile.Object
      guard (reply[0] as? NSNumber)?.intValue == 0, let values = Self.counters(anyText: text) else {
        #expect(delta == nil, "read \(index)")
        continue
      }
      let row = QueueRow(
        name: queue, maxLimit: .zero, bytes: values["bytes"], packets: values["packets"],
        dropped: values["dropped"], queuedBytes: values["queued-bytes"],
        queuedPackets: values["queued-packets"])
      let record = book.record(row, wan: "wan1", at: UnixTime(seconds: Double(index)))
      let former = lastRows.updateValue(row, forKey: queue)
      #expect("\(row.queuedPackets ?? 0)" == Self.expected(delta, "queued-packets"))
      guard let change = record.change else {
        let reason =
          former == nil ? "the first read is no change" : "counters that fall are no change"
        exclude("\(vector.name) read \(index)", because: reason)
        #expect(
          former.map {
            ($0.bytes ?? 0) > (row.bytes ?? 0) || ($0.packets ?? 0) > (row.packets ?? 0)
              || ($0.dropped ?? 0) > (row.dropped ?? 0)
          } ?? true)
        continue
      }
      #expect("\(change.packets)" == Self.expected(delta, "packets"), "read \(index)")
      #expect("\(change.bytes)" == Self.expected(delta, "bytes"), "read \(index)")
      #expect("\(change.dropped ?? 0)" == Self.expected(delta, "dropped"), "read \(index)")
    }
  }

  private static func counters(anyText text: String) -> Counters? {
    text.hasPrefix("[") ? counters(json: text) : counters(PrintText.rows(text).first?.properties)
  }

  private func checkName(_ vector: Case) {
    let queue = vector.input["queue"] as? String ?? ""
    let isTaken = (vector.outcome["cmds"] as? [String])?.isEmpty == false
    if queue == "q\n" {
      exclude("name \(queue.debugDescription)", because: "a line's end is in no name")
      #expect((try? Identifier(queue)) == nil)
    } else {
      #expect(((try? Identifier(queue)) != nil) == isTaken, "\(queue.debugDescription)")
    }
  }
}

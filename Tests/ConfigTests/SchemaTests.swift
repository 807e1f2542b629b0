import Foundation
import Model
import Testing

@testable import Config

@Suite struct SchemaTests {
  private let schema = ConfigSchema.loop

  static let schemas = [ConfigSchema.loop, .steering]

  @Test(arguments: schemas)
  func sectionsAreNotInterrupted(schema: ConfigSchema) {
    // The JSON text of the effective configuration opens each section once.
    var seen: Set<String> = []
    var current = ""
    for key in schema.keys where key.section != current {
      if case .unused = key.presence { continue }
      let path = key.section
      #expect(!seen.contains(path) || current.hasPrefix(path + "."), "\(path) begins twice")
      seen.insert(path)
      current = path
    }
  }

  @Test(arguments: schemas)
  func everyKeyIsDescribed(schema: ConfigSchema) {
    for key in schema.keys {
      #expect(key.meaning.hasSuffix("."), "\(key.path)")
      #expect(!key.expectation.isEmpty)
      #expect(!key.presenceText.isEmpty)
    }
  }

  @Test(arguments: schemas)
  func aliasesLeadToKeys(schema: ConfigSchema) {
    for case .alias(let target) in schema.keys.map(\.presence) { #expect(schema[target] != nil) }
  }

  /// A default written into a file is accepted and changes nothing.
  @Test func defaultsAreAllowedValues() throws {
    let expected = try #require(load(validText).effective)
    var lines: [String] = []
    for key in schema.keys {
      guard case .optional(let value) = key.presence, value != .null,
        !validText.contains("\(key.name):")
      else { continue }
      if case .secret = value { continue }
      let text =
        switch value {
        case .text(let text): "\"\(text)\""
        default: "\(value)"
        }
      lines.append("\(key.path): \(text)")
      let result = load(nested(key.path, text))
      #expect(result.diagnostics.isEmpty, "\(key.path): \(result.diagnostics)")
      #expect(result.effective == expected, "\(key.path)")
    }
    #expect(lines.count > 25)
  }

  /// The fixture with one more key, by way of a file that it is the base of.
  private func nested(_ path: String, _ value: String) -> String {
    let parts = path.split(separator: ".")
    if parts.count == 1 { return validText + "\n\(path): \(value)\n" }
    let anchor = String(parts[parts.count - 2])
    let indent = String(repeating: "  ", count: parts.count - 1)
    if validText.contains("\(anchor):\n"), anchor != "thresholds" || parts.count == 3 {
      return edited("\(anchor):\n", "\(anchor):\n\(indent)\(parts[parts.count - 1]): \(value)\n")
    }
    if parts.count == 2 { return validText + "\n\(anchor):\n  \(parts[1]): \(value)\n" }
    let outer = String(parts[parts.count - 3])
    return edited(
      "\(outer):\n",
      "\(outer):\n\(indent.dropLast(2))\(anchor): {\(parts[parts.count - 1]): \(value)}\n")
  }

  @Test func theManualHasEveryKeyWithItsRangeAndDefault() throws {
    let page = packageFolder.appendingPathComponent("man/wanctl.yaml.5")
    let manual = ManualKeys(try String(contentsOf: page, encoding: .utf8), of: "KEYS")
    for key in schema.keys {
      let entry = manual.entries[key.path]
      #expect(entry != nil, "\(key.path) is not in the manual")
      guard let entry else { continue }
      #expect(entry.contains("\(key.expectation), \(key.presenceText)"), "\(key.path): \(entry)")
      #expect(entry.contains(key.meaning), "\(key.path): \(entry)")
    }
    let unknown = Set(manual.entries.keys).subtracting(schema.keys.map(\.path))
    #expect(unknown.isEmpty, "the manual has keys that do not exist: \(unknown)")
  }

  /// Keys that mean the same to the loop are described with the loop's.
  @Test func theManualHasEveryKeyOfSteering() throws {
    func keys(of page: String) throws -> ManualKeys {
      ManualKeys(
        try String(
          contentsOf: packageFolder.appendingPathComponent("man/\(page)"), encoding: .utf8),
        of: "KEYS")
    }
    let shared = try keys(of: "wanctl.yaml.5")
    let manual = try keys(of: "wanctl-steering.yaml.5")
    var described: Set<String> = []
    for key in ConfigSchema.steering.keys {
      let path = key.path.replacing("[0]", with: "")
      // The section of a further WAN refers to that of the primary.
      if path.hasPrefix("wans.NAME.thresholds.") {
        #expect(ConfigSchema.steering[path.replacing("wans.NAME.", with: "")] != nil)
        continue
      }
      func isDescribed(by entry: String?) -> Bool {
        guard let entry else { return false }
        return entry.contains("\(key.expectation), \(key.presenceText) ")
          && entry.contains(key.meaning)
      }
      if isDescribed(by: manual.entries[path]) {
        described.insert(path)
      } else {
        #expect(
          isDescribed(by: shared.entries[path]) && manual.entries[path] == nil,
          "\(path): \(manual.entries[path] ?? "is not in the manual")")
      }
    }
    #expect(described == Set(manual.entries.keys))
  }

  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("", "ab", 2), ("kitten", "sitting", 3), ("ab", "ba", 1),
    ("ceiling", "ceilng", 1), ("abc", "abc", 0), ("ca", "abc", 3),
  ])
  func editDistances(left: String, right: String, distance: Int) {
    #expect(editDistance(left, right) == distance)
    #expect(editDistance(right, left) == distance)
  }

  @Test(
    arguments: [
      ("wan_nam", "wan_name"), ("router.hots", "router.host"), ("routr", "router"),
      ("thresholds.target_bloat_ms", "continuous_monitoring.thresholds.target_bloat_ms"),
      ("continuous_monitoring.uplaod", "continuous_monitoring.upload"),
      ("continuous_monitoring.lock_file", "lock_file"), ("xyzzy", nil), ("router.x", nil),
    ] as [(String, String?)])
  func suggestions(path: String, expected: String?) {
    #expect(schema.nearest(to: path) == expected)
  }
}

/// The keys that a part (`.Sh`) of a manual page documents: `.Ss section` (`General` for the top) and `.It Cm key`
/// with the text below it as one line.
private struct ManualKeys {
  private(set) var entries: [String: String] = [:]

  init(_ page: String, of part: String) {
    var isInPart = false
    var section = ""
    var key: String?
    for line in page.split(separator: "\n").map(String.init) {
      if line.hasPrefix(".Sh ") {
        key = nil
        isInPart = line == ".Sh " + part
      } else if !isInPart {
        continue
      } else if line.hasPrefix(".Ss ") {
        section = String(line.dropFirst(4))
        key = nil
      } else if line.hasPrefix(".It Cm ") {
        let name = String(line.dropFirst(7))
        key = section == "General" ? name : "\(section).\(name)"
        entries[key ?? "", default: ""] += ""
      } else if line.hasPrefix(".El") {
        key = nil
      } else if let key {
        let text = line.hasPrefix(".Pq ") ? String(line.dropFirst(4)) : line
        entries[key, default: ""] += text.replacing("\\&", with: "") + " "
      }
    }
  }
}

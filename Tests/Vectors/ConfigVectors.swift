import Config
import Foundation
import Model
import Testing

/// Configuration files that the original read, with what it made of them.
@Suite struct ConfigVectors {
  struct Case: CustomTestStringConvertible, @unchecked Sendable {
    var name: String
    var kind: String
    var text: String
    var outcome: VectorFile.Object

    var testDescription: String { name }
  }

  /// What we make of such a file, whichever kind it is.
  private struct Loaded {
    var isValid: Bool
    var findings: [ConfigDiagnostic]
    /// A setting by the name of the original's attribute; nil when the file is not valid.
    var value: ((String) -> Any?)?

    var errors: [ConfigDiagnostic] { findings.filter { $0.severity == .error } }
    var warnings: [ConfigDiagnostic] { findings.filter { $0.severity == .warning } }
  }

  static let environment = ["ROUTER_PASSWORD": "from the environment"]

  static func cases(holding part: String) -> [Case] {
    VectorFile.all("config", holding: part).flatMap(\.rows).compactMap { row in
      guard let input = row["in"] as? VectorFile.Object, let name = input["case"] as? String,
        let kind = input["class"] as? String, let text = input["config"] as? String,
        let outcome = row["out"] as? VectorFile.Object
      else { return nil }
      return Case(name: name, kind: kind, text: text, outcome: outcome)
    }
  }

  /// Null sections that the original stumbles over and we take as not there.
  private static let acceptedByUs: Set = [
    "section_null_fallback", "section_null_timeouts", "section_null_health",
    "section_null_metrics", "section_null_bounds", "section_null_storage",
    "confidence_null", "mode_null", "bounds_null", "sources_null", "storage_null",
  ]

  @Test(arguments: cases(holding: "autorate"))
  func autorate(_ vector: Case) throws {
    let result = ConfigFile.load(
      text: vector.text.utf8, path: "wan1.yaml", environment: Self.environment)
    var loaded = Loaded(isValid: result.isValid, findings: result.diagnostics)
    if let settings = result.settings, let effective = result.effective {
      loaded.value = { LoopConfigValues(settings: settings, effective: effective)[$0] }
    }
    try compare(vector, loaded)
  }

  @Test(arguments: cases(holding: "steering"))
  func steering(_ vector: Case) throws {
    let result = SteeringConfigFile.load(
      text: vector.text.utf8, path: "steering.yaml", environment: Self.environment)
    var loaded = Loaded(isValid: result.isValid, findings: result.diagnostics)
    if let settings = result.settings {
      loaded.value = { SteeringConfigValues(settings: settings)[$0] }
    }
    try compare(vector, loaded)
  }

  private func compare(_ vector: Case, _ ours: Loaded) throws {
    let accepted = try #require(vector.outcome["accepted"] as? Bool)
    let findings = Comment(rawValue: ours.findings.map(\.description).joined(separator: "\n"))
    if Self.acceptedByUs.contains(vector.name) {
      exclude(vector.name, because: "a null section counts as absent")
      #expect(ours.isValid, findings)
      return
    }
    if vector.kind == "late" {
      exclude(vector.name, because: "what fails at the start is refused at load")
      #expect(!ours.isValid, findings)
      return
    }
    if ["quirk", "unchecked"].contains(vector.kind), !ours.isValid {
      exclude(vector.name, because: "class \(vector.kind) may be refused: \(ours.errors[0])")
      return
    }
    #expect(ours.isValid == accepted, findings)
    if let effective = vector.outcome["effective"] as? VectorFile.Object, let value = ours.value {
      for (key, expected) in effective.sorted(by: { $0.key < $1.key }) {
        if let reason = Self.difference(key, effective: effective, text: vector.text) {
          exclude("\(vector.name) \(key)", because: reason)
          continue
        }
        let found = value(key)
        #expect(Self.same(found, expected), "\(key): \(String(describing: found)), not \(expected)")
      }
    }
    if let paths = vector.outcome["paths"] as? [String] {
      #expect(Set(ours.errors.compactMap(\.key)).isSuperset(of: paths), findings)
    }
    if let line = vector.outcome["line"] as? Int {
      #expect(ours.errors.first?.location.line == line, findings)
    }
    if vector.kind == "warns" { #expect(!ours.warnings.isEmpty, findings) }
    // What is old is said to be.
    if ["legacy", "deprecated"].contains(vector.kind) {
      #expect(
        ours.warnings.contains { $0.reason == .legacyKey || $0.reason == .unusedKey }, findings)
    }
  }

  /// Why a default of ours is another; nil where it is the same, or where the file sets the key.
  private static func difference(
    _ key: String, effective: VectorFile.Object, text: String
  ) -> String? {
    // Only a loop has one.
    let initial = (effective["baseline_rtt_initial"] as? NSNumber)?.doubleValue
    func isSet(_ name: String) -> Bool { text.contains("\(name):") }
    switch key {
    case "router_transport" where !isSet("transport"): return "rest is the default"
    case "router_verify_ssl" where !isSet("verify_ssl"): return "certificates are verified"
    case "fallback_gateway_ip" where !isSet("gateway_ip"): return "the gateway is the host's own"
    case "storage_retention_days" where !isSet("retention_days"): return "history is kept 90 days"
    case "baseline_rtt_min" where !isSet("min") && initial.map { $0 < 10 } == true,
      "baseline_rtt_max" where !isSet("max") && initial.map { $0 > 60 } == true:
      return "bounds make room for the initial baseline"
    default: return nil
    }
  }

  /// Whether a value of ours is the recorded one; objects are compared key by key.
  static func same(_ ours: Any?, _ expected: Any) -> Bool {
    switch (ours, expected) {
    case (nil, _ as NSNull): true
    case (let ours as [String: Any], let expected as [String: Any]):
      Set(ours.keys) == Set(expected.keys)
        && expected.allSatisfy { same(ours[$0.key], $0.value) }
    // Foundation reads a number with many digits as a decimal one; its text is the double's.
    case (let ours as Double, let expected as NSNumber): Double("\(expected)") == ours
    case (let ours as NSObject, let expected as NSObject): ours == expected
    default: false
    }
  }
}

/// Every other recording names a configuration and what the original made of it.
@Suite struct ConfigsOfOtherVectors {
  private static func texts(_ family: String, holding key: String) -> [(VectorFile, String)] {
    VectorFile.all(family).flatMap { file in
      let texts = (file.header["configs"] as? [String]) ?? [file.header["config"] as? String ?? ""]
      return texts.filter { $0.contains(key) }.map { (file, $0) }
    }
  }

  @Test(arguments: ["control", "apply", "statefile", "downsample"])
  func areAccepted(family: String) {
    for (file, text) in Self.texts(family, holding: "continuous_monitoring") {
      let result = ConfigFile.load(
        text: text.utf8, path: "\(file.name).yaml", environment: ConfigVectors.environment)
      #expect(result.isValid, "\(file): \(result.errors)")
    }
  }

  @Test(arguments: ["steering", "confidence", "statefile", "downsample"])
  func thoseOfSteeringAreAccepted(family: String) {
    for (file, text) in Self.texts(family, holding: "mangle_rule") {
      let result = SteeringConfigFile.load(
        text: text.utf8, path: "\(file.name).yaml", environment: ConfigVectors.environment)
      #expect(result.isValid, "\(file): \(result.errors)")
    }
  }
}

import Model

/// The WANs that are steered to, and the rules that do it.
extension SteeringChecks {
  /// The alternates in order of priority.
  var targets: [String] { values.texts("topology.alternates") ?? [] }

  var ruleCount: Int { values.schema.keys.count { $0.components[0] == "steering_rules" } / 2 }

  mutating func completeTargets() {
    let alternate = "topology.alternate_wan"
    let alternates = "topology.alternates"
    if let names = values.texts(alternates) {
      if let name = values.text(alternate), name != names.first {
        add(
          .error, .order, key: alternates,
          "begins with \(names.first ?? "nothing"), and alternate_wan is \(name)",
          remedy: "name \(name) first, or remove alternate_wan")
      } else if values[alternate] == nil, let first = names.first, !hasFailed(alternate) {
        complete(alternate, .text(first))
      }
      if Set(names).count < names.count {
        add(.error, .advice, key: alternates, "names a WAN twice", remedy: "name each once")
      }
    } else if let name = values.text(alternate) {
      if !hasFailed(alternates) { complete(alternates, .list([.text(name)])) }
    } else if !hasFailed(alternates) {
      addMissing(alternate)
    }
    if let primary = values.text("topology.primary_wan"), targets.contains(primary),
      !primary.contains(placeholder)
    {
      add(
        .error, .order, key: values.isGiven(alternates) ? alternates : alternate,
        "has the primary itself, \(primary)", remedy: "name another WAN")
    }
  }

  mutating func checkRules() {
    let single = "mangle_rule.comment"
    guard ruleCount > 0 else {
      if values[single] == nil, !hasFailed("steering_rules") {
        addMissing(single)
      }
      for target in targets.dropFirst() { addMissingRule(to: target) }
      return
    }
    if values.isGiven(single) {
      add(
        .warning, .unusedKey, key: single, "has no effect beside steering_rules",
        remedy: "remove it")
    }
    var comments: [String: Int] = [:]
    var ruled: [String: Int] = [:]
    for index in 0..<ruleCount {
      let to = "steering_rules[\(index)].to"
      let comment = "steering_rules[\(index)].comment"
      if let target = values.text(to) {
        if !targets.contains(target), !targets.isEmpty {
          add(
            .error, .name, key: to, "\(target) is no alternate of topology",
            remedy: "the alternates are \(targets.joined(separator: ", "))")
        }
        if let other = ruled.updateValue(index, forKey: target) {
          add(
            .error, .advice, key: to, "\(target) has a rule already, steering_rules[\(other)]",
            remedy: "each alternate has one")
        }
      }
      if let text = values.text(comment), let other = comments.updateValue(index, forKey: text) {
        add(
          .error, .advice, key: comment, "is that of steering_rules[\(other)] too",
          remedy: "a rule is found by its comment, so each needs its own")
      }
    }
    let isComplete = (0..<ruleCount).allSatisfy { values.text("steering_rules[\($0)].to") != nil }
    if isComplete {
      for target in targets where ruled[target] == nil { addMissingRule(to: target) }
    }
  }

  private mutating func addMissingRule(to target: String) {
    add(
      .error, .missing,
      key: values.isGiven("topology.alternates") ? "topology.alternates" : "topology.alternate_wan",
      "\(target) has no rule",
      remedy: "write steering_rules: [{to: \(target), comment: \"ADAPTIVE: Steer to \(target)\"}]")
  }

  mutating func checkFurtherWANs() {
    for wan in wans {
      let section = "wans.\(wan)."
      if !targets.contains(wan), !targets.isEmpty {
        let isPrimary = wan == values.text("topology.primary_wan")
        findings.append(
          ConfigDiagnostic(
            .warning, .unusedKey, at: values.place(of: section + "state_file"), key: "wans.\(wan)",
            "wans.\(wan) has no effect: it is \(isPrimary ? "the primary" : "no alternate of topology")",
            remedy: isPrimary
              ? "write cake_state_sources, cake_queues, measurement and thresholds"
              : "the alternates are \(targets.joined(separator: ", "))"))
      }
      for key in values.schema.keys
      where key.path.hasPrefix(section) && values[key.path] == nil && !hasFailed(key.path) {
        inherit(key.path, from: String(key.path.dropFirst(section.count)))
      }
      if isCAKEAware, values[section + "cake_queues.download"] == nil {
        addMissing(section + "cake_queues.download")
      }
      let host = section + "ping.host"
      if values[section + "ping.source"]?.value ?? .null == .null,
        let name = values.text(host), name == values.text("measurement.ping_host")
      {
        add(
          .warning, .advice, key: host,
          "\(name) is the primary's, and without ping.source its line "
            + "is measured", remedy: "set ping.source, or name a host that is routed by \(wan)")
      }
    }
  }

  private mutating func inherit(_ path: String, from name: String) {
    let source = name == "ping.count" ? "measurement.ping_count" : name
    guard values.schema[source] != nil, let entry = values[source] else { return }
    values[path] = ConfigValues.Entry(value: entry.value, location: nil, text: entry.text)
  }
}

extension SourceFile {
  /// Whether two paths are the same file, or would be if they were there.
  static func isSame(_ left: String, _ right: String) -> Bool {
    func resolved(_ path: String) -> String {
      guard let slash = path.lastIndex(of: "/") else { return path }
      let folder = slash == path.startIndex ? "/" : String(path[..<slash])
      return canonical(folder) + "/" + path[path.index(after: slash)...]
    }
    return left == right || resolved(left) == resolved(right) || canonical(left) == canonical(right)
  }
}

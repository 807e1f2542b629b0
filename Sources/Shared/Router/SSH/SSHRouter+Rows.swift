public import Model

extension SSHRouter {
  public func readRows(
    _ menu: RouterMenu, properties: [String]
  ) throws(RouterFailure) -> [RouterRow] {
    let call = begin("read \(menu)")
    let rows = try rows(menu, call)
    guard !properties.isEmpty else { return rows }
    let wanted = Set(properties + [".id"])
    return rows.map { row in RouterRow(row.values.filter { wanted.contains($0.key) }) }
  }

  private func rows(_ menu: RouterMenu, _ call: RouterCall) throws(RouterFailure) -> [RouterRow] {
    let print = "[\(menu.consolePath) print as-value]"
    if !lacksSerialize {
      let lines = try run(":put [:serialize to=json value=\(print)]", call)
      let json = Array(lines.joined(separator: "\n").utf8)
      if let rows = RESTReply.decode([RESTRow].self, json) { return rows.map(\.row) }
      if menu.isSingleton, let row = RESTReply.decode(RESTRow.self, json) { return [row.row] }
      let failure = self.failure(lines, call)
      guard failure.failureClass == .rejected else { throw failure }
    }
    let lines = try run(":put \(print)", call)
    guard let rows = AsValueText.rows(lines.joined(separator: "\n")) else {
      throw failure(lines, call)
    }
    lacksSerialize = true
    return rows.map { RouterRow($0) }
  }
}

extension SSHRouter {
  public func ruleStatus(_ comment: RuleComment) throws(RouterFailure) -> RuleStatus {
    try ruleStatus(comment, begin("look for the rule '\(comment)'"))
  }

  public func setRule(_ comment: RuleComment, enabled: Bool) throws(RouterFailure) {
    let call = begin(RuleStatus.operation(comment, enabled: enabled), isWrite: true)
    do {
      try attemptRule(comment, enabled: enabled, call)
    } catch let failure where failure.failureClass == .verifyMismatch {
      // Nothing was done, or undone at once: once more.
      try attemptRule(comment, enabled: enabled, call)
    }
  }

  private func attemptRule(
    _ comment: RuleComment, enabled: Bool, _ call: RouterCall
  ) throws(RouterFailure) {
    let status = try ruleStatus(comment, call)
    if let refusal = status.refusal(comment, transport: .ssh, operation: call.operation) {
      throw refusal
    }
    let wanted: RuleStatus = enabled ? .enabled : .disabled
    guard status != wanted else { return }
    let rule = "[find comment=\"\(comment)\" dynamic=no]"
    let change = "/ip firewall mangle \(enabled ? "enable" : "disable") \(rule); "
    let lines = try run(change + Self.ruleCounts(comment), call)
    guard let changed = Self.ruleStatus(lines) else { throw failure(lines, call) }
    guard changed == wanted else {
      throw call.failure(
        .verifyMismatch, "the router answers that it is \(changed)", outcome: .unknown)
    }
  }

  private func ruleStatus(
    _ comment: RuleComment, _ call: RouterCall
  ) throws(RouterFailure) -> RuleStatus {
    let lines = try run(Self.ruleCounts(comment), call)
    guard let status = Self.ruleStatus(lines) else {
      var failure = self.failure(lines, call)
      failure.outcome = .notDone
      throw failure
    }
    return status
  }

  /// Prints how many rules have the comment, and how many of them are enabled.
  private static func ruleCounts(_ comment: RuleComment) -> String {
    let find = "/ip firewall mangle find comment=\"\(comment)\" dynamic=no"
    return ":put [:len [\(find)]]; :put [:len [\(find) disabled=no]]"
  }

  /// What the two counts mean; nil when they are none.
  private static func ruleStatus(_ lines: [String]) -> RuleStatus? {
    let counts = lines.compactMap { Int($0) }
    guard lines.count == 2, counts.count == 2, (0...counts[0]).contains(counts[1]) else {
      return nil
    }
    return switch (counts[0], counts[1]) {
    case (0, _): .missing
    case (1, 0): .disabled
    case (1, _): .enabled
    case (let count, _): .ambiguous(count: count)
    }
  }
}

extension SSHRouter {
  /// How often connections that ended meanwhile are passed over.
  private static let removalRounds = 5

  public func flushConnections(ports: [UInt16]) throws(RouterFailure) -> Int {
    let list = ports.map { "\($0)" }.joined(separator: ", ")
    let call = begin("remove connections of port \(list)", isWrite: true)
    var removed = 0
    for port in Set(ports).sorted() {
      for end in ["src-address", "dst-address"] {
        removed += try removeConnections("\(end)~\":\(port)\\$\"", call)
      }
    }
    return removed
  }

  private func removeConnections(
    _ condition: String, _ call: RouterCall
  ) throws(RouterFailure) -> Int {
    let connections = "/ip firewall connection"
    let command =
      ":put [:len [\(connections) find \(condition)]]; "
      + "\(connections) remove [find \(condition)]"
    for _ in 1...Self.removalRounds {
      let lines = try run(command, call)
      guard let count = lines.first.flatMap({ Int($0) }) else { throw failure(lines, call) }
      if lines.count == 1 { return count }
      let failure = self.failure(Array(lines.dropFirst()), call)
      // One of them has ended by itself before its turn came: the rest is left.
      guard failure.failureClass == .missing else { throw failure }
    }
    throw call.failure(
      .missing, "connections end faster than they are removed", outcome: .unknown)
  }
}

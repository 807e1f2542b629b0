import HTTPClient
public import Model

extension RESTRouter {
  public func readRows(
    _ menu: RouterMenu, properties: [String]
  ) throws(RouterFailure) -> [RouterRow] {
    try readRows(menu, properties: properties, begin("read \(menu)"))
  }

  private func readRows(
    _ menu: RouterMenu, properties: [String], _ call: RouterCall
  ) throws(RouterFailure) -> [RouterRow] {
    let list = properties.map(\.percentEncoded).joined(separator: ",")
    let path = menu.restPath + (list.isEmpty ? "" : "?.proplist=\(list)")
    let request = HTTPRequest(.get, path)
    guard !menu.isSingleton else { return [try read(RESTRow.self, request, call).row] }
    return try read([RESTRow].self, request, call).map(\.row)
  }
}

extension RESTRouter {
  public func ruleStatus(_ comment: RuleComment) throws(RouterFailure) -> RuleStatus {
    RuleStatus(of: try rules(comment, begin("look for the rule '\(comment)'")))
  }

  public func setRule(_ comment: RuleComment, enabled: Bool) throws(RouterFailure) {
    let call = begin(RuleStatus.operation(comment, enabled: enabled), isWrite: true)
    do {
      try attemptRule(comment, enabled: enabled, call)
    } catch let failure
      where failure.failureClass == .missing || failure.failureClass == .verifyMismatch
    {
      // The rule was made anew just now, or the answer was not about it.
      try attemptRule(comment, enabled: enabled, call)
    }
  }

  /// The whole table is compared here: asked for one comment, some versions answer nothing when
  /// there is a blank or a colon in it.
  private func rules(
    _ comment: RuleComment, _ call: RouterCall
  ) throws(RouterFailure) -> [RouterRow] {
    let rows = try readRows(.mangle, properties: RuleStatus.properties, call)
    return RuleStatus.rules(comment, in: rows)
  }

  private func attemptRule(
    _ comment: RuleComment, enabled: Bool, _ call: RouterCall
  ) throws(RouterFailure) {
    let rules = try rules(comment, call)
    let status = RuleStatus(of: rules)
    if let refusal = status.refusal(comment, transport: .rest, operation: call.operation) {
      throw refusal
    }
    let wanted: RuleStatus = enabled ? .enabled : .disabled
    guard status != wanted else { return }
    guard let id = rules[0].id, QueueQuery.isID(id) else {
      throw call.failure(.protocolError, "the rule has no id that can be used")
    }
    let body = Array(#"{"disabled":"\#(!enabled)"}"#.utf8)
    let request = HTTPRequest(.patch, "\(RouterMenu.mangle.restPath)/\(id)", body: body)
    let row = try read(RESTRow.self, request, call).row
    guard row["comment"] == comment.text else {
      disconnect()
      throw call.failure(
        .verifyMismatch, "the answer is about \(row["comment"].map { "'\($0)'" } ?? "no rule")",
        outcome: .unknown)
    }
    guard RuleStatus(of: [row]) == wanted else {
      throw call.failure(
        .verifyMismatch, "the router answers that it is \(enabled ? "disabled" : "enabled")",
        outcome: .unknown)
    }
  }
}

extension RESTRouter {
  /// Connections that are removed with one request.
  private static let removalBatch = 100
  /// How often the table is read again because connections ended meanwhile.
  private static let removalRounds = 5

  public func flushConnections(ports: [UInt16]) throws(RouterFailure) -> Int {
    guard !ports.isEmpty else { return 0 }
    let list = ports.map { "\($0)" }.joined(separator: ", ")
    let call = begin("remove connections of port \(list)", isWrite: true)
    let ports = Set(ports)
    var removed: Set<String> = []
    for _ in 1...Self.removalRounds {
      let rows = try readRows(.connections, properties: TrackedConnections.properties, call)
      let ids = TrackedConnections.ids(ports, in: rows).filter {
        QueueQuery.isID($0) && !removed.contains($0)
      }
      var isComplete = true
      for start in stride(from: 0, to: ids.count, by: Self.removalBatch) {
        let batch = ids[start..<min(start + Self.removalBatch, ids.count)]
        do {
          try remove(batch, call)
          removed.formUnion(batch)
        } catch let failure where failure.failureClass == .missing {
          // One of them has ended by itself; which of the others are gone is seen by reading.
          isComplete = false
        }
      }
      if isComplete { return removed.count }
    }
    throw call.failure(
      .missing, "connections end faster than they are removed; \(removed.count) were")
  }

  private func remove(_ ids: ArraySlice<String>, _ call: RouterCall) throws(RouterFailure) {
    let body = Array(#"{".id":"\#(ids.joined(separator: ","))"}"#.utf8)
    let path = "\(RouterMenu.connections.restPath)/remove"
    _ = try read(AnyReply.self, HTTPRequest(.post, path, body: body), call)
  }
}

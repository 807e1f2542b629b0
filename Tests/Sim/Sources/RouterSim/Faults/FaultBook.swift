/// The faults that are armed, and what they do to a request.
final class FaultBook {
  struct Invalid: Error { var message: String }

  private(set) var armed: [Fault] = []
  private var nextID = 1

  /// Reads a fault of the control port: `{"fault":"T3","match":{…},"after":2,"count":1,"args":{…}}`.
  func read(_ json: JSON) throws(Invalid) -> Fault {
    guard let name = json["fault"]?.text, let code = FaultCode(rawValue: name) else {
      let known = FaultCode.allCases.map(\.rawValue).joined(separator: " ")
      throw Invalid(message: "\"fault\" must be one of \(known)")
    }
    for member in json.members ?? [] {
      guard ["fault", "match", "after", "count", "args"].contains(member.key) else {
        throw Invalid(message: "a fault has no \"\(member.key)\"")
      }
    }
    let after = try number(json, "after", default: 0)
    let count = try number(json, "count", default: 1)
    let match = try json["match"].map(readMatch)
    let fault = Fault(
      id: nextID, code: code, match: match, after: after, count: count,
      args: json["args"] ?? [:])
    nextID += 1
    return fault
  }

  private func number(
    _ json: JSON, _ name: String, default missing: Int
  ) throws(Invalid) -> Int {
    guard let value = json[name] else { return missing }
    guard let number = value.whole, number >= 0 else {
      throw Invalid(message: "\"\(name)\" is a count, not \(value.encoded)")
    }
    return number
  }

  private func readMatch(_ json: JSON) throws(Invalid) -> Match {
    var match = Match()
    guard let members = json.members else {
      throw Invalid(message: "\"match\" must be an object")
    }
    for member in members {
      guard let text = member.value.text else {
        throw Invalid(message: "\"match.\(member.key)\" must be a string")
      }
      switch member.key {
      case "user": match.user = text
      case "method": match.method = text
      case "path": match.path = text
      case "service": match.service = text
      case "body": match.body = text
      default: throw Invalid(message: "\"match\" has no \"\(member.key)\"")
      }
    }
    return match
  }

  func arm(_ fault: Fault) {
    armed.append(fault)
  }

  func disarm(id: Int?) -> [Fault] {
    let gone = armed.filter { id == nil || $0.id == id }
    armed.removeAll { fault in gone.contains { $0 === fault } }
    return gone
  }

  /// The faults that an SSH connection begins with.
  func atLogin() -> [Fault] {
    armed.filter { $0.level == .login && $0.claimsConnection() }
  }

  /// What the armed faults have in store for a request.
  func plan(for request: Request, service: ServiceName, isReused: Bool) -> FaultPlan {
    var plan = FaultPlan()
    for fault in armed where [.request, .world].contains(fault.level) {
      guard fault.code.concerns(service) else { continue }
      // A connection that is new cannot have gone stale.
      if fault.code == .staleConnection && !isReused { continue }
      if fault.claims(request, service: service) { plan.add(fault, to: request) }
    }
    return plan
  }
}

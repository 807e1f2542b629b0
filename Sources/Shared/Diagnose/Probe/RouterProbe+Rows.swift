import HTTPClient
import Model
import Router

/// Who the router is, and what its rows look like.
extension RouterProbe {
  func askIdentity() -> ProbeReport.Answer {
    var answer = begin(
      "identity", "What router is it?", done: "GET of system/identity and system/resource")
    let identity = HTTPRequest(.get, RouterMenu.identity.restPath)
    if let response = send(identity, &answer, isNoted: false),
      let name = RESTConversation.rows(response)?.first?["name"]
    {
      redaction.hide(name, as: "(identity)")
    }
    guard let row = rows(RouterMenu.resource.restPath, &answer)?.first else { return answer }
    answer.conclusion =
      "RouterOS \(row["version"] ?? "?") on \(row["board-name"] ?? "?") (\(row["architecture-name"] ?? "?"))"
    return answer
  }

  /// Every property of `/queue/tree` that is known, without those that only some rows have.
  static let queueProperties: Set<String> = [
    ".id", "bucket-size", "burst-limit", "burst-threshold", "burst-time", "bytes", "disabled",
    "dropped", "invalid", "limit-at", "max-limit", "name", "packet-mark", "packet-rate", "packets",
    "parent", "priority", "queue", "queued-bytes", "queued-packets", "rate",
  ]

  func askQueueRow() -> ProbeReport.Answer {
    var answer = begin(
      "queue-row", "What does a row of /queue/tree look like?",
      done: "GET of queue/tree?name=\(queue)")
    let request = HTTPRequest(.get, "/rest/queue/tree?name=\(queue.text.percentEncoded)")
    guard let response = send(request, &answer), let row = RESTConversation.rows(response)?.first
    else { return answer }
    leaf = row["queue"]
    let names = Set(row.values.keys)
    func list(_ names: Set<String>) -> String {
      names.isEmpty ? "none" : names.sorted().joined(separator: ", ")
    }
    answer.conclusion =
      "\(names.count) properties; missing: \(list(Self.queueProperties.subtracting(names))); "
      + "new: \(list(names.subtracting(Self.queueProperties).subtracting(["comment"]))); "
      + (Self.hasOnlyTexts(response.body) ? "all values are texts" : "not all values are texts")
    return answer
  }

  /// Whether every value of a flat JSON text is a string.
  static func hasOnlyTexts(_ body: [UInt8]) -> Bool {
    var isInside = false
    var isEscaped = false
    var isAfterColon = false
    for byte in body {
      if isInside {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInside = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): (isInside, isAfterColon) = (true, false)
      case UInt8(ascii: ":"): isAfterColon = true
      case 0x20, 0x0A, 0x0D, 0x09: break
      default: if isAfterColon { return false }
      }
    }
    return true
  }

  func askQueueType() -> ProbeReport.Answer {
    var answer = begin(
      "queue-type-row", "What does a row of /queue/type look like where the kind is cake?",
      done: "GET of queue/type?name= the type of \(queue)")
    guard let leaf,
      let row = rows("/rest/queue/type?name=\(leaf.percentEncoded)", &answer)?.first
    else { return answer }
    let flags = ["cake-nat", "cake-wash", "cake-autorate-ingress"].compactMap { row[$0] }
    let kind = row["kind"] ?? "?"
    guard kind == "cake" else {
      answer.conclusion = "the kind is \(kind), not cake: put a CAKE leaf there and ask again"
      return answer
    }
    let style =
      flags.isEmpty
      ? "minimal" : flags.allSatisfy { $0 == "yes" || $0 == "no" } ? "yes-no" : "true-false"
    answer.setting = .init(name: "cakeRowStyle", value: style)
    answer.conclusion =
      flags.isEmpty
      ? "only some of the properties of CAKE are told"
      : "booleans are \(flags[0] == "yes" || flags[0] == "no" ? "yes and no" : "true and false")"
    return answer
  }

  func askDrops() -> ProbeReport.Answer {
    var answer = begin(
      "cake-drops", "Does dropped of a queue count what CAKE drops?",
      done: "GET of dropped, bytes, packets, queued-bytes and rate of all queues")
    let path =
      "/rest/queue/tree?.proplist=bytes,dropped,name,packets,queue,queued-bytes,rate"
    let types = rows("/rest/queue/type?.proplist=kind,name", &answer, isNoted: false) ?? []
    let cake = Set(types.filter { $0["kind"] == "cake" }.compactMap { $0["name"] })
    guard let found = rows(path, &answer) else { return answer }
    let ours = found.filter { $0["queue"].map(cake.contains) ?? false }
    let counts = ours.compactMap { $0["dropped"].flatMap { Int64($0) } }
    let packets = ours.compactMap { $0["packets"].flatMap { Int64($0) } }.reduce(0, &+)
    answer.measured = [
      .init(name: "queues_with_cake", value: Double(ours.count)),
      .init(name: "packets", value: Double(packets)),
      .init(name: "dropped", value: Double(counts.reduce(0, &+))),
    ]
    if counts.contains(where: { $0 > 0 }) {
      answer.conclusion = "a queue with a CAKE leaf has counted drops"
      answer.setting = .init(name: "countCakeDrops", value: "true")
    } else if counts.isEmpty {
      answer.conclusion = "no queue has a CAKE leaf"
    } else if packets > 1_000_000 {
      answer.conclusion =
        "after \(packets) packets no queue with a CAKE leaf has counted a drop, as was expected"
      answer.setting = .init(name: "countCakeDrops", value: "false")
    } else {
      answer.conclusion = "no drop so far, but too few packets to conclude anything"
    }
    return answer
  }

  func askIDs() -> ProbeReport.Answer {
    var answer = begin(
      "ids", "By what can a row be addressed?",
      done: "GET of \(queue) by its id, by its name, and by its id with %2A for the asterisk")
    let name = queue.text.percentEncoded
    guard
      let id = rows("/rest/queue/tree?name=\(name)&.proplist=.id,name", &answer)?.first?.id,
      id.hasPrefix("*")
    else {
      answer.conclusion = "the row has no id of the form *1000000"
      return answer
    }
    func works(_ last: String) -> Bool {
      let path = "/rest/queue/tree/\(last)?.proplist=name"
      return rows(path, &answer, isNoted: true)?.first?["name"] == queue.text
    }
    let ways = [
      ("id", works(id)), ("name", works(name)), ("id with %2A", works("%2A" + id.dropFirst())),
    ]
    answer.conclusion = ways.map { "\($0.0): \($0.1 ? "works" : "refused")" }
      .joined(separator: "; ")
    return answer
  }

  /// An id that no router has given yet: they are counted up from 1000000 in hexadecimal.
  static let unknownID = "*7FFFFFF0"

  func askUnknownID() -> ProbeReport.Answer {
    var answer = begin(
      "unknown-id", "What is the answer to a GET of a row that does not exist?",
      done: "GET of queue/tree/\(Self.unknownID)")
    let request = HTTPRequest(.get, "/rest/queue/tree/\(Self.unknownID)")
    guard let response = send(request, &answer) else { return answer }
    answer.conclusion = "status \(response.status)"
    return answer
  }
}

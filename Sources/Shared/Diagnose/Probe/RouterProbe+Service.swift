import HTTPClient
import Model
import Platform
import Router

/// How the router's REST service behaves.
extension RouterProbe {
  func askHeaders() -> ProbeReport.Answer {
    var answer = begin(
      "headers", "Which headers does an answer have?", done: "GET of system/identity")
    let request = HTTPRequest(.get, RouterMenu.identity.restPath)
    guard let response = send(request, &answer), !response.head.isEmpty else { return answer }
    let names = response.head.dropFirst().map { line in
      String(line.prefix { $0 != ":" }).lowercased()
    }
    let isFull = names.contains { ["cache-control", "x-frame-options", "expires"].contains($0) }
    answer.conclusion = "\(response.head[0]) with \(names.joined(separator: ", "))"
    answer.setting = .init(name: "headers", value: isFull ? "full" : "minimal")
    return answer
  }

  /// Longer than any router is known to keep an idle connection.
  static let longestIdleTime = Milliseconds(seconds: 90)

  func askIdleClose() -> ProbeReport.Answer {
    var answer = begin(
      "idle-close", "After how long does the router close an idle connection?",
      done: "GET of system/identity, then waited for the end of the connection")
    let request = HTTPRequest(.get, RouterMenu.identity.restPath)
    guard send(request, &answer) != nil else { return answer }
    guard conversation.idleSocket != nil else {
      answer.conclusion = "it was closed with the answer"
      return answer
    }
    if let time = waitForClose(upTo: Self.longestIdleTime) {
      answer.measured = [.init(name: "idle_s", value: time.seconds)]
      answer.conclusion = "after \(fixed(time.seconds, digits: 1)) s"
      answer.setting = .init(name: "idleCloseSec", value: fixed(time.seconds, digits: 1))
    } else if surroundings.isStopped() {
      answer.conclusion = "nobody waited for it"
    } else {
      answer.conclusion = "not within \(fixed(Self.longestIdleTime.seconds, digits: 0)) s"
      answer.setting = .init(name: "idleCloseSec", value: "never")
    }
    return answer
  }

  /// A row with a comment that is worth asking for, and its menu.
  private func commentedRow(
    _ answer: inout ProbeReport.Answer
  ) -> (menu: RouterMenu, id: String, comment: String)? {
    var best: (menu: RouterMenu, id: String, comment: String)?
    for menu in [RouterMenu.mangle, .firewallFilter, .queueTree] {
      let path = menu.restPath + "?.proplist=.id,comment,dynamic"
      for row in rows(path, &answer, isNoted: false) ?? [] {
        guard let id = row.id, let comment = row["comment"], row.flag("dynamic") != true,
          !comment.isEmpty, comment.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { continue }
        if comment.contains(" ") && comment.contains(":") { return (menu, id, comment) }
        if best == nil || (comment.contains(" ") && best?.comment.contains(" ") == false) {
          best = (menu, id, comment)
        }
      }
    }
    return best
  }

  func askComments() -> ProbeReport.Answer {
    var answer = begin(
      "comment-query", "Does a query for a comment find its row?",
      done: "a row with a comment was looked for, and asked for by it")
    guard let (menu, id, comment) = commentedRow(&answer) else {
      answer.conclusion = "no rule and no queue has a comment: give one to a rule and ask again"
      return answer
    }
    redaction.hide(comment.percentEncoded, as: "(comment)")
    let kind =
      (comment.contains(" ") ? "a" : "no") + " blank and "
      + (comment.contains(":") ? "a" : "no") + " colon"
    let path = menu.restPath + "?comment=\(comment.percentEncoded)&.proplist=.id"
    guard let found = rows(path, &answer) else { return answer }
    let isFound = found.contains { $0.id == id }
    answer.setting = .init(name: "commentQuery", value: isFound ? "exact" : "empty")
    answer.conclusion =
      "a comment with \(kind) \(isFound ? "finds" : "does not find") its row in \(menu)"
    return answer
  }

  func askPlus() -> ProbeReport.Answer {
    var answer = begin(
      "plus-in-query", "Does a plus in a query stand for a blank?",
      done: "a row was asked for by its comment with + for each blank")
    guard let (menu, id, comment) = commentedRow(&answer), comment.contains(" ") else {
      answer.conclusion = "no rule and no queue has a comment with a blank: give one and ask again"
      return answer
    }
    let query = comment.split(separator: " ", omittingEmptySubsequences: false)
      .map { String($0).percentEncoded }.joined(separator: "+")
    redaction.hide(query, as: "(comment)")
    let path = menu.restPath + "?comment=\(query)&.proplist=.id"
    guard let found = rows(path, &answer) else { return answer }
    let isFound = found.contains { $0.id == id }
    answer.setting = .init(name: "plusIsSpace", value: isFound ? "true" : "false")
    answer.conclusion = isFound ? "yes" : "no, or queries for comments find nothing at all"
    return answer
  }

  func askFlash() -> ProbeReport.Answer {
    var answer = begin(
      "flash-counter", "How much is written to the flash?",
      done: "GET of write-sect-since-reboot, write-sect-total and uptime")
    let path =
      RouterMenu.resource.restPath
      + "?.proplist=bad-blocks,uptime,write-sect-since-reboot,write-sect-total"
    guard let row = rows(path, &answer)?.first else { return answer }
    guard let sectors = row["write-sect-since-reboot"].flatMap({ Double($0) }) else {
      answer.conclusion = "this router does not count"
      return answer
    }
    answer.measured = [.init(name: "sectors_since_reboot", value: sectors)]
    answer.conclusion = "\(shortestInteger(sectors)) sectors in \(row["uptime"] ?? "?")"
    return answer
  }
}

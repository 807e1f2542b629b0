import HTTPClient
import Model
import Platform
import Router

/// What a write does, on a queue that its owner has set aside for this.
extension RouterProbe {
  /// Between writes.
  static let writePause = Milliseconds(100)

  /// Sectors of the flash that were written since boot.
  private func sectors(_ answer: inout ProbeReport.Answer) -> Double? {
    let path = RouterMenu.resource.restPath + "?.proplist=write-sect-since-reboot"
    return rows(path, &answer, isNoted: false)?.first?["write-sect-since-reboot"]
      .flatMap { Double($0) }
  }

  private func readRow(
    _ queue: Identifier, _ answer: inout ProbeReport.Answer, isNoted: Bool
  ) -> RouterRow? {
    rows("/rest/queue/tree?name=\(queue.text.percentEncoded)", &answer, isNoted: isNoted)?.first
  }

  private func patch(_ id: String, _ limit: BitsPerSecond) -> HTTPRequest {
    HTTPRequest(
      .patch, "/rest/queue/tree/\(id)", body: Array(#"{"max-limit":"\#(limit.rawValue)"}"#.utf8))
  }

  private static func isID(_ id: String) -> Bool {
    id.hasPrefix("*") && id.dropFirst().allSatisfy(\.isHexDigit)
  }

  /// What is known of the queue before a test.
  private struct Before {
    var id: String
    var limit: BitsPerSecond
    var row: RouterRow
  }

  private func readBefore(
    _ queue: Identifier, _ answer: inout ProbeReport.Answer
  ) -> Before? {
    guard let row = readRow(queue, &answer, isNoted: true), let id = row.id, Self.isID(id),
      let limit = row["max-limit"].flatMap({ BitsPerSecond(parsing: $0) })
    else {
      answer.conclusion = "the queue cannot be read"
      return nil
    }
    return Before(id: id, limit: limit, row: row)
  }

  /// Writes the limits one after the other, and watches the flash counter.
  ///
  /// - Returns: false when a write failed.
  private func write(
    _ limits: [BitsPerSecond], to id: String, _ test: WriteTest,
    _ answer: inout ProbeReport.Answer, idleRate: Double?
  ) -> Bool {
    let start = Clock.monotonic()
    let first = sectors(&answer)
    var took: [Double] = []
    for (index, limit) in limits.enumerated() {
      if surroundings.isStopped() { return false }
      let began = Clock.monotonic()
      let isShown = index < 2 || index == limits.count - 1
      guard let response = send(patch(id, limit), &answer, isNoted: isShown),
        response.status == 200
      else {
        answer.conclusion = "write \(index + 1) was refused"
        return false
      }
      took.append((Clock.monotonic() - began).rawValue)
      let rest = Self.writePause - (Clock.monotonic() - began)
      if rest > .zero { surroundings.wait(rest) }
    }
    surroundings.wait(test.watch)
    took.sort()
    answer.measured += [
      .init(name: "writes", value: Double(took.count)),
      .init(name: "write_median_ms", value: took[took.count / 2]),
      .init(name: "write_longest_ms", value: took[took.count - 1]),
    ]
    guard let first, let last = sectors(&answer) else { return true }
    let seconds = (Clock.monotonic() - start).seconds
    let expected = (idleRate ?? 0) * seconds
    answer.measured += [
      .init(name: "sectors", value: last - first),
      .init(name: "sectors_without_writes", value: expected),
      .init(name: "sectors_per_write", value: (last - first - expected) / Double(took.count)),
    ]
    return true
  }

  private func figure(_ name: String, _ answer: ProbeReport.Answer) -> Double? {
    answer.measured.first { $0.name == name }?.value
  }

  func testSameValue(_ test: WriteTest) -> ProbeReport.Answer {
    var answer = begin(
      "same-value-write", "Does a write of the value that is there cost flash sectors?",
      done: "the counter was watched, then \(test.writes) PATCH of the same max-limit were sent to "
        + "\(test.queue)")
    guard let before = readBefore(test.queue, &answer) else { return answer }
    let start = Clock.monotonic()
    let first = sectors(&answer)
    surroundings.wait(test.watch)
    let watched = (Clock.monotonic() - start).seconds
    if test.watch > .zero, let first, let last = sectors(&answer) {
      idleSectorsPerSecond = (last - first) / watched
      answer.measured.append(.init(name: "idle_sectors", value: last - first))
      answer.measured.append(.init(name: "idle_watched_s", value: watched))
    }
    let limits = Array(repeating: before.limit, count: test.writes)
    guard write(limits, to: before.id, test, &answer, idleRate: idleSectorsPerSecond) else {
      return answer
    }
    guard let each = figure("sectors_per_write", answer) else {
      answer.conclusion = "the router does not count sectors"
      return answer
    }
    answer.conclusion = "\(fixed(each, digits: 2)) sectors per write"
    answer.setting = .init(name: "setUnchangedWritesFlash", value: each >= 0.5 ? "true" : "false")
    return answer
  }

  /// Another limit, near enough that nobody notices.
  static func neighbour(_ limit: BitsPerSecond) -> BitsPerSecond {
    if limit == .zero { return BitsPerSecond(10_000_000_000) }
    let step = max(1000, limit.rawValue / 1000)
    return BitsPerSecond(limit.rawValue > 2 * step ? limit.rawValue - step : limit.rawValue &+ step)
  }

  func testChangedValue(_ test: WriteTest) -> ProbeReport.Answer {
    var answer = begin(
      "changed-value-write", "What does a changed max-limit cost, and does it keep the counters?",
      done: "PATCH of another max-limit and of the former one in turn, \(test.writes) in all, "
        + "were sent to \(test.queue)")
    guard let before = readBefore(test.queue, &answer) else { return answer }
    let other = Self.neighbour(before.limit)
    let limits = (0..<test.writes).map { $0.isMultiple(of: 2) ? other : before.limit }
    let isWritten = write(
      limits, to: before.id, test, &answer, idleRate: idleSectorsPerSecond)
    restore(before.limit, unless: other, of: test.queue, &answer)
    guard isWritten, let after = readRow(test.queue, &answer, isNoted: true) else { return answer }
    let cost = figure("sectors_per_write", answer).map {
      "\(fixed($0, digits: 2)) sectors per write"
    }
    answer.conclusion =
      (cost ?? "the router does not count sectors") + "; "
      + Self.compare(before.row, after)
      + (report.isRestored ? "" : "; THE LIMIT COULD NOT BE PUT BACK")
    return answer
  }

  /// What became of counters and id.
  static func compare(_ before: RouterRow, _ after: RouterRow) -> String {
    guard before.id == after.id else { return "the row has another id" }
    let counts = ["bytes", "packets"].map { name in
      (before[name].flatMap { Int64($0) }, after[name].flatMap { Int64($0) })
    }
    guard counts.contains(where: { ($0.0 ?? 0) > 0 }) else {
      return "the counters were 0 before: whether they are kept cannot be told"
    }
    let areKept = counts.allSatisfy { old, new in
      guard let old, let new else { return false }
      return new >= old
    }
    return areKept ? "the counters are kept" : "the counters are lost"
  }

  /// Sets the former limit again if what is there is ours, and looks whether that worked.
  private func restore(
    _ limit: BitsPerSecond, unless ours: BitsPerSecond, of queue: Identifier,
    _ answer: inout ProbeReport.Answer
  ) {
    for attempt in 0..<10 {
      if attempt > 0 {
        // The probe may be ending: this wait must not be cut short.
        Clock.sleep(Milliseconds(1000))
        conversation = RESTConversation(settings)
      }
      guard let row = readRow(queue, &answer, isNoted: false), let id = row.id, Self.isID(id),
        let found = row["max-limit"].flatMap({ BitsPerSecond(parsing: $0) })
      else { continue }
      report.isRestored = found == limit
      if found == limit { return }
      guard found == ours else {
        report.isRestored = true
        surroundings.tell("\(queue): somebody else has set \(found) meanwhile; it is left so")
        return
      }
      _ = send(patch(id, limit), &answer, isNoted: false)
    }
    report.isRestored = false
    surroundings.tell("\(queue): max-limit \(limit) could not be put back: set it by hand")
  }

  func testUnknownID() -> ProbeReport.Answer {
    var answer = begin(
      "unknown-id-write", "What is the answer to a PATCH of a row that does not exist?",
      done: "PATCH of queue/tree/\(Self.unknownID)")
    guard let response = send(patch(Self.unknownID, BitsPerSecond(1_000_000)), &answer) else {
      return answer
    }
    answer.conclusion = "status \(response.status)"
    if response.status == 404 {
      answer.setting = .init(name: "patchUnknownId", value: "404")
    } else if String(decoding: response.body, as: UTF8.self).contains("no such item") {
      answer.setting = .init(name: "patchUnknownId", value: "400-no-such-item")
    }
    return answer
  }
}

import Foundation
import Model
import Platform
import TestSupport
import Testing

@testable import Web

@Suite struct EventFeedTests {
  private let cycles = RecentElements<CycleSample>(capacity: 100)
  private let log = RecentElements<LogLine>(capacity: 10)

  private func feed() -> EventFeed {
    EventFeed(
      EventFeed.Sources(
        status: { [("loop", "{\n  \"status\": \"healthy\"\n}")] }, wans: { ["cable"] },
        cycles: cycles, log: log))
  }

  private func sample(_ seconds: Double) throws -> CycleSample {
    var decision = try sampleStatus().wans[0].snapshot.decision
    decision.time = UnixTime(seconds: seconds)
    return CycleSample(wan: 0, decision)
  }

  private func line(_ message: String) -> LogLine {
    LogLine(time: UnixTime(seconds: 5), wan: "cable", level: .warning, message: message)
  }

  /// The events of a text, by name.
  private func events(_ bytes: [UInt8]) throws -> [(name: String, data: [String: Any])] {
    try String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n\n").dropLast().map {
      let lines = $0.components(separatedBy: "\n")
      try #require(lines.count == 2 && lines[0].hasPrefix("event: "))
      let data = try #require(lines[1].hasPrefix("data: ") ? lines[1].dropFirst(6) : nil)
      let object = try JSONSerialization.jsonObject(with: Data(data.utf8))
      return (String(lines[0].dropFirst(7)), try #require(object as? [String: Any]))
    }
  }

  private func everything(_ stream: EventStream) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: EventStream.capacity)
    let next = buffer.withUnsafeMutableBytes { stream.take(into: $0) {} }
    guard case .bytes(let count) = next else { return [] }
    return Array(buffer[..<count])
  }

  @Test func aStreamBeginsWithTheLastMinuteAndAllLines() throws {
    for second in 0..<90 { cycles.append(try sample(Double(second))) }
    log.append(line("a \"b\"\nc"))
    let events = try events(everything(feed().open()))
    #expect(events.map(\.name) == ["begin", "status", "cycles", "log"])
    #expect((events[1].data["loop"] as? [String: Any])?["status"] as? String == "healthy")
    let samples = try #require(events[2].data["list"] as? [[Any]])
    #expect(samples.count == 61)
    #expect(
      samples.last as? [Double] == [0, 89_000, 200, 112, 24, 799, 34.2, 3, 3])
    let lines = try #require(events[3].data["list"] as? [[Any]])
    #expect(lines.first?.last as? String == "a \"b\"\nc")
    #expect(events[3].data["end"] as? Int == 1)
  }

  @Test func everybodyHearsWhatIsNewAndNothingTwice() throws {
    let feed = feed()
    cycles.append(try sample(1))
    var heard: [(name: String, data: [String: Any])] = []
    func tick() throws {
      var sent: [UInt8] = []
      feed.tick(hasListeners: true) { sent += $0 }
      heard += try events(sent)
    }
    for _ in 0..<2 { try tick() }
    #expect(heard.map(\.name) == ["cycles"])
    cycles.append(try sample(2))
    log.append(line("x"))
    for _ in 0..<2 { try tick() }
    #expect(heard.map(\.name) == ["cycles", "status", "cycles", "log"])
    #expect((heard[2].data["list"] as? [[Any]])?.first?[1] as? Int == 2000)
    for _ in 0..<4 { try tick() }
    #expect(heard.map(\.name) == ["cycles", "status", "cycles", "log", "status"])
  }

  @Test func nothingIsMadeForNobody() throws {
    let feed = feed()
    cycles.append(try sample(1))
    for _ in 0..<8 { feed.tick(hasListeners: false) { _ in Issue.record("sent to nobody") } }
    var sent: [UInt8] = []
    for _ in 0..<2 { feed.tick(hasListeners: true) { sent += $0 } }
    #expect(
      try events(sent).allSatisfy { $0.name == "status" }, "what was missed is in the picture")
  }

  @Test func aHeldCycleHasNoMeasurement() throws {
    var held = try sample(1)
    held.rtt = nil
    cycles.append(held)
    let events = try events(everything(feed().open()))
    #expect((events[2].data["list"] as? [[Any]])?.first?[2] is NSNull)
  }
}

@Suite struct DashboardPageTests {
  @Test func thePageIsWholeAndAllowsItselfAlone() throws {
    let response = DashboardPage.shared.response(.ok)
    let body = String(decoding: response.body, as: UTF8.self)
    #expect(body.hasPrefix("<!doctype html>"))
    #expect(!body.contains("/*STYLE*/") && !body.contains("/*SCRIPT*/"))
    for outside in ["http://", "https://", "//cdn", "@import", "eval("] {
      #expect(!body.contains(outside), "\(outside)")
    }
    let policy = try #require(
      response.headers.first { $0.name == "Content-Security-Policy" }?.value)
    #expect(policy.hasPrefix("default-src 'none'; "))
    #expect(!policy.contains("unsafe"))
    for (tag, directive) in [("style", "style-src"), ("script", "script-src")] {
      let begin = try #require(body.firstRange(of: "<\(tag)>"))
      let end = try #require(body.firstRange(of: "</\(tag)>"))
      let text = String(body[begin.upperBound..<end.lowerBound])
      let folder = try TemporaryFolder()
      try folder.write(text, to: "text")
      let hash = try Program.run(
        "openssl", "dgst", "-sha256", "-hex", folder.file("text"))
      let bytes = try #require(hash.split(separator: " ").last)
      #expect(policy.contains("\(directive) 'sha256-\(Self.base64(hex: String(bytes)))'"))
    }
  }

  private static func base64(hex: String) -> String {
    let digits = Array(hex)
    return Data(
      stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(digits[$0...($0 + 1)]), radix: 16)
      }
    ).base64EncodedString()
  }

  @Test func aBrowserGetsThePageAndEverybodyElseHealth() throws {
    let status = try sampleStatus(isReachable: true)
    func answer(_ request: HTTPRequest, token: String = "") throws -> HTTPResponse {
      let site = LoopSite(
        status: { status }, history: nil, feed: noFeed, token: BearerToken(Secret(token)))
      guard case .now(let response) = site.answer(request) else { throw Unexpected() }
      return response
    }
    let browser = HTTPRequest(target: "/", accept: "text/html,*/*;q=0.8")
    #expect(try answer(browser).headers.first?.value == "text/html; charset=utf-8")
    #expect(
      try answer(HTTPRequest(target: "/", accept: "*/*")).headers.first?.value
        == "application/json")
    #expect(
      try answer(HTTPRequest(target: "/health", accept: "text/html")).headers.first?.value
        == "application/json")
    let login = try answer(browser, token: "t")
    #expect(login.status == .unauthorized)
    #expect(login.body == DashboardPage.shared.response(.ok).body, "it asks for the token")
  }

  private struct Unexpected: Error {}
}

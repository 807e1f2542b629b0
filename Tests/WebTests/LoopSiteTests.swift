import Model
import Testing

@testable import Web

@Suite struct LoopSiteTests {
  private func site(
    isReachable: Bool = true, token: String = "",
    history: (@Sendable (String) -> HistoryAnswer)? = { .page("[\"\($0)\"]") }
  ) throws -> LoopSite {
    let status = try sampleStatus(isReachable: isReachable)
    return LoopSite(
      status: { status }, history: history, feed: noFeed, token: BearerToken(Secret(token)))
  }

  private func response(_ answer: HTTPAnswer) throws -> HTTPResponse {
    switch answer {
    case .now(let response): response
    case .later(let job): job()
    case .events: throw Unexpected()
    }
  }

  private struct Unexpected: Error {}

  @Test(arguments: [
    ("/health", 200), ("/", 200), ("/livez", 200), ("/readyz", 200), ("/metrics", 200),
    ("/metrics/history", 200), ("/metrics/history/", 200), ("/metrics/history?range=1h", 200),
    ("/health?x=1", 404), ("/?", 404), ("/metrics/historyXYZ", 404), ("/nothing", 404),
    ("//health", 404), ("", 404),
  ])
  func pathsAreAnsweredAsInTheOriginal(_ target: String, _ status: UInt32) throws {
    let response = try response(site().answer(HTTPRequest(target: target)))
    #expect(response.status.rawValue == status)
    if status == 404 { #expect(response.body == Array(#"{"error": "Not found"}"#.utf8)) }
  }

  @Test func anUnhealthyLoopIs503ForThoseWhoRoute() throws {
    let site = try site(isReachable: false)
    for (path, status) in [("/health", 503), ("/readyz", 503), ("/livez", 200), ("/metrics", 200)] {
      let response = try response(site.answer(HTTPRequest(target: path)))
      #expect(response.status.rawValue == UInt32(status), "\(path)")
    }
  }

  @Test func withATokenOnlyProbesGoWithout() throws {
    let site = try site(token: "t0ken")
    for path in ["/", "/health", "/metrics", "/metrics/history", "/nothing"] {
      let request = HTTPRequest(target: path)
      let refused = try response(site.answer(request))
      #expect(refused.status == .unauthorized)
      #expect(refused.headers.contains { $0.name == "WWW-Authenticate" })
      let admitted = HTTPRequest(target: path, authorization: "Bearer t0ken")
      #expect(try response(site.answer(admitted)).status != .unauthorized)
    }
    #expect(
      try response(site.answerMetrics(HTTPRequest(target: "/metrics"))).status == .unauthorized)
    #expect(try response(site.answer(HTTPRequest(target: "/livez"))).status == .ok)
    #expect(try response(site.answer(HTTPRequest(target: "/readyz"))).status == .ok)
  }

  @Test func historyIsAskedWithTheQueryAsItCame() throws {
    let page = try response(
      site().answer(HTTPRequest(target: "/metrics/history?from=a%2Bb&to=?")))
    #expect(page.body == Array("[\"from=a%2Bb&to=?\"]".utf8))
    let bad = try response(
      site(history: { _ in .invalid("limit must be \"1\"") })
        .answer(HTTPRequest(target: "/metrics/history")))
    #expect(bad.status == .badRequest)
    #expect(bad.body == Array(#"{"error": "limit must be \"1\""}"#.utf8))
    let failed = try response(
      site(history: { _ in .failed("disk") }).answer(HTTPRequest(target: "/metrics/history")))
    #expect(failed.status == .internalError)
    let off = try response(site(history: nil).answer(HTTPRequest(target: "/metrics/history")))
    #expect(off.status == .notFound)
  }

  @Test func theMetricsPortIsTheOriginals() throws {
    let site = try site(isReachable: false)
    let metrics = try response(site.answerMetrics(HTTPRequest(target: "/metrics")))
    #expect(metrics.headers.first?.value == "text/plain; version=0.0.4; charset=utf-8")
    let health = try response(site.answerMetrics(HTTPRequest(target: "/health")))
    #expect(health.status == .ok && health.body == Array("OK\n".utf8))
    let other = try response(site.answerMetrics(HTTPRequest(target: "/")))
    #expect(other.status == .notFound && other.body == Array("Not Found\n".utf8))
  }
}

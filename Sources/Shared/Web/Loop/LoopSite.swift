import Model

/// What the loop answers on its health port, and on the original's port of metrics.
struct LoopSite: Sendable {
  let status: @Sendable () -> LoopStatus
  let history: (@Sendable (String) -> HistoryAnswer)?
  let feed: EventFeed
  let token: BearerToken?

  /// The health port.
  func answer(_ request: HTTPRequest) -> HTTPAnswer {
    if let answer = Probes.answer(
      request, isAlive: { status().isAlive }, isReady: { status().isHealthy })
    {
      return .now(answer)
    }
    if let page = Dashboard.answer(request, token, feed) { return page }
    if let refusal = Admission.refusal(of: request, token) { return .now(refusal) }
    if let query = historyQuery(request) { return answerHistory(query) }
    guard request.query == nil else { return .now(.error(.notFound, "Not found")) }
    switch request.path {
    case "/", "/health":
      let status = status()
      return .now(.json(status.isHealthy ? .ok : .unavailable, LoopHealth.body(status)))
    case "/metrics": return .now(metrics)
    default: return .now(.error(.notFound, "Not found"))
    }
  }

  /// The original's port of metrics; its `/health` only says that somebody is there.
  func answerMetrics(_ request: HTTPRequest) -> HTTPAnswer {
    if let refusal = Admission.refusal(of: request, token) { return .now(refusal) }
    switch request.path {
    case "/metrics": return .now(metrics)
    case "/health": return .now(.text(.ok, "OK\n"))
    default: return .now(.text(.notFound, "Not Found\n"))
    }
  }

  private var metrics: HTTPResponse {
    HTTPResponse(.ok, type: MetricsText.contentType, body: LoopMetrics.text(status()))
  }

  /// The query of a request for history; a slash at the end of the path does no harm.
  private func historyQuery(_ request: HTTPRequest) -> String? {
    guard request.path == "/metrics/history" || request.path == "/metrics/history/" else {
      return nil
    }
    return request.query ?? ""
  }

  private func answerHistory(_ query: String) -> HTTPAnswer {
    guard let history else {
      return .now(.error(.notFound, "History is switched off: storage.db_path is empty"))
    }
    return .later {
      switch history(query) {
      case .page(let body): .json(.ok, body)
      case .invalid(let message): .error(.badRequest, message)
      case .failed(let message): .error(.internalError, message)
      }
    }
  }
}

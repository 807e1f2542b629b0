import Model

/// What steering answers on its health port.
struct SteeringSite: Sendable {
  let status: @Sendable () -> SteeringStatus
  let feed: EventFeed
  let token: BearerToken?

  func answer(_ request: HTTPRequest) -> HTTPAnswer {
    if let answer = Probes.answer(
      request, isAlive: { status().isAlive }, isReady: { status().isHealthy })
    {
      return .now(answer)
    }
    if let page = Dashboard.answer(request, token, feed) { return page }
    if let refusal = Admission.refusal(of: request, token) { return .now(refusal) }
    guard request.query == nil else { return .now(.error(.notFound, "Not found")) }
    switch request.path {
    case "/", "/health":
      let status = status()
      return .now(.json(status.isHealthy ? .ok : .unavailable, SteeringHealth.body(status)))
    case "/metrics":
      return .now(
        HTTPResponse(.ok, type: MetricsText.contentType, body: SteeringMetrics.text(status())))
    default: return .now(.error(.notFound, "Not found"))
    }
  }
}

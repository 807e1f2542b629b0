/// The paths of the dashboard: `/` for browsers, and `/events`.
enum Dashboard {
  /// nil for every other request.
  static func answer(
    _ request: HTTPRequest, _ token: BearerToken?, _ feed: EventFeed
  ) -> HTTPAnswer? {
    guard request.query == nil else { return nil }
    let refusal = Admission.refusal(of: request, token)
    switch request.path {
    case "/" where request.wantsPage:
      var response = DashboardPage.shared.response(.ok)
      if let refusal {
        // There are no figures in the page. It asks for the token, and gets them with it.
        response.status = refusal.status
      }
      return .now(response)
    case "/events": return refusal.map { .now($0) } ?? .events(feed.open())
    default: return nil
    }
  }
}

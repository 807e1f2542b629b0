/// A request as a route sees it: everything else was dealt with before.
struct HTTPRequest: Sendable, Equatable {
  /// What stands before a `?`, as it came.
  var path: String
  /// What stands behind it, still encoded; nil without one.
  var query: String?
  /// `Accept` and `Authorization`; nil where the client sent none.
  var accept: String?
  var authorization: String?

  /// - Parameter target: of the request line, e.g. `/metrics/history?range=1h`.
  init(target: String, accept: String? = nil, authorization: String? = nil) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = parts.first.map(String.init) ?? ""
    query = parts.count > 1 ? String(parts[1]) : nil
    self.accept = accept
    self.authorization = authorization
  }

  /// Whether a browser asks for a page.
  var wantsPage: Bool { accept?.contains("text/html") == true }
}

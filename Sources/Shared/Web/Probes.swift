/// `/livez` and `/readyz`: for those who restart and route, without a token and without details.
enum Probes {
  static func answer(
    _ request: HTTPRequest, isAlive: () -> Bool, isReady: () -> Bool
  ) -> HTTPResponse? {
    switch request.path {
    case "/livez": response(isAlive())
    case "/readyz": response(isReady())
    default: nil
    }
  }

  private static func response(_ isFine: Bool) -> HTTPResponse {
    isFine ? .text(.ok, "ok\n") : .text(.unavailable, "not ok\n")
  }
}

/// Who may ask.
enum Admission {
  /// nil when the request may be answered.
  static func refusal(of request: HTTPRequest, _ token: BearerToken?) -> HTTPResponse? {
    guard let token, !token.admits(request.authorization) else { return nil }
    var response = HTTPResponse.error(.unauthorized, "A bearer token is needed")
    response.headers.append(.init(name: "WWW-Authenticate", value: "Bearer realm=\"wanctl\""))
    return response
  }
}

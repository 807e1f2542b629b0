public import HTTPClient
public import Model

/// Requests to a router and its answers as they are, for whoever examines what a router says. What
/// keeps queues or rules uses `RESTRouter`.
public final class RESTConversation {
  private let client: HTTPClient
  private let failures: RESTFailures
  private let timeout: Milliseconds

  public init(_ settings: RouterSettings) {
    client = HTTPClient(HTTPServer(settings))
    client.keepDetails()
    failures = RESTFailures(settings)
    timeout = settings.operationTimeout
  }

  /// Sends a request; an answer is one whatever its status. After a failure the connection is
  /// closed, and after a timeout the router should be left alone for
  /// `RESTRouter.pauseAfterTimeout`.
  public func send(_ request: HTTPRequest) throws(RouterFailure) -> HTTPResponse {
    do {
      return try client.perform(request, timeout: timeout)
    } catch {
      client.disconnect()
      throw failures.failure(
        error, operation: "\(request.method.rawValue) \(request.path)",
        isWrite: request.method == .patch)
    }
  }

  /// See `HTTPClient.idleSocket`.
  public var idleSocket: CInt? { client.idleSocket }

  /// The rows of an answer, of a single one too; nil when it is no such thing.
  public static func rows(_ response: HTTPResponse) -> [RouterRow]? {
    guard (200...299).contains(response.status) else { return nil }
    if let rows = RESTReply.decode([RESTRow].self, response.body) { return rows.map(\.row) }
    return RESTReply.decode(RESTRow.self, response.body).map { [$0.row] }
  }
}

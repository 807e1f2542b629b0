/// An answer that is there as a whole.
struct HTTPResponse: Sendable, Equatable {
  enum Status: UInt32, Sendable {
    case ok = 200
    case badRequest = 400
    case unauthorized = 401
    case notFound = 404
    case contentTooLarge = 413
    case internalError = 500
    case notImplemented = 501
    case unavailable = 503
  }

  struct Header: Sendable, Equatable {
    var name: String
    var value: String
  }

  var status: Status
  var headers: [Header]
  var body: [UInt8]

  init(_ status: Status, type: String, body: String, headers: [Header] = []) {
    self.status = status
    self.headers = [Header(name: "Content-Type", value: type)] + headers
    self.body = Array(body.utf8)
  }

  static func json(_ status: Status, _ body: String) -> Self {
    Self(status, type: "application/json", body: body)
  }

  static func text(_ status: Status, _ body: String) -> Self {
    Self(status, type: "text/plain; charset=utf-8", body: body)
  }

  /// `{"error": "Not found"}`, in the original's form.
  static func error(_ status: Status, _ message: String) -> Self {
    json(status, "{\"error\": \(JSONText.quoted(message))}")
  }
}

/// How a request is answered.
enum HTTPAnswer: Sendable {
  case now(HTTPResponse)
  /// By a thread that may take its time, for disks.
  case later(@Sendable () -> HTTPResponse)
  /// By events, for as long as the client stays.
  case events(EventStream)
}

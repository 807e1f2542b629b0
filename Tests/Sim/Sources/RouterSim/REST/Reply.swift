/// An HTTP answer before it is put on the wire.
struct Reply {
  var status: Int
  var contentType = "application/json"
  var headers: [(name: String, value: String)] = []
  /// The body, unless `bytes` replaces it. No body at all when both are nil.
  var json: JSON?
  var bytes: [UInt8]?

  static func ok(_ json: JSON) -> Reply { Reply(status: 200, json: json) }

  static func refused(_ refusal: Refusal) -> Reply {
    var reply = Reply(status: refusal.status)
    switch refusal {
    case .forbidden:
      reply.contentType = "text/html"
      reply.bytes = Array(
        "<html><head><title>Error 403</title></head><body><h1>Forbidden</h1></body></html>".utf8)
    case .notImplemented, .unavailable:
      reply.bytes = []
    default:
      var members: [JSON.Member] = []
      if let detail = refusal.detail {
        members.append(JSON.Member(key: "detail", value: .string(detail)))
      }
      members.append(JSON.Member(key: "error", value: .int(refusal.status)))
      members.append(JSON.Member(key: "message", value: .string(reason(refusal.status))))
      reply.json = .object(members)
    }
    if refusal == .unauthorized {
      reply.headers.append(("WWW-Authenticate", "Basic realm=\"RouterOS\""))
    }
    return reply
  }

  var body: [UInt8] {
    if let bytes { return bytes }
    var out: [UInt8] = []
    json?.encode(into: &out)
    return out
  }

  /// Status line and headers up to the empty line. `length` is what `Content-Length` claims.
  func head(length: Int, style: Switches.Headers, date: String) -> [UInt8] {
    var head = "HTTP/1.1 \(status) \(Reply.reason(status))\r\n"
    if status != 204 { head += "Content-Type: \(contentType)\r\n" }
    head += "Content-Length: \(length)\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if style == .full {
      head += "Cache-Control: no-cache\r\nConnection: Keep-Alive\r\nDate: \(date)\r\n"
      head += "Expires: 0\r\nX-Frame-Options: sameorigin\r\n"
    }
    return Array((head + "\r\n").utf8)
  }

  static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 201: "Created"
    case 204: "No Content"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 413: "Payload Too Large"
    case 415: "Unsupported Media Type"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 503: "Service Unavailable"
    default: "Unknown"
    }
  }
}

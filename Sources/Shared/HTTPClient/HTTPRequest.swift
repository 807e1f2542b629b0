/// One request to the server of an `HTTPClient`.
public struct HTTPRequest: Sendable, Equatable {
  public enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case patch = "PATCH"
  }

  public var method: Method
  /// Percent-encoded, beginning with `/`, with its query.
  public var path: String
  /// JSON; nothing is sent with `GET`.
  public var body: [UInt8]

  public init(_ method: Method, _ path: String, body: [UInt8] = []) {
    self.method = method
    self.path = path
    self.body = body
  }
}

/// What a server answered, whatever its status.
public struct HTTPResponse: Sendable, Equatable {
  public var status: Int
  public var body: [UInt8]
  /// Whether a connection was opened for it.
  public var openedConnection: Bool
  /// The lines of its head, the status line first; empty unless `HTTPClient.keepDetails`.
  public var head: [String]

  public init(
    status: Int, body: [UInt8], openedConnection: Bool = false, head: [String] = []
  ) {
    self.status = status
    self.body = body
    self.openedConnection = openedConnection
    self.head = head
  }
}

extension String {
  /// The text with everything but unreserved characters (RFC 3986, 2.3) as `%XX`.
  public var percentEncoded: String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        result.append(byte)
      default:
        result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

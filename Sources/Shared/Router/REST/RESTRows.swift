import FoundationEssentials
import Model

/// A value of a RouterOS reply. REST sends all of them as texts; numbers, booleans and lists of
/// other versions and other ways are taken as the text that REST would send.
struct RouterOSValue: Decodable {
  var text: String

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self.text = text
    } else if let number = try? container.decode(Int64.self) {
      text = "\(number)"
    } else if let list = try? container.decode([RouterOSValue].self) {
      text = list.map(\.text).joined(separator: ",")
    } else if let flag = try? container.decode(Bool.self) {
      text = flag ? "true" : "false"
    } else {
      text = "\(try container.decode(Double.self))"
    }
  }
}

/// A row of `/rest/queue/tree`. Only what is asked for is there.
struct QueueTreeRow: Decodable {
  var id: RouterOSValue?
  var name: RouterOSValue?
  var maxLimit: RouterOSValue?
  var rate: RouterOSValue?
  var bytes: RouterOSValue?
  var packets: RouterOSValue?
  var dropped: RouterOSValue?
  var queuedBytes: RouterOSValue?
  var queuedPackets: RouterOSValue?
  var disabled: RouterOSValue?
  var invalid: RouterOSValue?
  var parent: RouterOSValue?
  var queue: RouterOSValue?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case id = ".id"
    case name
    case maxLimit = "max-limit"
    case rate
    case bytes
    case packets
    case dropped
    case queuedBytes = "queued-bytes"
    case queuedPackets = "queued-packets"
    case disabled
    case invalid
    case parent
    case queue
  }

  var limit: BitsPerSecond? { maxLimit.flatMap { BitsPerSecond(parsing: $0.text) } }

  /// The row as the rest of us sees it; nil without a name or a limit that can be read.
  var queueRow: QueueRow? {
    guard let name, let limit else { return nil }
    func counter(_ value: RouterOSValue?) -> Int64? {
      value.flatMap { RouterOSText.counter($0.text) }
    }
    return QueueRow(
      name: name.text, id: id?.text, maxLimit: limit,
      rate: rate.flatMap { BitsPerSecond(parsing: $0.text) }, bytes: counter(bytes),
      packets: counter(packets), dropped: counter(dropped),
      queuedBytes: counter(queuedBytes), queuedPackets: counter(queuedPackets),
      isDisabled: disabled.flatMap { RouterOSText.bool($0.text) } ?? false,
      isInvalid: invalid.flatMap { RouterOSText.bool($0.text) } ?? false,
      parent: parent?.text ?? "", queueType: queue?.text ?? "")
  }
}

struct QueueTypeRow: Decodable {
  var name: RouterOSValue?
  var kind: RouterOSValue?
}

struct IdentityReply: Decodable {
  var name: RouterOSValue?
}

struct ResourceReply: Decodable {
  var version: RouterOSValue?
  var board: RouterOSValue?
  var uptime: RouterOSValue?
  var sectorsWritten: RouterOSValue?

  enum CodingKeys: String, CodingKey {
    case version
    case board = "board-name"
    case uptime
    case sectorsWritten = "write-sect-since-reboot"
  }
}

/// A row of whatever menu. What is no text, number, boolean or list of them is left out.
struct RESTRow: Decodable {
  var row: RouterRow

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    var values: [String: String] = [:]
    for key in container.allKeys {
      values[key.stringValue] = (try? container.decode(RouterOSValue.self, forKey: key))?.text
    }
    row = RouterRow(values)
  }
}

/// An answer that says nothing but that the command was carried out.
struct AnyReply: Decodable {
  init(from decoder: any Decoder) {}
}

/// The body of an answer above 399; not every one has it.
struct ErrorReply: Decodable {
  var detail: RouterOSValue?
  var message: RouterOSValue?
}

/// Reads the JSON of RouterOS.
enum RESTReply {
  /// nil when `body` is no such value.
  static func decode<Value: Decodable>(_ type: Value.Type, _ body: [UInt8]) -> Value? {
    if let value = try? JSONDecoder().decode(type, from: Data(body)) { return value }
    guard let mended = mendEscapes(body) else { return nil }
    return try? JSONDecoder().decode(type, from: Data(mended))
  }

  /// RouterOS passes some backslashes of comments on as they are, which no JSON reader takes:
  /// doubles those that begin no escape. nil when there are none.
  static func mendEscapes(_ body: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    var isMended = false
    var index = 0
    while index < body.count {
      let byte = body[index]
      result.append(byte)
      index += 1
      guard byte == UInt8(ascii: "\\") else { continue }
      if index < body.count, "\"\\/bfnrtu".utf8.contains(body[index]) {
        result.append(body[index])
        index += 1
      } else {
        result.append(byte)
        isMended = true
      }
    }
    return isMended ? result : nil
  }
}

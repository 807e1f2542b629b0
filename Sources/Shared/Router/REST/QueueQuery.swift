import Model

/// The question for the rows of several queues in one request.
enum QueueQuery {
  /// The body of `POST /rest/queue/tree/print`: a stack of conditions, joined by "or".
  static func body(_ names: [Identifier]) -> [UInt8] {
    var json = JSONWriter(reserving: 256 + 80 * names.count)
    json.beginObject()
    json.key(".proplist")
    json.beginArray()
    for key in QueueTreeRow.CodingKeys.allCases { json.string(key.rawValue) }
    json.endArray()
    json.key(".query")
    json.beginArray()
    for name in names { json.string("name=\(name)") }
    for _ in names.dropFirst() { json.string("#|") }
    json.endArray()
    json.endObject()
    return json.withBytes { Array($0) }
  }

  /// Whether a text is a RouterOS id (`*1000000`) and so may stand in a path as it is.
  static func isID(_ text: String) -> Bool {
    guard text.utf8.first == UInt8(ascii: "*"), (2...17).contains(text.utf8.count) else {
      return false
    }
    return text.utf8.dropFirst().allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
  }
}

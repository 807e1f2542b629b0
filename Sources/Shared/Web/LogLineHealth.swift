import Model

/// `last_error` of both daemons.
enum LogLineHealth {
  static func write(_ line: LogLine?, to json: inout JSONWriter) {
    json.key("last_error")
    guard let line else { return json.null() }
    json.beginObject()
    json.field("time", isoTime: line.time)
    json.field("wan", line.wan)
    json.field("level", line.level.rawValue)
    json.field("message", line.message)
    json.endObject()
  }
}

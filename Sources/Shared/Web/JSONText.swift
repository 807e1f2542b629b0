import Glibc
import Model

/// JSON as the original's servers print it: indented by two, ASCII alone.
enum JSONText {
  static func quoted(_ text: String) -> String {
    var json = JSONWriter(escaping: .ascii)
    json.string(text)
    return json.text
  }

  /// A compact text, indented by two.
  static func indented(_ compact: borrowing JSONWriter) -> String {
    compact.withBytes { bytes in
      var text: [UInt8] = []
      text.reserveCapacity(bytes.count * 2)
      var depth = 0
      var isInString = false
      var isEscaped = false
      func newline() {
        text.append(UInt8(ascii: "\n"))
        for _ in 0..<depth { text.append(contentsOf: [0x20, 0x20]) }
      }
      for (index, byte) in bytes.enumerated() {
        if isInString {
          text.append(byte)
          if isEscaped {
            isEscaped = false
          } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
          } else if byte == UInt8(ascii: "\"") {
            isInString = false
          }
          continue
        }
        let isEmpty = index + 1 < bytes.count && bytes[index + 1] == byte + 2
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
          text.append(byte)
          depth += 1
          // The closing bracket is two after the opening one, in ASCII.
          if !isEmpty { newline() }
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          depth -= 1
          if index > 0, bytes[index - 1] != byte - 2 { newline() }
          text.append(byte)
        case UInt8(ascii: ","):
          text.append(byte)
          newline()
        case UInt8(ascii: ":"):
          text.append(byte)
          text.append(0x20)
        default:
          isInString = byte == UInt8(ascii: "\"")
          text.append(byte)
        }
      }
      return String(decoding: text, as: UTF8.self)
    }
  }

  /// `value` with at most `digits` decimals, correctly rounded.
  static func rounded(_ value: Double, _ digits: Int) -> Double {
    guard value.isFinite else { return value }
    return Double(fixed(value, digits: digits)) ?? value
  }

  /// `2026-11-20T23:36:13+00:00`.
  static func isoTime(_ time: UnixTime) -> String {
    var seconds = time_t(time.rawValue / 1_000_000)
    var fields = tm()
    guard gmtime_r(&seconds, &fields) != nil else { return "\(seconds)" }
    func padded(_ value: CInt) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(fields.tm_year + 1900)-\(padded(fields.tm_mon + 1))-\(padded(fields.tm_mday))"
      + "T\(padded(fields.tm_hour)):\(padded(fields.tm_min)):\(padded(fields.tm_sec))+00:00"
  }
}

extension JSONWriter {
  /// A time as ISO 8601 in UTC, or null.
  mutating func field(_ name: String, isoTime time: UnixTime?) {
    field(name, time.map(JSONText.isoTime))
  }

  /// A number with at most `digits` decimals, or null.
  mutating func field(_ name: String, _ value: Double?, digits: Int) {
    field(name, value.map { JSONText.rounded($0, digits) })
  }

  mutating func object(_ name: String, _ body: (inout JSONWriter) -> Void) {
    key(name)
    beginObject()
    body(&self)
    endObject()
  }
}

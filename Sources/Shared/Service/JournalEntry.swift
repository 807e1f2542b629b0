import Logging

/// The fields of one entry of the journal, as bytes of its protocol.
struct JournalEntry {
  private(set) var bytes: [UInt8] = []

  /// Names that are ours, the journal's, or mean something to journalctl(1).
  private static let reserved: Set<String> = [
    "MESSAGE", "MESSAGE_ID", "PRIORITY", "WAN", "LEVEL", "LOGGER", "EXCEPTION", "ERRNO", "TID",
    "INVOCATION_ID", "USER_INVOCATION_ID", "DOCUMENTATION", "UNIT", "USER_UNIT",
  ]
  private static let reservedBeginnings = ["SYSLOG_", "CODE_", "OBJECT_", "COREDUMP_"]
  /// The journal refuses longer names.
  private static let maximumName = 64

  /// What the line of JSON has, but for the time, which the journal takes itself.
  init(_ entry: LogEntry, message: String) {
    add("MESSAGE", message)
    add("PRIORITY", "\(entry.level.priority)")
    add("SYSLOG_IDENTIFIER", "wanctl-" + entry.label)
    add("WAN", entry.label)
    add("LEVEL", entry.level.name)
    add("LOGGER", entry.loggerName)
    if let error = entry.error { add("EXCEPTION", error) }
    for (key, value) in entry.metadata.sorted(by: { $0.key < $1.key }) {
      if let name = Self.fieldName(key) { add(name, "\(value)") }
    }
  }

  /// `key` in capitals, digits and underscores, which is all that the journal takes; one that has a
  /// meaning of its own gets `EXTRA_` before it. nil when nothing is left.
  static func fieldName(_ key: String) -> String? {
    let name = String(
      decoding: key.utf8.map { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 0x20
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        default: UInt8(ascii: "_")
        }
      }, as: UTF8.self)
    guard name.contains(where: { $0 != "_" }) else { return nil }
    let isReserved =
      reserved.contains(name) || reservedBeginnings.contains(where: name.hasPrefix)
      || name.first.map { $0 == "_" || $0.isNumber } ?? true
    return String((isReserved ? "EXTRA_" + name : name).prefix(maximumName))
  }

  /// A value of several lines is preceded by its length instead of an equals sign.
  private mutating func add(_ name: String, _ value: String) {
    bytes += name.utf8
    if value.utf8.contains(UInt8(ascii: "\n")) {
      bytes.append(UInt8(ascii: "\n"))
      withUnsafeBytes(of: UInt64(value.utf8.count).littleEndian) { bytes += $0 }
    } else {
      bytes.append(UInt8(ascii: "="))
    }
    bytes += value.utf8
    bytes.append(UInt8(ascii: "\n"))
  }
}

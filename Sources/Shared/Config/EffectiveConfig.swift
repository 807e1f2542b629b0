public import Model

/// The configuration after defaults, legacy forms and variables: what the program runs by, in the
/// key structure of the file.
public struct EffectiveConfig: Sendable, Equatable {
  /// A key by its full path and its value.
  public struct Entry: Sendable, Equatable {
    public var key: String
    /// The parts of the key, as `ConfigKey.components`.
    let components: [String]
    public var value: ConfigValue
    /// Whether a file has the key; else the value is a default or follows from others.
    public var isGiven: Bool

    /// What counts is the value, wherever it comes from.
    public static func == (left: Self, right: Self) -> Bool {
      left.key == right.key && left.components == right.components && left.value == right.value
    }
  }

  /// In the order of the schema.
  public let entries: [Entry]

  init(_ values: ConfigValues) {
    entries = values.schema.keys.compactMap { key in
      if case .unused = key.presence { return nil }
      return values[key.path].map {
        Entry(
          key: key.path, components: key.components, value: $0.value,
          isGiven: $0.location != nil)
      }
    }
  }

  /// The value of a key by its full path; nil when it has none.
  public subscript(key: String) -> ConfigValue? {
    entries.first { $0.key == key }?.value
  }

  /// As one JSON object with the sections of the file nested. Secrets are hidden.
  public func write(to json: inout JSONWriter) {
    var open: [(name: String, isList: Bool)] = []
    func close(to depth: Int, _ json: inout JSONWriter) {
      while open.count > depth {
        if open.removeLast().isList { json.endArray() } else { json.endObject() }
      }
    }
    json.beginObject()
    for entry in entries {
      let path = entry.components
      let shared = zip(open, path.dropLast()).prefix { $0.name == $1 }.count
      close(to: shared, &json)
      for depth in shared..<path.count - 1 {
        let isList = path[depth + 1].hasPrefix("[")
        if !path[depth].hasPrefix("[") { json.key(path[depth]) }
        if isList { json.beginArray() } else { json.beginObject() }
        open.append((path[depth], isList))
      }
      json.key(path[path.count - 1])
      entry.value.write(to: &json)
    }
    close(to: 0, &json)
    json.endObject()
  }

  /// 16 hexadecimal digits that tell this configuration from another: FNV-1a of the JSON text,
  /// in which secrets are hidden.
  public var digest: String {
    var json = JSONWriter(reserving: 4096)
    write(to: &json)
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    json.withBytes { bytes in
      for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// One line per key that is not as in `old`, for the log of a reload:
  /// `continuous_monitoring.download.ceiling_mbps: 940 -> 800`.
  public func changes(since old: EffectiveConfig) -> [String] {
    let before = Dictionary(old.entries.map { ($0.key, $0.value) }) { $1 }
    let now = Dictionary(entries.map { ($0.key, $0.value) }) { $1 }
    let changed = entries.filter { before[$0.key] != $0.value }.map(\.key)
    let gone = old.entries.map(\.key).filter { now[$0] == nil }
    return (changed + gone).map { key in
      if case .secret = now[key] ?? before[key] { return "\(key): changed" }
      return "\(key): \(before[key] ?? .null) -> \(now[key] ?? .null)"
    }
  }
}

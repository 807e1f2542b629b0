import Model

// The JSON form, described in wanctl-scenario(5). Keys say their unit; an unknown key is an error,
// for a mistyped one would silently change what is simulated. The decoder is the caller's.

extension Scenario: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name
    case summary
    case duration = "duration_s"
    case baseRTT = "base_rtt_ms"
    case jitter = "jitter_ms"
    case loss
    case fullBufferLoss = "full_buffer_loss"
    case reflectorExtra = "reflector_extra_ms"
    case download, upload, outages, faults
  }

  /// Reads a scenario and validates it.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(knowing: CodingKeys.self)
    self.init(
      name: try keys.decodeIfPresent(String.self, forKey: .name) ?? "",
      summary: try keys.decodeIfPresent(String.self, forKey: .summary) ?? "",
      duration: Milliseconds(
        seconds: try keys.decodeIfPresent(Double.self, forKey: .duration) ?? 60),
      baseRTTms: try keys.decode(Schedule.self, forKey: .baseRTT),
      jitter: Milliseconds(try keys.decodeIfPresent(Double.self, forKey: .jitter) ?? 0),
      loss: try keys.decodeIfPresent(Double.self, forKey: .loss) ?? 0,
      fullBufferLoss: try keys.decodeIfPresent(Double.self, forKey: .fullBufferLoss) ?? 0.02,
      reflectorExtra: try keys.decodeIfPresent([Double].self, forKey: .reflectorExtra)?
        .map { Milliseconds($0) } ?? [],
      download: try keys.decode(Link.self, forKey: .download),
      upload: try keys.decode(Link.self, forKey: .upload),
      outages: try keys.decodeIfPresent([Window].self, forKey: .outages) ?? [],
      faults: try keys.decodeIfPresent([Fault].self, forKey: .faults) ?? [])
    try validate()
  }
}

extension Scenario.Link: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case capacity = "capacity_mbps"
    case load = "load_mbps"
    case bufferBytes = "buffer_bytes"
    case bufferTime = "buffer_ms"
    case shaperBacklog = "shaper_backlog_ms"
    case senderLag = "sender_lag_ms"
  }

  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(knowing: CodingKeys.self)
    self.init(
      capacityMbps: try keys.decode(Schedule.self, forKey: .capacity),
      loadMbps: try keys.decode(Schedule.self, forKey: .load))
    bufferBytes = try keys.decodeIfPresent(Double.self, forKey: .bufferBytes)
    if let value = try keys.decodeIfPresent(Double.self, forKey: .bufferTime) {
      bufferTime = Milliseconds(value)
    }
    if let value = try keys.decodeIfPresent(Double.self, forKey: .shaperBacklog) {
      shaperBacklog = Milliseconds(value)
    }
    if let value = try keys.decodeIfPresent(Double.self, forKey: .senderLag) {
      senderLag = Milliseconds(value)
    }
  }
}

extension Scenario.Window: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case from = "from_s"
    case to = "to_s"
  }

  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(knowing: CodingKeys.self)
    self.init(
      from: Milliseconds(seconds: try keys.decode(Double.self, forKey: .from)),
      to: Milliseconds(seconds: try keys.decode(Double.self, forKey: .to)))
  }
}

extension Scenario.Fault: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case reflector
    case from = "from_s"
    case to = "to_s"
    case loss
    case extra = "extra_ms"
  }

  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(knowing: CodingKeys.self)
    let extra = try keys.decodeIfPresent(Double.self, forKey: .extra)
    self.init(
      reflector: try keys.decodeIfPresent(Int.self, forKey: .reflector),
      window: Scenario.Window(
        from: Milliseconds(seconds: try keys.decode(Double.self, forKey: .from)),
        to: Milliseconds(seconds: try keys.decode(Double.self, forKey: .to))),
      // A fault that only says how slow the reflector is loses nothing.
      loss: try keys.decodeIfPresent(Double.self, forKey: .loss) ?? (extra == nil ? 1 : 0),
      extra: Milliseconds(extra ?? 0))
  }
}

/// A number, or an object with `from`, `changes` and `repeat_s`.
extension Schedule: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case from, changes
    case period = "repeat_s"
  }

  public init(from decoder: any Decoder) throws {
    if let value = try? decoder.singleValueContainer().decode(Double.self) {
      self.init(value)
      return
    }
    let keys = try decoder.container(knowing: CodingKeys.self)
    self.init(
      try keys.decode(Double.self, forKey: .from),
      changes: try keys.decodeIfPresent([Change].self, forKey: .changes) ?? [],
      period: try keys.decodeIfPresent(Double.self, forKey: .period)
        .map { Milliseconds(seconds: $0) })
  }
}

extension Schedule.Change: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case at = "at_s"
    case to
    case over = "over_s"
  }

  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(knowing: CodingKeys.self)
    self.init(
      at: Milliseconds(seconds: try keys.decode(Double.self, forKey: .at)),
      to: try keys.decode(Double.self, forKey: .to),
      over: Milliseconds(
        seconds: try keys.decodeIfPresent(Double.self, forKey: .over) ?? 0))
  }
}

extension ScenarioError {
  /// Says in words why a decoder refused a scenario.
  public init(_ error: DecodingError) {
    switch error {
    case .keyNotFound(let key, let context):
      self.init(key: Self.path(context.codingPath + [key]), message: "is missing")
    case .typeMismatch(let type, let context):
      let wanted =
        type is Double.Type || type is Int.Type
        ? "a number" : type is String.Type ? "a text" : "an object or a list"
      self.init(key: Self.path(context.codingPath), message: "expected \(wanted)")
    case .valueNotFound(_, let context):
      self.init(key: Self.path(context.codingPath), message: "null is not allowed")
    case .dataCorrupted(let context):
      let path = Self.path(context.codingPath)
      self.init(key: path, message: path.isEmpty ? "not valid JSON" : context.debugDescription)
    @unknown default: self.init(key: "", message: "not a scenario")
    }
  }

  fileprivate static func path(_ keys: [any CodingKey]) -> String {
    keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
  }
}

private struct AnyKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension Decoder {
  /// The keyed container, when it has no other keys than those of `Keys`.
  fileprivate func container<Keys: CodingKey & CaseIterable & RawRepresentable>(
    knowing keys: Keys.Type
  ) throws -> KeyedDecodingContainer<Keys> where Keys.RawValue == String {
    let known = Keys.allCases.map(\.rawValue)
    for key in try container(keyedBy: AnyKey.self).allKeys
    where !known.contains(key.stringValue) {
      throw ScenarioError(
        key: ScenarioError.path(codingPath + [key]),
        message: "unknown key; known here: \(known.joined(separator: ", "))")
    }
    return try container(keyedBy: keys)
  }
}

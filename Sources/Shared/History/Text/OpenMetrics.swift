import Model

/// History in the text format of OpenMetrics 1.0, which metrics servers take in: families of metrics,
/// within them series, within them samples by their time.
enum OpenMetrics {
  static let end: StaticString = "# EOF\n"

  /// Whether a name can stand in the format.
  static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, !isDigit(first) else { return false }
    return name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: ":") }
  }

  /// The lines above a family's samples.
  static func appendHead(_ metric: MetricName, to bytes: inout [UInt8]) {
    // What later versions store is kept, but what it is nobody knows here.
    let isKnown = metric.help != nil
    bytes.append(contentsOf: "# TYPE \(metric) \(isKnown ? "gauge" : "unknown")\n".utf8)
    if let unit = metric.unit { bytes.append(contentsOf: "# UNIT \(metric) \(unit)\n".utf8) }
    if let help = metric.help { bytes.append(contentsOf: "# HELP \(metric) \(help)\n".utf8) }
  }

  /// The labels of a series with their braces.
  ///
  /// - Parameter stored: the column `labels`. A flat object has a label for each member; any other
  ///   text is one label called `labels`.
  static func labels(wan: String, stored: String?) -> String {
    var labels = [(name: "wan", value: wan)]
    let members = stored.map { text in
      StoredLabels.members(of: text) ?? [("labels", text)]
    }
    for member in members ?? [] {
      let name = labelName(member.name)
      // A name is there once.
      if !labels.contains(where: { $0.name == name }) { labels.append((name, member.value)) }
    }
    let pairs = labels.map { "\($0.name)=\"\(escaped($0.value))\"" }
    return "{\(pairs.joined(separator: ","))}"
  }

  /// Appends one sample.
  ///
  /// - Parameters:
  ///   - start: name and labels.
  ///   - milliseconds: since the second.
  static func append(
    _ start: [UInt8], _ value: Double, at timestamp: Int64, milliseconds: Int,
    to bytes: inout [UInt8]
  ) {
    bytes.append(contentsOf: start)
    bytes.append(UInt8(ascii: " "))
    if value.isFinite {
      bytes.append(contentsOf: shortest(value).utf8)
    } else {
      bytes.append(value < 0 ? "-Inf" : "+Inf")
    }
    bytes.append(UInt8(ascii: " "))
    bytes.append(decimal: timestamp)
    if milliseconds > 0 {
      bytes.append(UInt8(ascii: "."))
      bytes.append(digits: UInt64(milliseconds), atLeast: 3)
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  private static func labelName(_ text: String) -> String {
    var bytes = text.utf8.map { isLetter($0) || isDigit($0) ? $0 : UInt8(ascii: "_") }
    if bytes.first.map(isDigit) ?? true { bytes.insert(UInt8(ascii: "_"), at: 0) }
    // Two of them in front are the server's own.
    while bytes.starts(with: "__".utf8) { bytes.removeFirst() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

extension MetricName {
  /// What a metrics server shows beside the name; nil of a metric that is not ours.
  fileprivate var help: String? {
    switch self {
    case .rtt: "Measured latency."
    case .baseline: "Latency of the idle line."
    case .delta: "Smoothed latency less that of the idle line."
    case .downloadRate: "Rate decided for download."
    case .uploadRate: "Rate decided for upload."
    case .state: "Congestion: 0 GREEN, 1 YELLOW, 2 SOFT_RED, 3 RED; of steering 2 is RED."
    case .steeringEnabled: "1 while steering is on."
    default: nil
    }
  }

  /// The unit, with which the name ends.
  fileprivate var unit: String? {
    guard help != nil else { return nil }
    return ["ms", "mbps"].first { rawValue.hasSuffix("_" + $0) }
  }
}

import Model

/// Metrics in the text form of Prometheus, version 0.0.4.
struct MetricsText {
  enum Kind: String {
    case gauge
    case counter
    case histogram
  }

  typealias Labels = [(name: String, value: String)]

  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  /// Begins a metric. All its values have to follow before the next one begins.
  mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  /// A metric with one value and no labels.
  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
    begin(name, kind, help)
    add(name, [], value)
  }

  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger) {
    begin(name, kind, help)
    add(name, [], value)
  }

  /// A value in the shortest form that reads back as the same double.
  mutating func add(_ name: String, _ labels: Labels, _ value: Double) {
    line(
      name, labels,
      value.isNaN ? "NaN" : value.isInfinite ? value < 0 ? "-Inf" : "+Inf" : shortest(value))
  }

  mutating func add(_ name: String, _ labels: Labels, _ value: some BinaryInteger) {
    line(name, labels, "\(value)")
  }

  /// The buckets, the sum in seconds, and the count.
  mutating func add(_ name: String, _ labels: Labels, _ durations: DurationBuckets) {
    for (bound, count) in durations.cumulative {
      line(name + "_bucket", labels + [("le", shortest(bound.seconds))], "\(count)")
    }
    line(name + "_bucket", labels + [("le", "+Inf")], "\(durations.count)")
    line(name + "_sum", labels, shortest(durations.sum.seconds))
    line(name + "_count", labels, "\(durations.count)")
  }

  private mutating func line(_ name: String, _ labels: Labels, _ value: String) {
    text += name
    if !labels.isEmpty {
      let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
      text += "{\(pairs.joined(separator: ","))}"
    }
    text += " \(value)\n"
  }

  private static func escaped(_ value: String) -> String {
    guard value.utf8.contains(where: { [0x5C, 0x22, 0x0A].contains($0) }) else { return value }
    var escaped = ""
    for character in value.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\"": escaped += "\\\""
      case "\n": escaped += "\\n"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}

public import Model

/// The text of the column `labels`: a JSON object with `", "` and `": "`, everything outside ASCII
/// escaped, keys in the order of writing. Readers show it as it is, so it is the same to the byte
/// as what the original writes.
public struct MetricLabels: Sendable, Equatable {
  /// A value of a label.
  public enum Value: Sendable, Equatable {
    case text(String)
    case integer(Int64)
    case real(Double)
    case flag(Bool)
    case null
    case object(MetricLabels)
  }

  public var fields: [(name: String, value: Value)]

  public init(_ fields: [(name: String, value: Value)]) { self.fields = fields }

  /// The text; nil without any field: the column is NULL then.
  public var text: String? { fields.isEmpty ? nil : jsonText }

  private var jsonText: String {
    let pairs = fields.map { "\(Self.quoted($0.name)): \(Self.text(of: $0.value))" }
    return "{\(pairs.joined(separator: ", "))}"
  }

  private static func text(of value: Value) -> String {
    switch value {
    case .text(let text): quoted(text)
    case .integer(let number): "\(number)"
    case .real(let number): shortest(number)
    case .flag(let flag): flag ? "true" : "false"
    case .null: "null"
    case .object(let labels): labels.jsonText
    }
  }

  private static func quoted(_ text: String) -> String {
    var json = JSONWriter(escaping: .ascii)
    json.string(text)
    return json.text
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.fields.count == right.fields.count
      && zip(left.fields, right.fields).allSatisfy { $0.name == $1.name && $0.value == $1.value }
  }
}

extension MetricLabels {
  /// `{"direction": "download"}`: on the state of a direction in each cycle.
  public static func direction(_ direction: Direction) -> MetricLabels {
    MetricLabels([("direction", .text(direction.name))])
  }

  /// `{"direction": "download", "reason": "…"}`: on the row of a change of state.
  public static func transition(_ direction: Direction, reason: String) -> MetricLabels {
    MetricLabels([("direction", .text(direction.name)), ("reason", .text(reason))])
  }

  /// `{"source": "steering"}`: on the congestion state of steering in each cycle.
  public static let steering = MetricLabels([("source", .text("steering"))])

  /// `{"reason": "Transitioned from A to B", "from_state": "A", "to_state": "B"}`.
  ///
  /// - Parameter target: `"target": "wan2"` behind them, where there are several; nil = none.
  public static func steeringTransition(
    from: String, to: String, target: String? = nil
  ) -> MetricLabels {
    transition("Transitioned from \(from) to \(to)", from, to, target.map { ("target", $0) })
  }

  /// `{"reason": "Would transition from A to B", "from_state": "A", "to_state": "B",
  /// "contributors": "RED, queue_high(80%)"}`.
  public static func steeringWould(
    from: String, to: String, contributors: [String]
  ) -> MetricLabels {
    transition(
      "Would transition from \(from) to \(to)", from, to,
      ("contributors", contributors.joined(separator: ", ")))
  }

  /// `{"reason": "Moved from wan2 to wan3", "target": "wan3"}`.
  public static func steeringTarget(from: String?, to: String) -> MetricLabels {
    MetricLabels([
      ("reason", .text("Moved from \(from ?? "nothing") to \(to)")), ("target", .text(to)),
    ])
  }

  private static func transition(
    _ reason: String, _ from: String, _ to: String, _ more: (String, String)?
  ) -> MetricLabels {
    var labels = MetricLabels([
      ("reason", .text(reason)), ("from_state", .text(from)), ("to_state", .text(to)),
    ])
    if let more { labels.fields.append((more.0, .text(more.1))) }
    return labels
  }
}

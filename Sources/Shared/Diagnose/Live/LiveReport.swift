import Model
public import Terminal

/// What `check --live` prints.
public struct LiveReport: Sendable, Equatable {
  /// Whom the daemons run as.
  public var userName: String
  public var items: [LiveItem]

  public init(userName: String, items: [LiveItem]) {
    self.userName = userName
    self.items = items
  }

  public var findings: [Finding] { items.flatMap(\.findings) }

  /// Whether the daemons can do their work: warnings do not keep them from it.
  public var isPassed: Bool { items.allSatisfy { $0.result != .error } }

  private func count(_ result: LiveItem.Result) -> Int { items.count { $0.result == result } }

  /// A table of everything that was looked at, then the findings with what mends them. Ends with a
  /// newline.
  public func text(width: Int, palette: Palette) -> String {
    var table = Table([.init("RESULT"), .init("WHAT"), .init("WHICH"), .init("SEEN")])
    for item in items {
      table.add([item.result.rawValue, item.topic.rawValue, item.subject, item.detail])
    }
    var text = table.text(palette)
    for finding in findings.enumerated()
      .sorted(by: { ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset) })
      .map(\.element)
    {
      let lines = FindingText(finding, width: width, palette: palette).lines
      text += "\n" + lines.joined(separator: "\n") + "\n"
    }
    let counts = LiveItem.Result.allCases.compactMap { result in
      let count = count(result)
      return count == 0 ? nil : "\(count) \(result.rawValue)"
    }
    return text + "\n" + counts.joined(separator: ", ") + "\n"
  }

  /// For programs: one JSON object without a newline.
  public var json: String {
    var json = JSONWriter(reserving: 8192)
    json.beginObject()
    json.key("live")
    json.beginObject()
    json.field("passed", isPassed)
    for result in LiveItem.Result.allCases { json.field(result.rawValue, count(result)) }
    json.field("user", userName)
    json.endObject()
    json.key("checks")
    json.beginArray()
    for item in items {
      json.beginObject()
      json.field("what", item.topic.rawValue)
      json.field("which", item.subject)
      json.field("result", item.result.rawValue)
      json.field("seen", item.detail)
      json.key("findings")
      json.beginArray()
      for finding in item.findings { finding.write(to: &json, router: nil) }
      json.endArray()
      json.endObject()
    }
    json.endArray()
    json.endObject()
    return json.text
  }
}

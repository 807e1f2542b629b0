import Model
public import Terminal

/// What `check --migrate` prints.
public struct MigrationReport: Sendable, Equatable {
  /// Empty = this host.
  public var root: String
  public var lines: [MigrationLine]

  /// Whether nothing has to be changed.
  public var isReady: Bool { lines.allSatisfy { $0.verdict != .change } }

  private func count(_ verdict: MigrationLine.Verdict) -> Int {
    lines.count { $0.verdict == verdict }
  }

  /// For people: what stands in one file below its name. Ends with a newline.
  public func text(width: Int, palette: Palette) -> String {
    var text = ""
    var subjects: [String] = []
    for line in lines where !subjects.contains(line.subject) { subjects.append(line.subject) }
    for subject in subjects {
      text += palette.paint(printable(subject), Style(.plain, bold: true)) + "\n"
      for line in lines where line.subject == subject {
        let ink: Ink =
          switch line.verdict {
          case .same: .green
          case .differs: .yellow
          case .change: .red
          }
        let name = line.verdict.rawValue
        let indent = String(repeating: " ", count: 11)
        let sentences = FindingText.wrapped(printable(line.text), indent: indent, width: width)
        let first = sentences.first.map { String($0.dropFirst(indent.count)) } ?? ""
        let padding = String(repeating: " ", count: max(1, 9 - name.count))
        text += "  " + palette.paint(name, Style(ink, bold: true)) + padding + first + "\n"
        for sentence in sentences.dropFirst() { text += sentence + "\n" }
        for mending in line.mending {
          for command in mending.text.split(separator: "\n") {
            text += indent + "  " + palette.paint(printable(String(command)), Style(.cyan)) + "\n"
          }
        }
      }
    }
    let counts = MigrationLine.Verdict.allCases.map { "\(count($0)) \($0.rawValue)" }
    return text + "\n" + counts.joined(separator: ", ") + "\n"
      + (isReady ? "" : "What is marked change has to be done before.\n")
      + "docs/migrating.md has the way over and back.\n"
  }

  /// For programs: one JSON object without a newline.
  public var json: String {
    var json = JSONWriter(reserving: 4096)
    json.beginObject()
    json.field("root", root.isEmpty ? "/" : root)
    json.field("ready", isReady)
    json.key("lines")
    json.beginArray()
    for line in lines {
      json.beginObject()
      json.field("verdict", line.verdict.rawValue)
      json.field("subject", line.subject)
      json.field("text", line.text)
      json.key("mending")
      json.beginArray()
      for mending in line.mending { mending.write(to: &json) }
      json.endArray()
      json.endObject()
    }
    json.endArray()
    json.endObject()
    return json.text
  }
}

extension Finding.Mending {
  /// What is to be pasted.
  var text: String {
    switch self {
    case .router(let text), .host(let text), .configuration(let text, _): text
    }
  }
}

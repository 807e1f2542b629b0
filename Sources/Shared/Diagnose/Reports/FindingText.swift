import Model
import Terminal

/// One finding as lines for people.
struct FindingText {
  private let finding: Finding
  private let width: Int
  private let palette: Palette
  private static let indent = "  "

  init(_ finding: Finding, width: Int, palette: Palette) {
    self.finding = finding
    // Narrower than this a line holds no sentence.
    self.width = max(width, 40)
    self.palette = palette
  }

  var lines: [String] {
    [headline] + facts + wrapped(finding.reason, indent: Self.indent) + mending
  }

  private var headline: String {
    let ink: Ink =
      switch finding.severity {
      case .error: .red
      case .warning: .yellow
      case .note: .blue
      }
    let severity = palette.paint(finding.severity.rawValue + ":", Style(ink, bold: true))
    let kind = palette.paint("[\(finding.kind.rawValue)]", Style(.dim))
    return "\(severity) \(printable(finding.subject.text)): \(finding.kind.title) \(kind)"
  }

  private var facts: [String] {
    let names = finding.facts.map { displayWidth(printable($0.name)) }.max() ?? 0
    return finding.facts.flatMap { fact in
      let name = printable(fact.name)
      let padding = String(repeating: " ", count: names - displayWidth(name))
      let indent = String(repeating: " ", count: Self.indent.count + names + 2)
      let values = wrapped(printable(fact.value), indent: indent)
      guard let first = values.first else { return [Self.indent + name] }
      return ["\(Self.indent)\(name)\(padding)  \(first.dropFirst(indent.count))"]
        + values.dropFirst()
    }
  }

  private var mending: [String] {
    var place: String?
    return finding.mending.flatMap { mending -> [String] in
      let (wanted, text) =
        switch mending {
        case .router(let command): ("on the router:", command)
        case .configuration(let yaml, let file): ("in \(file):", yaml)
        case .host(let command): ("on this host:", command)
        }
      // Neighbours of one place stand below one heading.
      let heading = place == wanted ? [] : [Self.indent + printable(wanted)]
      place = wanted
      return heading
        + text.split(separator: "\n").map { line in
          Self.indent + Self.indent + palette.paint(printable(String(line)), Style(.cyan))
        }
    }
  }

  /// `text` in lines of at most `width` columns; a longer word has a line of its own.
  private func wrapped(_ text: String, indent: String) -> [String] {
    Self.wrapped(text, indent: indent, width: width)
  }

  static func wrapped(_ text: String, indent: String, width: Int) -> [String] {
    let room = width - indent.count
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, displayWidth(line) + 1 + displayWidth(String(word)) > room {
        lines.append(indent + line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return line.isEmpty ? lines : lines + [indent + line]
  }
}

extension Finding.Subject {
  /// As a headline has it.
  var text: String {
    switch self {
    case .router(let host): host
    case .queue(let name, let wan): "\(name) (\(wan))"
    case .rule(let comment): "\"\(comment)\""
    case .path(let name), .account(let name), .listener(let name): name
    }
  }
}

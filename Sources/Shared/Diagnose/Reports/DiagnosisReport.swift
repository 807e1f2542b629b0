import Model
public import Terminal

/// What `wanctl-cake doctor` prints about the routers that it has looked at.
public struct DiagnosisReport: Sendable {
  /// A router and what was found there.
  public struct Section: Sendable {
    public var facts: RouterFacts
    public var findings: [Finding]

    public init(_ facts: RouterFacts) {
      self.facts = facts
      findings = facts.findings()
    }
  }

  public var sections: [Section]

  public init(_ facts: [RouterFacts]) { sections = facts.map(Section.init) }

  public var findings: [Finding] { sections.flatMap(\.findings) }

  /// Whether there is nothing to mend: notes are no reason to.
  public var isClean: Bool { findings.allSatisfy { $0.severity == .note } }

  func count(_ severity: Finding.Severity) -> Int {
    findings.count { $0.severity == severity }
  }
}

extension DiagnosisReport {
  /// For people: a heading for each router, its findings, and how many there are. Ends with a
  /// newline.
  ///
  /// - Parameter width: sentences are broken there; commands never are, so that they can be pasted.
  public func text(width: Int, palette: Palette) -> String {
    var lines: [String] = []
    for section in sections {
      lines += [palette.paint(heading(section.facts), Style(.plain, bold: true)), ""]
      for finding in section.findings {
        lines += FindingText(finding, width: width, palette: palette).lines + [""]
      }
    }
    return (lines + [summary]).joined(separator: "\n") + "\n"
  }

  /// `192.168.88.1 (MikroTik, RB5009UG+S+, RouterOS 7.23.7, up for 6 days)`.
  private func heading(_ facts: RouterFacts) -> String {
    let resource = facts.resource.newest
    let parts = [
      facts.identity, resource?.board,
      resource.flatMap { $0.version.isEmpty ? nil : "RouterOS \($0.version)" },
      resource?.uptime.map { "up for \(Self.span($0))" },
    ].compactMap { $0 }.filter { !$0.isEmpty }
    let more = parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
    return printable(facts.settings.host + more)
  }

  private static func span(_ time: Milliseconds) -> String {
    for (name, seconds) in [("day", 86_400.0), ("hour", 3600), ("minute", 60)] {
      let count = (time.seconds / seconds).rounded(.down)
      if count >= 1 { return "\(fixed(count, digits: 0)) \(name)\(count == 1 ? "" : "s")" }
    }
    return "less than a minute"
  }

  private var summary: String {
    guard !findings.isEmpty else { return "Nothing found." }
    return Finding.Severity.allCases.compactMap { severity in
      let count = count(severity)
      return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
    }.joined(separator: ", ")
  }
}

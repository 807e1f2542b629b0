import Testing

@testable import Config

@Suite struct YAMLComposerTests {
  private func compose(_ text: String) throws -> (YAMLNode?, [ConfigDiagnostic]) {
    try YAMLComposer.compose(Array(text.utf8), file: "f")
  }

  /// The tree as a text without places, to compare with.
  private func outline(_ node: YAMLNode) -> String {
    switch node.content {
    case .scalar(let scalar): scalar.text
    case .sequence(let items): "[" + items.map(outline).joined(separator: " ") + "]"
    case .mapping(let entries):
      "{" + entries.map { "\($0.key.text)=\(outline($0.value))" }.sorted().joined(separator: " ")
        + "}"
    }
  }

  private func failure(_ text: String) -> ConfigDiagnostic? {
    do {
      _ = try compose(text)
      return nil
    } catch {
      return error as? ConfigDiagnostic
    }
  }

  @Test func placesOfKeysAndValues() throws {
    let root = try #require(try compose("a: 1\nbc:\n  d:   \"x\"\n  ü: [y,  z]\n").0)
    let entries = try #require(root.entries)
    #expect(entries[0].location == ConfigLocation(file: "f", line: 1, column: 1))
    #expect(entries[0].value.location == ConfigLocation(file: "f", line: 1, column: 4))
    let inner = try #require(entries[1].value.entries)
    #expect(inner[0].location == ConfigLocation(file: "f", line: 3, column: 3))
    #expect(inner[0].value.location == ConfigLocation(file: "f", line: 3, column: 8))
    guard case .sequence(let items) = inner[1].value.content else {
      Issue.record("no list")
      return
    }
    #expect(items[1].location == ConfigLocation(file: "f", line: 4, column: 11))
  }

  @Test(arguments: [
    ("a: &x {p: 1}\nb: *x", "{a={p=1} b={p=1}}"),
    ("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}", "{a={p=1 q=2} b={p=1 q=3}}"),
    ("b: {q: 3, <<: {p: 1, q: 2}}", "{b={p=1 q=3}}"),
    ("b: {<<: [{p: 1}, {p: 2, q: 2}]}", "{b={p=1 q=2}}"),
    ("b: {<<: {p: 1}, <<: {p: 2}}", "{b={p=2}}"),
    ("b: {\"<<\": {p: 1}}", "{b={<<={p=1}}}"),
    ("&k a: 1\nb: *k", "{a=1 b=a}"),
    ("=: 1", "{==1}"), ("a: !!map {b: !!seq [c]}", "{a={b=[c]}}"), ("a: ! 5", "{a=5}"),
    ("? a\n: b", "{a=b}"), ("a:\n- b\n- c", "{a=[b c]}"),
    ("a: |\n  x\n  y\nb: >\n  x\n  y\n", "{a=x\ny\n b=x y\n}"),
    ("\u{FEFF}a: 1", "{a=1}"), ("a: 1\r\nb: 2\r\n", "{a=1 b=2}"), ("---\na: 1\n...\n", "{a=1}"),
    ("a: \"x\\0y\"", "{a=x\0y}"), ("%YAML 1.1\n---\na: 1", "{a=1}"),
  ])
  func trees(text: String, expected: String) throws {
    let (root, warnings) = try compose(text)
    #expect(outline(try #require(root)) == expected)
    #expect(warnings.isEmpty)
  }

  @Test func noContent() throws {
    for text in ["", "\n\n", "# nothing\n"] { #expect(try compose(text).0 == nil) }
  }

  @Test func textAndNumberAreDifferentKeys() throws {
    let (root, warnings) = try compose("1: a\n\"1\": b\nyes: c\n")
    #expect(root?.entries?.map(\.key.isText) == [false, true, false])
    #expect(warnings.isEmpty)
  }

  @Test func lastOfRepeatedKeysCounts() throws {
    let (root, warnings) = try compose("a: 1\nb: 2\na: 3\n")
    #expect(outline(try #require(root)) == "{a=3 b=2}")
    #expect(
      warnings.map(\.description) == [
        "f:3:1: warning: key \"a\" is repeated, first at f:1:1; this value, the last one, counts"
      ])
  }

  @Test(arguments: [
    ("a: [1\nb: 2", 2, 2), ("a: [1, 2", 1, 9), ("a: [1, 2\n", 2, 1), ("a: {ü", 1, 6),
    ("a:\n\tb: 1", 2, 1), ("a: b: c", 1, 5), ("a: 'x", 1, 6),
    ("a: 1\n---\nb: 2", 2, 1), ("a: *x", 1, 4), ("a: &x 1\nb: &x 2", 2, 4),
    ("a: &x [*x]", 1, 8), ("a: &x [&x [1]]", 1, 8), ("a: !!python/name:os.system x", 1, 4),
    ("a: !local [x]", 1, 4), ("a: !!set {x}", 1, 4), ("a: =", 1, 4), ("a: <<", 1, 4),
    ("a: 0b_", 1, 4), ("? [x]\n: 1", 1, 3), ("<<: 1", 1, 5), ("<<: [1]", 1, 6),
    ("a: \u{1}", 1, 4), ("ü: 1\nüü\u{7}: 2", 2, 3), ("a: \"\\q\"", 1, 5),
  ])
  func refused(text: String, line: Int, column: Int) throws {
    let finding = try #require(failure(text))
    #expect(finding.location == ConfigLocation(file: "f", line: line, column: column))
    #expect(finding.severity == .error)
    #expect(finding.reason == .syntax)
  }

  @Test func bytesThatAreNoUTF8() throws {
    #expect(throws: ConfigDiagnostic.self) {
      try YAMLComposer.compose([0x61, 0x3A, 0x20, 0xFF, 0xFE], file: "f")
    }
  }

  @Test func deepNestingIsRefused() throws {
    let limit = YAMLComposer.maximumHeight
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try compose(nested(limit)).0?.height == limit)
    #expect(failure(nested(limit + 1))?.message.contains("nested deeper") == true)
    #expect(failure(nested(100_000)) != nil)
  }

  @Test func aliasesCannotNestWithoutEnd() {
    var text = "a0: &a0 [x]\n"
    for index in 1...80 { text += "a\(index): &a\(index) [*a\(index - 1)]\n" }
    #expect(failure(text)?.message.contains("through aliases") == true)
  }

  @Test func aliasesCannotMultiplyWithoutEnd() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for index in 1...8 {
      let items = repeatElement("*a\(index - 1)", count: 10).joined(separator: ", ")
      text += "a\(index): &a\(index) [\(items)]\n"
    }
    #expect(failure(text)?.message.contains("aliases counted") == true)
    let long = String(repeating: "x", count: 100_000)
    let copies = repeatElement("*a", count: 200).joined(separator: ", ")
    #expect(failure("a: &a \(long)\nb: [\(copies)]")?.message.contains("aliases counted") == true)
  }
}

/// Replaces `${NAME}` and `${NAME:-default}` in the scalars of a tree.
struct Variables {
  let environment: [String: String]

  /// A plain scalar is read again after the replacement, so `port: ${PORT}` is a number; one in
  /// quotes stays a text. For a variable that is not set its name stands in.
  func replaced(in node: YAMLNode) throws(ConfigDiagnostic) -> YAMLNode {
    var node = node
    switch node.content {
    case .scalar(let scalar):
      node.content = .scalar(try replaced(in: scalar, at: node.location))
    case .sequence(var items):
      for index in items.indices { items[index] = try replaced(in: items[index]) }
      node.content = .sequence(items)
    case .mapping(var entries):
      for index in entries.indices { entries[index].value = try replaced(in: entries[index].value) }
      node.content = .mapping(entries)
    }
    return node
  }

  private func replaced(
    in scalar: YAMLScalar, at location: ConfigLocation
  ) throws(ConfigDiagnostic) -> YAMLScalar {
    guard scalar.text.contains("${") else { return scalar }
    var scalar = scalar
    let (text, unset, count) = expand(scalar.text)
    guard count > 0 else { return scalar }
    scalar.text = text
    scalar.unsetVariables = unset
    scalar.isSubstituted = true
    guard unset.isEmpty else {
      scalar.value = .text(text)
      return scalar
    }
    do {
      scalar.value = try YAMLResolver.value(of: text, isPlain: scalar.isPlain, tag: scalar.tag)
    } catch {
      // The text may be a password: it stays out of the message.
      throw ConfigDiagnostic(
        .error, .syntax, at: location, "the value of a variable cannot be used here",
        remedy: "put the scalar with the variable in double quotes")
    }
    return scalar
  }

  /// The text with its variables replaced, the names of those that are not set, and how many
  /// there were. What does not look like a variable stays as it is.
  private func expand(_ text: String) -> (text: String, unset: [String], count: Int) {
    var result = ""
    var unset: [String] = []
    var count = 0
    var rest = text[...]
    while let start = rest.range(of: "${") {
      result += rest[..<start.lowerBound]
      rest = rest[start.upperBound...]
      guard let end = rest.firstIndex(of: "}"), let variable = Variable(rest[..<end]) else {
        result += "${"
        continue
      }
      rest = rest[rest.index(after: end)...]
      count += 1
      let value = environment[variable.name]
      if let fallback = variable.fallback {
        result += value.flatMap { $0.isEmpty ? nil : $0 } ?? fallback
      } else if let value {
        result += value
      } else {
        result += variable.name
        if !unset.contains(variable.name) { unset.append(variable.name) }
      }
    }
    return (result + rest, unset, count)
  }
}

/// What stands between `${` and `}`.
private struct Variable {
  var name: String
  /// What stands in when the variable is not set or empty, as in a shell.
  var fallback: String?

  /// nil when it does not begin with a name of letters, digits and underscores.
  init?(_ text: Substring) {
    let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    guard let first = name.first, !first.isNumber else { return nil }
    let rest = text[name.endIndex...]
    self.name = String(name)
    if rest.isEmpty { return }
    guard rest.hasPrefix(":-") else { return nil }
    fallback = String(rest.dropFirst(2))
  }
}

extension Substring {
  /// The first place of an ASCII text; Foundation's search is not wanted for this.
  fileprivate func range(of text: StaticString) -> Range<Index>? {
    let count = text.utf8CodeUnitCount
    var start = startIndex
    while let end = utf8.index(start, offsetBy: count, limitedBy: endIndex) {
      if text.withUTF8Buffer({ utf8[start..<end].elementsEqual($0) }) { return start..<end }
      start = utf8.index(after: start)
    }
    return nil
  }
}

extension YAMLNode {
  /// What was found, for a message that says that something else was wanted.
  var kindText: String {
    switch content {
    case .sequence: return "a list"
    case .mapping: return "a section"
    case .scalar(let scalar):
      switch scalar.value {
      case .null: return "nothing"
      case .flag: return "the truth value \(scalar.text)"
      case .integer: return "the whole number \(scalar.text)"
      case .number: return "the number \(scalar.text)"
      case .text: return "the text \(quoted(scalar.text))"
      case .date: return "the date \(scalar.text)"
      case .binary: return "binary data"
      }
    }
  }

  /// The same without the value, for a secret.
  var kindTextWithoutValue: String {
    switch content {
    case .sequence: "a list"
    case .mapping: "a section"
    case .scalar: "another kind of value"
    }
  }
}

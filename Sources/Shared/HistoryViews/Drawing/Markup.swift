import Model

/// Text for XML and HTML.
enum Markup {
  /// The characters that mean something are escaped, in texts and in quoted attributes; those that
  /// XML does not allow (control characters, U+FFFE, U+FFFF) become U+FFFD.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      case "\t", "\n": result.append(scalar)
      default: result.append(isAllowed(scalar.value) ? scalar : "\u{FFFD}")
      }
    }
    return String(result)
  }

  /// Neither a control character, nor one that turns the direction of the text around it.
  private static func isAllowed(_ value: UInt32) -> Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0xFFFE, 0xFFFF, 0x202A...0x202E, 0x2066...0x2069: false
    default: true
    }
  }

  /// A coordinate: at most one decimal, and none that says nothing.
  static func number(_ value: Double) -> String {
    let text = fixed(value.isFinite ? value : 0, digits: 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text == "-0" ? "0" : text
  }
}

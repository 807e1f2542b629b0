/// A file of variables as systemd reads it for `EnvironmentFile=`: the secrets of the services.
public enum EnvironmentFile {
  /// Why a file cannot be read.
  public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    public var path: String
    public var reason: String

    public var description: String { "\(path): \(reason)" }
  }

  /// The variables of the file at `path`.
  public static func read(_ path: String) throws(Failure) -> [String: String] {
    do throws(SourceFile.Failure) {
      return parse(String(decoding: try SourceFile.read(path), as: UTF8.self))
    } catch {
      throw Failure(path: path, reason: error.message)
    }
  }

  /// `NAME=value` lines. Blank lines and those that begin with `#` or `;` are left out, quotes
  /// group, a backslash takes the next character as it is, and at the end of a line it joins the next
  /// one. The last of several lines for a name counts.
  public static func parse(_ text: String) -> [String: String] {
    var parser = Parser(text)
    return parser.variables()
  }

  /// A line that gives `value` to `name`, read back the same by systemd, by a shell and by us.
  ///
  /// A value cannot hold a line end or NUL: nil then.
  public static func line(_ name: String, _ value: String) -> String? {
    guard !value.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" || $0 == "\0" }) else {
      return nil
    }
    let isPlain = value.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "_.-+,:@%/=".utf8.contains(byte)
      }
    }
    if isPlain { return "\(name)=\(value)" }
    if !value.contains("'") { return "\(name)='\(value)'" }
    var quoted = ""
    for character in value {
      if "\"\\`$".contains(character) { quoted += "\\" }
      quoted.append(character)
    }
    return "\(name)=\"\(quoted)\""
  }

  private struct Parser {
    private var rest: Substring.UnicodeScalarView

    init(_ text: String) { rest = text[...].unicodeScalars }

    mutating func variables() -> [String: String] {
      var variables: [String: String] = [:]
      while let first = rest.first {
        if first.properties.isWhitespace {
          rest.removeFirst()
        } else if first == "#" || first == ";" {
          skipLine()
        } else if let name = name() {
          variables[name] = value()
        } else {
          skipLine()
        }
      }
      return variables
    }

    private mutating func skipLine() {
      while let next = rest.popFirst(), next != "\n" {}
    }

    /// What stands before `=`; nil when the line has none, or it is no name.
    private mutating func name() -> String? {
      let name = rest.prefix { $0 != "=" && $0 != "\n" }
      guard name.endIndex < rest.endIndex, rest[name.endIndex] == "=" else { return nil }
      var text = String(name)
      while text.last?.isWhitespace == true { text.removeLast() }
      let isName = text.utf8.allSatisfy {
        $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
          || (0x61...0x7A).contains($0)
      }
      guard isName, let first = text.first, !first.isNumber else { return nil }
      rest = rest[rest.index(after: name.endIndex)...]
      return text
    }

    private mutating func value() -> String {
      var value = String.UnicodeScalarView()
      // Quotes count until the first character that stands outside of them.
      var isBare = false
      // Blanks at the end of a line are no part of the value, unless they are quoted.
      var kept = 0
      while let next = rest.popFirst(), next != "\n" {
        if next.properties.isWhitespace {
          if isBare { value.append(next) }
          continue
        }
        switch next {
        case "'" where !isBare:
          while let quoted = rest.popFirst(), quoted != "'" { value.append(quoted) }
        case "\"" where !isBare: appendDoubleQuoted(to: &value)
        case "\\":
          isBare = true
          if let escaped = rest.popFirst(), escaped != "\n" { value.append(escaped) }
        default:
          isBare = true
          value.append(next)
        }
        kept = value.count
      }
      value.removeLast(value.count - kept)
      return String(value)
    }

    private mutating func appendDoubleQuoted(to value: inout String.UnicodeScalarView) {
      while let next = rest.popFirst(), next != "\"" {
        guard next == "\\" else {
          value.append(next)
          continue
        }
        guard let escaped = rest.popFirst() else { return }
        if escaped == "\n" { continue }
        if !"\"\\`$".unicodeScalars.contains(escaped) { value.append("\\") }
        value.append(escaped)
      }
    }
  }
}

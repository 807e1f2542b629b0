import Foundation
import Testing

/// One file of recorded decisions: a header and its rows, as JSON values.
struct VectorFile: CustomTestStringConvertible, @unchecked Sendable {
  typealias Object = [String: Any]

  var family: String
  var name: String
  var header: Object
  var rows: [Object]

  var testDescription: String { "\(family)/\(name)" }

  /// The folder of the recorded vectors. `WANCTL_VECTORS` names another one of the same shape.
  static let folder: URL =
    ProcessInfo.processInfo.environment["WANCTL_VECTORS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("given")

  /// Every file of a family whose name holds `part`, in order of name.
  static func all(_ family: String, holding part: String = "") -> [VectorFile] {
    let folder = Self.folder.appendingPathComponent(family)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".jsonl") && (part.isEmpty || $0.contains(part)) }.sorted()
      .map {
        read(folder.appendingPathComponent($0), family: family)
      }
  }

  private static func read(_ file: URL, family: String) -> VectorFile {
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n").map { line in
      guard let object = VectorJSON.value(of: line) as? Object else {
        preconditionFailure("\(file.path): no JSON object: \(line.prefix(80))")
      }
      return object
    }
    precondition(!lines.isEmpty, "\(file.path) holds no vector")
    return VectorFile(
      family: family, name: file.deletingPathExtension().lastPathComponent, header: lines[0],
      rows: Array(lines.dropFirst()))
  }
}

/// Says that a recording is not followed, and why: every exclusion is printed, none is silent.
func exclude(_ what: String, because reason: String) {
  print("excluded: \(what): \(reason)")
}

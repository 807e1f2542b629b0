import Config
import Glibc
import Model
import Platform

/// The file of variables that the units read. Nothing in it is ever changed: a line may be added.
struct SecretStore {
  /// Why a secret was not stored.
  enum Failure: Error, Equatable {
    /// It holds what no line can: a line end or NUL.
    case notStorable
    /// Another value has the name already.
    case nameTaken(String)
    case system(SystemError)
    case unreadable(String)
  }

  var path: String
  var owner: NewFile.Owner

  /// A name under which the secret stands already, or a new one: `wanted`, or where that has another
  /// value the same with the WAN's name behind it.
  func name(for secret: Secret, wanted: String, wan: Identifier) throws(Failure) -> String {
    let present = try variables()
    let own = wan.text.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    for name in [wanted, "\(wanted)_\(String(own))"] {
      guard let value = present[name] else { return name }
      if value == secret.revealed { return name }
    }
    throw .nameTaken(wanted)
  }

  /// Adds the line, or makes the file with it, mode 0640; does nothing when it stands there already.
  ///
  /// - Returns: whether something was written.
  func store(_ secret: Secret, as name: String) throws(Failure) -> Bool {
    guard let line = EnvironmentFile.line(name, secret.revealed) else { throw .notStorable }
    if let value = try variables()[name] {
      guard value == secret.revealed else { throw .nameTaken(name) }
      return false
    }
    do throws(SystemError) {
      guard FileFacts.at(path) != nil else {
        try NewFile.makeFolder(of: path, mode: 0o750, owner: owner)
        try NewFile.write(line + "\n", to: path, mode: 0o640, owner: owner)
        return true
      }
      var text = try FileText.read(path, limit: 1 << 20)
      if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
      // What others could read before is closed with it.
      let mode = try FileFacts(path).mode & 0o640
      try NewFile.replace(path, with: text + line + "\n", mode: mode | 0o400)
      return true
    } catch {
      throw .system(error)
    }
  }

  private func variables() throws(Failure) -> [String: String] {
    guard FileFacts.at(path) != nil else { return [:] }
    do throws(EnvironmentFile.Failure) {
      return try EnvironmentFile.read(path)
    } catch {
      throw .unreadable(error.reason)
    }
  }
}

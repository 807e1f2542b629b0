import FoundationEssentials
import Glibc
import Model
import Platform

/// One `known_hosts` file as it was read.
struct KnownHostsFile {
  /// A line that is about the host asked for.
  struct Entry {
    /// From 1.
    var line: Int
    var key: HostKey
    var isRevocation: Bool
  }

  /// Longer files are read up to here.
  private static let maximumBytes = 4 << 20

  let path: String
  /// As they stand, without their ends.
  private(set) var lines: [Substring]

  /// A file that is not there is an empty one.
  init(path: String) throws(SSHFailure) {
    self.path = path
    do throws(SystemError) {
      let text = try FileText.read(path, limit: Self.maximumBytes)
      lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      if lines.last?.isEmpty == true { lines.removeLast() }
    } catch {
      guard error.code == ENOENT || error.code == ENOTDIR else {
        throw SSHFailure(.knownHosts, detail: "\(error)")
      }
      lines = []
    }
  }

  init(path: String, lines: [Substring]) {
    self.path = path
    self.lines = lines
  }

  func entries(for name: String) -> [Entry] {
    lines.enumerated().compactMap { index, line in
      guard let parsed = KnownHostsLine(line), parsed.names(name) else { return nil }
      return Entry(line: index + 1, key: parsed.key, isRevocation: parsed.isRevocation)
    }
  }
}

/// What a line of `known_hosts` says: markers, names, key.
struct KnownHostsLine {
  var isRevocation: Bool
  /// The second field: names and patterns with commas between them, or one hashed name.
  var hosts: Substring
  var key: HostKey

  /// nil for comments, authorities, and what cannot be read.
  init?(_ line: Substring) {
    var fields = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }[...]
    guard let first = fields.first, !first.hasPrefix("#") else { return nil }
    isRevocation = first == "@revoked"
    if first.hasPrefix("@") {
      guard isRevocation else { return nil }
      fields = fields.dropFirst()
    }
    guard fields.count >= 3, let data = Data(base64Encoded: String(fields[fields.startIndex + 2])),
      let key = HostKey(bytes: Array(data)), key.type == fields[fields.startIndex + 1]
    else { return nil }
    hosts = fields[fields.startIndex]
    self.key = key
  }

  /// Whether the line is about a host, by its name in lower case. A pattern that begins with `!`
  /// and matches excludes it.
  func names(_ name: String) -> Bool {
    if hosts.hasPrefix("|") { return isHash(of: name) }
    var isNamed = false
    for pattern in hosts.split(separator: ",") {
      let isNegated = pattern.hasPrefix("!")
      let text = (isNegated ? pattern.dropFirst() : pattern).lowercased()
      guard Self.matches(Array(name.utf8)[...], Array(text.utf8)[...]) else { continue }
      if isNegated { return false }
      isNamed = true
    }
    return isNamed
  }

  /// Whether the line is about this host and no other, so that it may be taken away for it.
  func namesOnly(_ name: String) -> Bool {
    hosts.hasPrefix("|") ? isHash(of: name) : hosts.lowercased() == name
  }

  /// `|1|SALT|HASH`: both in base 64, the hash is the HMAC-SHA1 of the name with the salt as key.
  private func isHash(of name: String) -> Bool {
    let parts = hosts.split(separator: "|", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0].isEmpty, parts[1] == "1",
      let salt = Data(base64Encoded: String(parts[2])),
      let hash = Data(base64Encoded: String(parts[3]))
    else { return false }
    return SHA1.authenticationCode(Array(name.utf8), key: Array(salt)) == Array(hash)
  }

  /// `*` stands for any text, `?` for any byte.
  private static func matches(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    var (text, pattern) = (text, pattern)
    /// Where to go on with one more byte for the last `*`.
    var retry: (text: ArraySlice<UInt8>, pattern: ArraySlice<UInt8>)?
    while true {
      if pattern.first == UInt8(ascii: "*") {
        pattern = pattern.dropFirst()
        retry = (text, pattern)
      } else if let byte = text.first, pattern.first == byte || pattern.first == UInt8(ascii: "?") {
        text = text.dropFirst()
        pattern = pattern.dropFirst()
      } else if text.isEmpty, pattern.isEmpty {
        return true
      } else if let last = retry, !last.text.isEmpty {
        text = last.text.dropFirst()
        pattern = last.pattern
        retry = (text, pattern)
      } else {
        return false
      }
    }
  }
}

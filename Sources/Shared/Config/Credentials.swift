import Glibc

/// Secrets that systemd hands over in files, not in variables: `LoadCredential=` and its kin in
/// systemd.exec(5).
enum Credentials {
  /// What the files in `folder` hold, by the variable that each stands for.
  ///
  /// A file that cannot be read, or that holds no text, stands for nothing: its variable then counts
  /// as not set, and `run` names it and does not start.
  static func values(in folder: String) -> [String: String] {
    guard let directory = opendir(folder) else { return [:] }
    defer { closedir(directory) }
    var values: [String: String] = [:]
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      let path = "\(folder)/\(name)"
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        let bytes = try? SourceFile.read(path), let value = value(of: bytes)
      else { continue }
      values[variable(of: name)] = value
    }
    return values
  }

  /// `router_password` and `router-password` stand for `ROUTER_PASSWORD`.
  static func variable(of name: String) -> String {
    String(name.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
  }

  /// The text without the end of its last line, which editors and `echo` add; nil for what is no
  /// text.
  private static func value(of bytes: [UInt8]) -> String? {
    guard !bytes.contains(0), var text = String(validating: bytes, as: UTF8.self) else {
      return nil
    }
    if text.last?.isNewline == true { text.removeLast() }
    return text
  }
}

/// The key by which clients recognise the router, made by ssh-keygen.
struct HostKey {
  private static let keygen = "/usr/bin/ssh-keygen"

  let path: String
  let type: SSHProfile.KeyType
  /// Key type and base64, as in known_hosts.
  let publicKey: String
  /// `SHA256:…`
  let fingerprint: String

  /// Makes a key in a directory; `number` tells it from earlier ones.
  init(directory: String, number: Int, type: SSHProfile.KeyType) throws(Files.Failure) {
    path = "\(directory)/host-key-\(number)"
    self.type = type
    let log = path + ".log"
    try Files.run(
      Self.keygen,
      ["-q", "-t", type.rawValue, "-N", "", "-C", "", "-f", path]
        + (type == .rsa ? ["-b", "2048"] : []), log: log)
    try Files.run(Self.keygen, ["-l", "-E", "sha256", "-f", path + ".pub"], log: log)
    let line = String(decoding: try Files.read(path + ".pub"), as: UTF8.self)
    publicKey = line.split(separator: " ").prefix(2).joined(separator: " ")
      .filter { !$0.isNewline }
    let words = String(decoding: try Files.read(log), as: UTF8.self).split(separator: " ")
    guard let fingerprint = words.first(where: { $0.hasPrefix("SHA256:") }) else {
      throw Files.Failure(message: "\(Self.keygen) -l tells no fingerprint of \(path)")
    }
    self.fingerprint = String(fingerprint)
  }

  func json(port: Int) -> JSON {
    [
      "sha256": .string(fingerprint),
      "known_hosts": .string("[127.0.0.1]:\(port) \(publicKey)"),
    ]
  }
}

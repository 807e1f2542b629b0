/// The router's users in the form that sshd understands. RouterOS users are no accounts of this
/// machine, and none are made: each sshd runs where these files are `/etc/passwd` and `/etc/shadow`
/// (see `SSHNamespace`), and every name in them is the one who runs RouterSim.
final class SSHAccounts {
  private static let openssl = "/usr/bin/openssl"

  /// Everything about SSH is here; it is also the home of all users.
  let directory: String
  /// What users' commands are given to.
  private let shell: String
  private var written: [String: String] = [:]
  private var hashes: [String: String] = [:]

  init(directory: String, shell: String) throws(Files.Failure) {
    self.directory = directory
    self.shell = shell
    try Files.makeDirectory(directory)
    try Files.makeDirectory(directory + "/keys")
  }

  var passwd: String { directory + "/passwd" }
  var shadow: String { directory + "/shadow" }
  /// With sshd's `%u` for the user.
  var keys: String { directory + "/keys/%u" }

  /// Brings the files up to what the router's users are now.
  /// - Parameters:
  ///   - peer: Address of the client; users that may not come from there may not log in.
  ///   - passwordRule: `yes-if-no-key`, `yes` or `no`, as `/ip/ssh` has it.
  func write(
    _ users: [User], for peer: String, passwordRule: String
  ) throws(Files.Failure) {
    var accounts = "root:x:0:0::/:/bin/false\n"
    var secrets = ""
    for user in users where Self.isName(user.name) {
      let isWelcome =
        !user.isDisabled && user.policies.contains("ssh") && user.address ?? peer == peer
      accounts +=
        "\(user.name):x:\(SSHNamespace.user):\(SSHNamespace.user)::\(directory):\(shell)\n"
      let takesPassword =
        passwordRule == "yes" || passwordRule != "no" && user.publicKeys.isEmpty
      let hash = isWelcome && takesPassword ? try hash(user.password) : nil
      secrets += "\(user.name):\(hash ?? "*"):20000::::::\n"
      let keys = isWelcome ? user.publicKeys.map { $0 + "\n" }.joined() : ""
      try write(keys, to: "\(directory)/keys/\(user.name)")
    }
    try write(accounts, to: passwd)
    try write(secrets, to: shadow)
  }

  /// Whether a name fits into a line of passwd and into a path.
  static func isName(_ name: String) -> Bool {
    !name.isEmpty && name != "root" && name.utf8.count <= 32 && !name.hasPrefix(".")
      && name.utf8.allSatisfy { byte in
        let character = Character(Unicode.Scalar(byte))
        return character.isASCII && (character.isLetter || character.isNumber)
          || "-_.@".contains(character)
      }
  }

  /// By a new file that takes the place of the old one: an sshd that reads sees either.
  private func write(_ text: String, to path: String) throws(Files.Failure) {
    guard written[path] != text else { return }
    try Files.write(text, to: path + "~")
    try Files.move(path + "~", to: path)
    written[path] = text
  }

  /// The hash of a password for shadow; the password is in a file only while openssl reads it.
  private func hash(_ password: String?) throws(Files.Failure) -> String? {
    guard let password, !password.isEmpty else { return nil }
    if let known = hashes[password] { return known }
    let input = directory + "/password"
    let output = directory + "/password-hash"
    defer {
      Files.remove(input)
      Files.remove(output)
    }
    try Files.write(password + "\n", to: input)
    Files.remove(output)
    try Files.run(Self.openssl, ["passwd", "-6", "-in", input], log: output)
    let hash = String(decoding: try Files.read(output), as: UTF8.self).filter { !$0.isNewline }
    hashes[password] = hash
    return hash
  }
}

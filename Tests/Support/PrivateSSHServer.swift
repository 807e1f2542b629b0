public import Foundation
import Glibc
import Synchronization

/// OpenSSH's `sshd` for one test, on a port of loopback that nobody else has, without the host's
/// configuration, keys and accounts. A script answers all commands, in whatever they are.
///
/// Each connection has an `sshd` of its own (`sshd -i`), so that connections can be counted and cut.
public final class PrivateSSHServer: Sendable {
  /// The files of keys that all tests use; made once per process.
  public enum Keys {
    public static let folder: URL = {
      let folder = FileManager.default.temporaryDirectory.appending(
        path: "wanctl-keys-\(UUID().uuidString)")
      try! FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, type) in [
        ("host_ed25519", "ed25519"), ("host_rsa", "rsa"), ("other_ed25519", "ed25519"),
        ("user_ed25519", "ed25519"), ("user_rsa", "rsa"),
      ] {
        // The size counts for RSA only.
        try! Program.run(
          "ssh-keygen", "-q", "-t", type, "-b", "2048", "-N", "", "-C", "", "-f",
          folder.appending(path: name).path)
      }
      let remover: @convention(c) () -> Void = {
        try? FileManager.default.removeItem(at: Keys.folder)
      }
      atexit(remover)
      return folder
    }()

    public static func file(_ name: String) -> String { folder.appending(path: name).path }

    /// `ssh-ed25519 AAAA…`.
    public static func publicLine(_ name: String) -> String {
      let text = (try? String(contentsOfFile: file(name) + ".pub", encoding: .utf8)) ?? ""
      return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  public let folder: URL
  public let port: Int
  public let user: String
  private let listener: Int32
  private let connections = Mutex<[Int32]>([])
  private let isClosing = Atomic<Bool>(false)

  /// - Parameters:
  ///   - hostKeys: of `Keys`.
  ///   - settings: lines of `sshd_config`; the first value of a keyword counts, these come first.
  ///   - password: of the account; only where `canHavePassword`.
  ///   - script: answers `$SSH_ORIGINAL_COMMAND`.
  public init(
    hostKeys: [String] = ["host_ed25519"], settings: [String] = [], password: String? = nil,
    script: String
  ) throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "wanctl-sshd-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    user = String(cString: getpwuid(getuid())!.pointee.pw_name)
    try Self.write(script, to: folder.appending(path: "respond"))
    let userKeys = ["user_ed25519", "user_rsa"].map(Keys.publicLine).joined(separator: "\n")
    try Self.write(userKeys + "\n", to: folder.appending(path: "authorized_keys"))
    let lines =
      settings + hostKeys.map { "HostKey \(Keys.file($0))" } + [
        "AuthorizedKeysFile \(folder.path)/authorized_keys", "PidFile none", "StrictModes no",
        "UsePAM no", "PasswordAuthentication \(password == nil ? "no" : "yes")",
        "KbdInteractiveAuthentication no", "PermitRootLogin yes", "PermitTTY no",
        "ForceCommand cd \(folder.path) && exec /bin/sh respond", "LogLevel VERBOSE",
      ]
    try Self.write(lines.joined(separator: "\n") + "\n", to: folder.appending(path: "config"))
    try Self.write(
      try Self.accounts(of: user, home: folder.path), to: folder.appending(path: "passwd"))
    if let password {
      let hash = try Program.run("openssl", "passwd", "-6", password)
      try Self.write("\(user):\(hash):19000:0:99999:7:::\n", to: folder.appending(path: "shadow"))
    }
    (listener, port) = try Self.listen()
    Thread.detachNewThread { [self] in acceptConnections() }
  }

  /// Ends every connection, and listens no more.
  public func close() {
    isClosing.store(true, ordering: .releasing)
    shutdown(listener, Int32(SHUT_RDWR))
    cutConnections()
  }

  deinit {
    Glibc.close(listener)
    try? FileManager.default.removeItem(at: folder)
  }

  /// How many connections have come.
  public var connectionCount: Int { connections.withLock { $0.count } }

  /// Breaks the connections that there are.
  public func cutConnections() {
    connections.withLock { for socket in $0 { shutdown(socket, Int32(SHUT_RDWR)) } }
  }

  /// What the servers said of themselves.
  public var log: String {
    (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
  }

  public func file(_ name: String) -> String { folder.appending(path: name).path }

  /// The line of a `known_hosts` for this server, or for another host with its key.
  public func knownHostsLine(_ key: String = "host_ed25519", host: String? = nil) -> String {
    "\(host ?? "[127.0.0.1]:\(port)") \(Keys.publicLine(key))\n"
  }

  /// Writes a `known_hosts` in the server's folder.
  ///
  /// - Returns: its path.
  public func knownHosts(_ text: String) throws -> String {
    let file = folder.appending(path: "known_hosts-\(UUID().uuidString)")
    try Self.write(text, to: file)
    return file.path
  }

  public static var isInstalled: Bool { access(program, X_OK) == 0 }

  /// Whether an account can be given a password here: that takes a mount namespace with a
  /// `/etc/shadow` of its own.
  public static let canHavePassword = canUnshare

  private static let program = "/usr/sbin/sshd"

  private static let canUnshare =
    getuid() == 0 && (try? Program.run("unshare", "-m", "true")) != nil

  private func acceptConnections() {
    while true {
      let socket = accept(listener, nil, nil)
      guard socket >= 0, !isClosing.load(ordering: .acquiring) else { return }
      _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
      connections.withLock { $0.append(socket) }
      start(socket)
    }
  }

  private func start(_ socket: Int32) {
    var words = [Self.program, "-i", "-e", "-f", file("config")]
    if getuid() == 0 {
      // Started by root, sshd wants a folder in /run.
      let shadow = FileManager.default.fileExists(atPath: file("shadow"))
      let mounts =
        "mount -t tmpfs tmpfs /run && mkdir /run/sshd"
        + " && mount --bind \(file("passwd")) /etc/passwd"
        + (shadow ? " && mount --bind \(file("shadow")) /etc/shadow" : "")
      let command = words.joined(separator: " ")
      words =
        Self.canUnshare
        ? ["unshare", "-m", "/bin/sh", "-c", "\(mounts) && exec \(command)"]
        : ["/bin/sh", "-c", "mkdir -p /run/sshd && exec \(command)"]
    }
    let log = open(file("log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    defer { Glibc.close(log) }
    do {
      let child = try Program.start(words, input: socket, output: socket, errors: log)
      Thread.detachNewThread { Program.waitForEnd(of: child) }
    } catch {
      shutdown(socket, Int32(SHUT_RDWR))
    }
  }

  /// The accounts of this machine, with one that begins its commands quickly: whoever runs the tests
  /// may have much in the files that his shell reads first.
  private static func accounts(of user: String, home: String) throws -> String {
    let lines = try String(contentsOfFile: "/etc/passwd", encoding: .utf8).split(separator: "\n")
    return lines.map { line in
      var fields = line.split(separator: ":", omittingEmptySubsequences: false)
      guard fields.count == 7, fields[0] == user else { return line + "\n" }
      fields[5] = home[...]
      fields[6] = "/bin/sh"
      return fields.joined(separator: ":") + "\n"
    }.joined()
  }

  private static func write(_ text: String, to file: URL) throws {
    try Data(text.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
  }

  private static func listen() throws -> (Int32, Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isReady = withUnsafeMutableBytes(of: &address) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) { pointer in
        bind(descriptor, pointer.baseAddress!, length) == 0 && Glibc.listen(descriptor, 64) == 0
          && getsockname(descriptor, pointer.baseAddress!, &length) == 0
      }
    }
    guard isReady else { throw CocoaError(.fileReadUnknown) }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }
}

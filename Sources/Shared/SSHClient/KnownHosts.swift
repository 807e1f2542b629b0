import Glibc

/// The files that say which host has which key, in the format of OpenSSH's sshd(8).
///
/// They are read anew for each connection. Names and patterns, `[host]:port`, hashed names and
/// `@revoked` are understood; `@cert-authority` lines and those that are malformed count as not there.
public struct KnownHosts: Sendable, Equatable {
  /// For all users of the host; nil = none.
  public var systemFile: String?
  /// The one that `accept` writes; nil = none.
  public var userFile: String?

  public init(systemFile: String?, userFile: String?) {
    self.systemFile = systemFile
    self.userFile = userFile
  }

  /// `/etc/ssh/ssh_known_hosts`, and `.ssh/known_hosts` in the home of the user that runs this
  /// process: `HOME`, else what the system's list of users says.
  public static var standard: KnownHosts {
    KnownHosts(
      systemFile: "/etc/ssh/ssh_known_hosts", userFile: home().map { $0 + "/.ssh/known_hosts" })
  }

  /// A line of one of the files.
  public struct Place: Sendable, Equatable, CustomStringConvertible {
    public var file: String
    public var line: Int

    public init(file: String, line: Int) {
      self.file = file
      self.line = line
    }

    public var description: String { "\(file):\(line)" }
  }

  /// What the files say about a key of a host.
  public enum Standing: Sendable, Equatable {
    case known(Place)
    /// There is no entry for the host.
    case unknown
    /// The host's entry has another key, or a key of another type.
    case changed(Place)
    case revoked(Place)
  }

  /// How a host is named in the files: `router`, `[router]:2222`.
  static func name(of host: String, port: Int) -> String {
    let host = host.lowercased()
    return port == 22 ? host : "[\(host)]:\(port)"
  }

  private static func home() -> String? {
    if let home = getenv("HOME"), home.pointee != 0 { return String(cString: home) }
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16384) { buffer in
      guard let space = buffer.baseAddress,
        getpwuid_r(geteuid(), &entry, space, buffer.count, &found) == 0, found != nil,
        let home = entry.pw_dir
      else { return nil }
      return String(cString: home)
    }
  }
}

extension KnownHosts {
  /// Looks a key up. A revocation counts before everything else, and a matching entry before one
  /// that does not match.
  public func standing(
    of key: HostKey, host: String, port: Int
  ) throws(SSHFailure) -> Standing {
    var result = Standing.unknown
    for file in [userFile, systemFile].compactMap({ $0 }) {
      for entry in try KnownHostsFile(path: file).entries(for: Self.name(of: host, port: port)) {
        let place = Place(file: file, line: entry.line)
        switch (entry.isRevocation, entry.key == key) {
        case (true, true): return .revoked(place)
        case (true, false): break
        case (false, true):
          if case .known = result { break }
          result = .known(place)
        case (false, false):
          switch result {
          case .unknown: result = .changed(place)
          // Of several lines the one for this type of key tells more.
          case .changed where entry.key.type == key.type: result = .changed(place)
          default: break
          }
        }
      }
    }
    return result
  }

  /// The types of the keys that a host is known by.
  func types(host: String, port: Int) throws(SSHFailure) -> [String] {
    var types: [String] = []
    for file in [userFile, systemFile].compactMap({ $0 }) {
      for entry in try KnownHostsFile(path: file).entries(for: Self.name(of: host, port: port))
      where !entry.isRevocation && !types.contains(entry.key.type) {
        types.append(entry.key.type)
      }
    }
    return types
  }
}

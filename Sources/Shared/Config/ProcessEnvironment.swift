@preconcurrency import Glibc

/// The environment of this process, for commands that hand it to `ConfigFile.load`.
public enum ProcessEnvironment {
  /// With the credentials that systemd passes in `CREDENTIALS_DIRECTORY`: one of the name of a
  /// variable stands in its place. Read once at start, before there are threads that could change it.
  public static func current() -> [String: String] {
    var result: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let parts = String(cString: entry).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { result[String(parts[0])] = String(parts[1]) }
      next += 1
    }
    return withCredentials(result)
  }

  static func withCredentials(_ environment: [String: String]) -> [String: String] {
    guard let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty else {
      return environment
    }
    return environment.merging(Credentials.values(in: folder)) { $1 }
  }
}

@preconcurrency import Glibc

/// The environment of this process, for commands that hand it to `ConfigFile.load`.
public enum ProcessEnvironment {
  /// Read once at start, before there are threads that could change it.
  public static func current() -> [String: String] {
    var result: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let parts = String(cString: entry).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { result[String(parts[0])] = String(parts[1]) }
      next += 1
    }
    return result
  }
}

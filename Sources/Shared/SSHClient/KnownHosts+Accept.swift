import Glibc
import Platform

extension KnownHosts {
  /// What `accept` did.
  public enum Acceptance: Sendable, Equatable {
    /// The key was known already; nothing was written.
    case knownBefore(Place)
    case added(Place)
    /// The lines with the host's former key of this type were taken out.
    case replaced(Place)
  }

  /// Makes a key known in the user's file, in place of another one of the same type. The folder and
  /// the file are created when missing, for their owner alone; the file is replaced as a whole.
  ///
  /// A line that is about other hosts too is not touched: then this fails, and names it.
  public func accept(
    _ key: HostKey, host: String, port: Int
  ) throws(SSHFailure) -> Acceptance {
    guard let userFile else {
      throw SSHFailure(.knownHosts, detail: "this user has no home folder for a known_hosts")
    }
    let name = Self.name(of: host, port: port)
    switch try standing(of: key, host: host, port: port) {
    case .known(let place): return .knownBefore(place)
    case .revoked(let place):
      throw SSHFailure(.hostKeyRevoked(key, place))
    case .changed(let place) where place.file != userFile: throw Self.notOurs(place)
    case .changed, .unknown: break
    }
    var kept: [Substring] = []
    var isReplacement = false
    let file = try KnownHostsFile(path: userFile)
    for (index, line) in file.lines.enumerated() {
      guard let parsed = KnownHostsLine(line), !parsed.isRevocation, parsed.names(name),
        parsed.key.type == key.type
      else {
        kept.append(line)
        continue
      }
      guard parsed.namesOnly(name) else {
        throw Self.notOurs(Place(file: userFile, line: index + 1))
      }
      isReplacement = true
    }
    kept.append("\(name) \(key.type) \(key.base64)")
    do throws(SystemError) {
      try Self.write(kept.joined(separator: "\n") + "\n", to: userFile)
    } catch {
      throw SSHFailure(.knownHosts, detail: "\(error)")
    }
    let place = Place(file: userFile, line: kept.count)
    return isReplacement ? .replaced(place) : .added(place)
  }

  private static func notOurs(_ place: Place) -> SSHFailure {
    SSHFailure(
      .knownHosts, detail: "\(place) has another key for this host: correct that line by hand")
  }

  /// Through a new file beside it that takes its place.
  private static func write(_ text: String, to file: String) throws(SystemError) {
    let path = resolved(file)
    let folder = folder(of: path)
    do throws(SystemError) {
      try systemCall("mkdir \(folder)") { mkdir(folder, 0o700) }
    } catch {
      guard error.code == EEXIST else { throw error }
    }
    let draft = "\(path).\(getpid()).new"
    do throws(SystemError) {
      let output = FileDescriptor(
        owning: try systemCall("open \(draft)") {
          open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        })
      let descriptor = output.rawValue
      _ = try Array(text.utf8).withUnsafeBufferPointer { bytes throws(SystemError) in
        try writeAll(bytes, to: descriptor, name: "write \(draft)")
      }
      try systemCall("fsync \(draft)") { fsync(descriptor) }
      try systemCall("rename \(draft)") { rename(draft, path) }
    } catch {
      unlink(draft)
      throw error
    }
    let place = FileDescriptor(
      owning: try systemCall("open \(folder)") { open(folder, O_RDONLY | O_CLOEXEC) })
    let descriptor = place.rawValue
    try systemCall("fsync \(folder)") { fsync(descriptor) }
  }

  /// Where a symbolic link leads, so that the link stays.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

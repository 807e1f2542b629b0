import Glibc
import Platform

/// What a user of this host may do with files, whoever asks: judged by owner, group and mode as the
/// kernel would, not by trying, since this process may be root's.
struct FileAccess {
  enum Right: mode_t {
    case read = 4
    case write = 2
    /// To pass a folder.
    case search = 1
  }

  enum Verdict: Equatable {
    case granted
    /// The first part of the path that is not there.
    case missing(String)
    /// Where it ends, and what stands there: `root:root 0750`.
    case denied(at: String, because: String)
    /// This process cannot tell: why.
    case unknown(String)
  }

  let account: Account

  /// Whether the user may do all of `rights` with what is at `path`.
  func verdict(_ rights: [Right], _ path: String) -> Verdict {
    let path = Self.resolved(path)
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      let verdict = judge([.search], folder)
      guard verdict == .granted else { return verdict }
    }
    return judge(rights, path)
  }

  private func judge(_ rights: [Right], _ path: String) -> Verdict {
    let facts: FileFacts
    do throws(SystemError) {
      facts = try FileFacts(path)
    } catch {
      if error.code == ENOENT || error.code == ENOTDIR { return .missing(path) }
      return .unknown("\(path): \(error.reason)")
    }
    guard rights.allSatisfy({ allows($0, facts) }) else {
      return facts.hasAccessList
        ? .unknown("\(path) has an access control list")
        : .denied(at: path, because: facts.text)
    }
    if rights.contains(.write), facts.isOnReadOnlyFileSystem {
      return .denied(at: path, because: "on a file system that is mounted read-only")
    }
    return .granted
  }

  private func allows(_ right: Right, _ facts: FileFacts) -> Bool {
    if account.userID == 0 { return true }
    let shift: mode_t =
      facts.userID == account.userID ? 6 : account.groupIDs.contains(facts.groupID) ? 3 : 0
    return facts.mode >> shift & right.rawValue != 0
  }

  /// Without links, `.` and `..`, as far as the path exists.
  private static func resolved(_ path: String) -> String {
    if let real = realpath(path, nil) {
      defer { free(real) }
      return String(cString: real)
    }
    guard let slash = path.lastIndex(of: "/") else { return resolved(".") + "/" + path }
    if slash == path.startIndex { return path }
    return resolved(String(path[..<slash])) + path[slash...]
  }
}

/// A word for a shell, in quotes where it needs them.
func shellWord(_ text: String) -> String {
  let isPlain =
    !text.isEmpty
    && text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "_.-+,:@%/=".utf8.contains(byte)
      }
    }
  guard !isPlain else { return text }
  return "'"
    + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
    + "'"
}

import CPlatform
import Glibc

/// What the kernel knows of a file or folder.
public struct FileFacts: Sendable, Equatable {
  public var userID: UInt32
  public var groupID: UInt32
  /// The twelve bits of permissions.
  public var mode: UInt32
  public var isFolder: Bool
  /// `st_mtime`, in seconds since 1970.
  public var changed: Double
  public var hasAccessList: Bool
  public var isOnReadOnlyFileSystem: Bool

  public init(_ path: String) throws(SystemError) {
    var status = stat()
    try systemCall("stat \(path)") { stat(path, &status) }
    userID = status.st_uid
    groupID = status.st_gid
    mode = status.st_mode & 0o7777
    isFolder = status.st_mode & S_IFMT == S_IFDIR
    changed = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
    // It grants or denies more than the mode tells.
    hasAccessList = getxattr(path, "system.posix_acl_access", nil, 0) > 0
    var mount = statvfs()
    isOnReadOnlyFileSystem =
      statvfs(path, &mount) == 0 && mount.f_flag & Self.readOnlyMount != 0
  }

  /// `ST_RDONLY`, which is an enumeration's case in C.
  private static let readOnlyMount: UInt = 1

  /// nil when there is nothing at `path`, or it cannot be looked at.
  public static func at(_ path: String) -> FileFacts? {
    try? FileFacts(path)
  }

  /// `root:wanctl 0640`.
  public var text: String {
    "\(Account.userName(userID)):\(Account.groupName(groupID)) \(octal)"
  }

  public var octal: String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

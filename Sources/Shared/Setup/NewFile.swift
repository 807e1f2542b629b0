import Glibc
import Platform

/// A file that is made, and never one that is there already.
enum NewFile {
  /// Whose a new file is: that of whoever runs the tool, or, where root does, root's with the
  /// service's group, so that the service can read what only root may change.
  struct Owner: Sendable, Equatable {
    var userID: UInt32?
    var groupID: UInt32?

    static let unchanged = Owner(userID: nil, groupID: nil)

    init(userID: UInt32?, groupID: UInt32?) {
      self.userID = userID
      self.groupID = groupID
    }
  }

  /// Makes the file with its content, whole or not at all.
  ///
  /// Fails with `EEXIST` when something has that name.
  static func write(
    _ text: String, to path: String, mode: UInt32, owner: Owner = .unchanged
  ) throws(SystemError) {
    let draft = "\(path).\(getpid()).new"
    do throws(SystemError) {
      try fill(draft, text, mode: mode, owner: owner)
      // Unlike rename, link does not replace what has the name already.
      try systemCall("make \(path)") { link(draft, path) }
    } catch {
      unlink(draft)
      throw error
    }
    unlink(draft)
    try syncFolder(of: path)
  }

  /// Puts a new version in the place of the file, with its old owner.
  static func replace(_ path: String, with text: String, mode: UInt32) throws(SystemError) {
    let draft = "\(path).\(getpid()).new"
    let facts = try FileFacts(path)
    do throws(SystemError) {
      let owner =
        geteuid() == 0 ? Owner(userID: facts.userID, groupID: facts.groupID) : Owner.unchanged
      try fill(draft, text, mode: mode, owner: owner)
      try systemCall("rename \(draft) to \(path)") { rename(draft, path) }
    } catch {
      unlink(draft)
      throw error
    }
    try syncFolder(of: path)
  }

  private static func fill(
    _ draft: String, _ text: String, mode: UInt32, owner: Owner
  ) throws(SystemError) {
    let file = FileDescriptor(
      owning: try systemCall("open \(draft)") {
        open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
      })
    let descriptor = file.rawValue
    _ = try Array(text.utf8).withUnsafeBufferPointer { bytes throws(SystemError) in
      try writeAll(bytes, to: descriptor, name: "write \(draft)")
    }
    if owner != .unchanged {
      let user = owner.userID ?? UInt32.max
      let group = owner.groupID ?? UInt32.max
      try systemCall("fchown \(draft)") { fchown(descriptor, user, group) }
    }
    // After the owner is changed, so that nobody else can read it in between.
    try systemCall("fchmod \(draft)") { fchmod(descriptor, mode) }
    try systemCall("fsync \(draft)") { fsync(descriptor) }
  }

  private static func syncFolder(of path: String) throws(SystemError) {
    let folder = folder(of: path)
    let opened = FileDescriptor(
      owning: try systemCall("open \(folder)") { open(folder, O_RDONLY | O_CLOEXEC) })
    let descriptor = opened.rawValue
    try systemCall("fsync \(folder)") { fsync(descriptor) }
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Makes the folder that `path` lies in, where only that one is missing.
  static func makeFolder(of path: String, mode: UInt32, owner: Owner) throws(SystemError) {
    let folder = folder(of: path)
    do throws(SystemError) {
      try systemCall("mkdir \(folder)") { mkdir(folder, mode) }
    } catch {
      if error.code == EEXIST { return }
      throw error
    }
    if owner != .unchanged {
      try systemCall("chown \(folder)") {
        chown(folder, owner.userID ?? UInt32.max, owner.groupID ?? UInt32.max)
      }
    }
  }
}

extension NewFile {
  /// Gives a file or folder to a user.
  static func hand(_ path: String, to account: Account) throws(SystemError) {
    try systemCall("chown \(path)") { lchown(path, account.userID, account.groupID) }
  }
}

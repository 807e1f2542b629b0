import Glibc

/// A user of this host, as the kernel judges it: by numbers.
public struct Account: Sendable, Equatable {
  public var name: String
  public var userID: UInt32
  public var groupID: UInt32
  /// All groups, `groupID` included.
  public var groupIDs: Set<UInt32>
  /// The home folder; may not exist.
  public var home: String

  public init(
    name: String, userID: UInt32, groupID: UInt32, groupIDs: Set<UInt32>, home: String
  ) {
    self.name = name
    self.userID = userID
    self.groupID = groupID
    self.groupIDs = groupIDs.union([groupID])
    self.home = home
  }

  /// The user with this name; nil when the host has none.
  public init?(named name: String) {
    guard !name.isEmpty, !name.utf8.contains(0) else { return nil }
    let found = Self.lookUp { entry, buffer, size, result in
      getpwnam_r(name, entry, buffer, size, result)
    }
    guard let found else { return nil }
    self = found
  }

  /// The user that runs this process.
  public static var current: Account {
    let found = lookUp { entry, buffer, size, result in
      getpwuid_r(geteuid(), entry, buffer, size, result)
    }
    let (user, group) = (geteuid(), getegid())
    return found
      ?? Account(name: "\(user)", userID: user, groupID: group, groupIDs: [group], home: "/")
  }

  /// The name of a user, or its number where it has none.
  public static func userName(_ userID: UInt32) -> String {
    let found = lookUp { entry, buffer, size, result in
      getpwuid_r(userID, entry, buffer, size, result)
    }
    return found?.name ?? "\(userID)"
  }

  /// The name of a group, or its number where it has none.
  public static func groupName(_ groupID: UInt32) -> String {
    var entry = Glibc.group()
    var found: UnsafeMutablePointer<Glibc.group>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: bufferSize) { buffer in
      guard let space = buffer.baseAddress,
        getgrgid_r(groupID, &entry, space, buffer.count, &found) == 0, found != nil,
        let name = entry.gr_name
      else { return "\(groupID)" }
      return String(cString: name)
    }
  }

  private static let bufferSize = 65_536

  private static func lookUp(
    _ call: (
      UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
      UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> CInt
  ) -> Account? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: bufferSize) { buffer in
      guard let space = buffer.baseAddress, call(&entry, space, buffer.count, &found) == 0,
        found != nil, let name = entry.pw_name
      else { return nil }
      return Account(
        name: String(cString: name), userID: entry.pw_uid, groupID: entry.pw_gid,
        groupIDs: groups(of: name, entry.pw_gid),
        home: entry.pw_dir.map { String(cString: $0) } ?? "/")
    }
  }

  private static func groups(of name: UnsafePointer<CChar>, _ first: gid_t) -> Set<UInt32> {
    var count: CInt = 64
    while true {
      var list = [gid_t](repeating: 0, count: Int(count))
      let capacity = count
      if getgrouplist(name, first, &list, &count) >= 0 {
        return Set(list.prefix(Int(max(count, 0))))
      }
      // It tells how many there are; a list that stays too short is taken as it is.
      guard count > capacity else { return Set(list).union([first]) }
    }
  }
}

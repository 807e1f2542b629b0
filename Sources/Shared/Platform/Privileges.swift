import CPlatform
import Glibc

/// What a daemon gives up before the first byte from the network.
public enum Privileges {
  /// A right of capabilities(7) that a tool of ours may need.
  public enum Capability: Int, Sendable, CaseIterable {
    /// Write files whatever their permissions: for a start by root with folders of another user.
    case overrideFilePermissions = 1
    /// `SO_MARK`.
    case networkAdministration = 12
    /// Raw ICMP sockets, `SO_BINDTODEVICE`.
    case rawSockets = 13
    /// Real-time scheduling and negative nice values.
    case scheduling = 23
  }

  /// Keeps passwords out of core files and out of other processes' reach, and makes sure that no
  /// program started from here gains a right: `RLIMIT_CORE`, `PR_SET_DUMPABLE`,
  /// `PR_SET_NO_NEW_PRIVS`.
  public static func protectSecrets() throws(SystemError) {
    try systemCall("setrlimit(RLIMIT_CORE)") { wanctl_forbid_core_files() }
    try systemCall("prctl(PR_SET_DUMPABLE)") { wanctl_prctl(PR_SET_DUMPABLE, 0) }
    try systemCall("prctl(PR_SET_NO_NEW_PRIVS)") { wanctl_prctl(PR_SET_NO_NEW_PRIVS, 1) }
  }

  /// Gives up every capability but `needed`, for good. To be called before threads are started:
  /// they inherit it, those that run already do not.
  ///
  /// - Returns: those of `needed` that this process has.
  @discardableResult
  public static func keepOnly(
    _ needed: Set<Capability>
  ) throws(SystemError) -> Set<Capability> {
    let wanted = needed.reduce(into: UInt64(0)) { $0 |= 1 << UInt64($1.rawValue) }
    let (permitted, effective) = try capabilities()
    let kept = permitted & wanted
    if kept == permitted, kept == effective {
      // Nothing is to be given up but the inheritance. The units allow no capset.
      try systemCall("prctl(PR_CAP_AMBIENT)") {
        wanctl_prctl(PR_CAP_AMBIENT, UInt(PR_CAP_AMBIENT_CLEAR_ALL))
      }
    } else {
      try systemCall("capset") { wanctl_set_capabilities(kept) }
    }
    return needed.filter { kept & (1 << UInt64($0.rawValue)) != 0 }
  }

  /// Makes a program that was installed setuid or setgid run as whoever started it, with the
  /// capabilities that it got; `keepOnly` is to follow. Does nothing in any other program.
  public static func becomeInvokingUser() throws(SystemError) {
    guard getuid() != geteuid() || getgid() != getegid() else { return }
    try systemCall("prctl(PR_SET_KEEPCAPS)") { wanctl_prctl(PR_SET_KEEPCAPS, 1) }
    try systemCall("setregid") { setregid(getgid(), getgid()) }
    try systemCall("setreuid") { setreuid(getuid(), getuid()) }
  }

  /// Which of `Capability` this process may use.
  public static func available() throws(SystemError) -> Set<Capability> {
    let (permitted, _) = try capabilities()
    return Set(Capability.allCases.filter { permitted & (1 << UInt64($0.rawValue)) != 0 })
  }

  private static func capabilities() throws(SystemError) -> (permitted: UInt64, effective: UInt64) {
    var permitted: UInt64 = 0
    var effective: UInt64 = 0
    try systemCall("capget") { wanctl_capabilities(&permitted, &effective) }
    return (permitted, effective)
  }
}

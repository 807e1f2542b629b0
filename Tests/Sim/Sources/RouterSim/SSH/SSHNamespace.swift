import CNamespace
import Glibc

/// How sshd comes to know users that the machine does not have: a mode of this program that changes
/// into a namespace of its own for users and mounts, puts two files in the place of `/etc/passwd` and
/// `/etc/shadow` there, and becomes sshd. That takes no privileges, and nothing outside sees it.
///
/// Inside, whoever runs RouterSim has an ordinary user's number, also when he is root: sshd then needs
/// neither accounts to change to nor a folder of the system.
enum SSHNamespace {
  static let option = "--sshd-session"
  static let sshd = "/usr/sbin/sshd"
  /// Number of the user and the group inside.
  static let user = 1000

  /// Does not come back. `arguments`: the two files, then sshd's own.
  static func enter(_ arguments: [String]) -> Never {
    guard arguments.count > 2 else { fail("\(option) needs PASSWD SHADOW and sshd's arguments") }
    let owner = geteuid()
    let group = getegid()
    guard enter_user_and_mount_namespace() == 0 else {
      fail("no user namespace for ssh: unshare: \(reason())")
    }
    write("\(user) \(owner) 1", to: "/proc/self/uid_map")
    write("deny", to: "/proc/self/setgroups")
    write("\(user) \(group) 1", to: "/proc/self/gid_map")
    mount("none", at: "/", recursive | unshared)
    mount(arguments[0], at: "/etc/passwd", bind)
    mount(arguments[1], at: "/etc/shadow", bind)
    let words = ([sshd] + arguments.dropFirst(2)).map { strdup($0) }
    execv(sshd, words + [nil])
    fail("\(sshd): \(reason())")
  }

  private typealias Flags = Int
  private static let bind: Flags = 4096
  private static let recursive: Flags = 16_384
  private static let unshared: Flags = 1 << 18

  private static func mount(_ source: String, at target: String, _ flags: Flags) {
    guard Glibc.mount(source, target, nil, UInt(flags), nil) == 0 else {
      fail("mount \(source) at \(target): \(reason())")
    }
  }

  private static func write(_ text: String, to path: String) {
    let file = open(path, O_WRONLY | O_CLOEXEC)
    let bytes = Array(text.utf8)
    guard file >= 0, Glibc.write(file, bytes, bytes.count) == bytes.count else {
      fail("write \(path): \(reason())")
    }
    close(file)
  }

  private static func reason() -> String { String(cString: strerror(errno)) }

  private static func fail(_ text: String) -> Never {
    Remark.write(text)
    exit(1)
  }
}

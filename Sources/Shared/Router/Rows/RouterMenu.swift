/// A menu of RouterOS that is read: `/queue/tree`, `/system/resource`, …
public struct RouterMenu: Sendable, Hashable, CustomStringConvertible {
  /// `queue`, `tree`; literals of this file, nothing that anybody configures.
  let components: [String]
  /// Whether it has one row and no ids.
  public let isSingleton: Bool

  private init(_ path: String, isSingleton: Bool = false) {
    components = path.split(separator: "/").map(String.init)
    self.isSingleton = isSingleton
  }

  /// `/rest/queue/tree`.
  public var restPath: String { "/rest/" + components.joined(separator: "/") }

  /// `/queue tree`.
  public var consolePath: String { "/" + components.joined(separator: " ") }

  /// `/queue/tree`.
  public var description: String { "/" + components.joined(separator: "/") }

  public static let queueTree = RouterMenu("queue/tree")
  public static let queueType = RouterMenu("queue/type")
  public static let mangle = RouterMenu("ip/firewall/mangle")
  public static let firewallFilter = RouterMenu("ip/firewall/filter")
  public static let connections = RouterMenu("ip/firewall/connection")
  public static let users = RouterMenu("user")
  public static let userGroups = RouterMenu("user/group")
  public static let ipServices = RouterMenu("ip/service")
  public static let ssh = RouterMenu("ip/ssh", isSingleton: true)
  public static let clock = RouterMenu("system/clock", isSingleton: true)
  public static let resource = RouterMenu("system/resource", isSingleton: true)
  public static let identity = RouterMenu("system/identity", isSingleton: true)
  public static let packages = RouterMenu("system/package")
  public static let interfaces = RouterMenu("interface")
  public static let certificates = RouterMenu("certificate")
}

/// A user of the router, with the policies of its group. Passwords are never shown or logged.
struct User {
  let name: String
  var password: String?
  var policies: Set<String>
  var isDisabled = false
  /// Keys for SSH, each as in authorized_keys.
  var publicKeys: [String] = []
  /// The only address from which the user may log in; nil = any.
  var address: String?

  static let wanctlPolicies: Set<String> = ["read", "write", "api", "rest-api", "ssh"]

  /// For whoever asks from within.
  static let administrator = User(name: "admin", policies: wanctlPolicies.union(["policy"]))

  /// The users of the default world. None can log in before it has a password.
  static let defaults = [
    User(name: "wanctl-rate", policies: wanctlPolicies),
    User(name: "wanctl-steer", policies: wanctlPolicies),
    User(name: "readonly", policies: ["read", "api", "rest-api", "ssh"]),
    User(name: "noapi", policies: ["read", "write", "rest-api"]),
    User(name: "norest", policies: ["read", "write", "api"]),
  ]
}

/// A service of the router that clients connect to (`/ip/service`).
struct Service {
  var isEnabled: Bool
  /// `rest-plain` or `rest-secure`: when off, REST answers 403.
  var hasREST = true
  /// The only address that may connect; nil = any. Others are accepted and closed.
  var availableFrom: String?
}

enum ServiceName: String, CaseIterable {
  case www
  case wwwSSL = "www-ssl"
  case ssh

  var isWeb: Bool { self != .ssh }
}

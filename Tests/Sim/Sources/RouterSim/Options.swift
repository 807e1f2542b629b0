/// The command line of RouterSim.
struct Options: Sendable {
  struct Invalid: Error { var message: String }
  struct Queue: Sendable {
    var name: String
    var parent: String
    var type: String
  }

  var seed: UInt64 = 1
  var profile = LatencyProfile.Name.zero
  /// nil = no plain HTTP.
  var httpPort: Int? = 0
  var httpsPort = 0
  var controlPort = 0
  /// nil = no SSH.
  var sshPort: Int?
  var sshProfile = SSHProfile.default
  /// Files with public keys.
  var sshKeys: [(user: String, path: String)] = []
  var passwords: [(user: String, password: String)] = []
  var certificate = CertificateMode.valid
  /// Where certificates are made; empty = a temporary one that goes at the end.
  var directory = ""
  var queues: [Queue] = []
  var hasVirtualClock = false
  var endsWithInput = false
  var wantsHelp = false

  static let usage = """
    usage: RouterSim [--seed N] [--profile zero|chr|rb5009|rb5009-slow|hap]
                     [--http-port N | --no-http] [--https-port N] [--control-port N]
                     [--ssh-port N] [--ssh-key USER=PUBLICKEYFILE]...
                     [--ssh-profile default|strong|ed25519|legacy649|gcm-only|none]
                     [--password USER=PASSWORD]... [--directory DIR]
                     [--certificate valid|self-signed|expired|wrong-name|none|tls10]
                     [--queue NAME:PARENT:TYPE]... [--virtual-clock] [--exit-with-stdin]

    Passwords may also come from ROUTERSIM_PASSWORD (all users of the default world) and
    ROUTERSIM_PASSWORD_USER, where USER is in capitals with _ for -.

    """

  /// - Parameters:
  ///   - words: The command line without the name of the program.
  ///   - environment: Value of an environment variable.
  static func parse(
    _ words: [String], environment: (String) -> String?
  ) throws(Invalid) -> Options {
    var options = Options()
    options.readPasswords(environment)
    var rest = words[...]
    while let word = rest.popFirst() {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      let attached = parts.count > 1 ? String(parts[1]) : nil
      if options.readFlag(name) {
        guard attached == nil else { throw Invalid(message: "\(name) takes no value") }
      } else {
        guard Options.valued.contains(name) else {
          throw Invalid(message: "unknown option \(name)")
        }
        guard let value = attached ?? rest.popFirst() else {
          throw Invalid(message: "\(name) needs a value")
        }
        try options.read(name, value)
      }
    }
    return options
  }

  private static let valued: Set = [
    "--seed", "--profile", "--http-port", "--https-port", "--control-port", "--password",
    "--directory", "--certificate", "--queue", "--ssh-port", "--ssh-key", "--ssh-profile",
  ]

  private mutating func readPasswords(_ environment: (String) -> String?) {
    for user in User.defaults {
      let variable =
        "ROUTERSIM_PASSWORD_" + user.name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
      if let password = environment(variable) ?? environment("ROUTERSIM_PASSWORD") {
        passwords.append((user.name, password))
      }
    }
  }

  private mutating func readFlag(_ name: String) -> Bool {
    switch name {
    case "--no-http": httpPort = nil
    case "--virtual-clock": hasVirtualClock = true
    case "--exit-with-stdin": endsWithInput = true
    case "--help", "-h": wantsHelp = true
    default: return false
    }
    return true
  }

  private mutating func read(_ name: String, _ value: String) throws(Invalid) {
    switch name {
    case "--seed":
      guard let number = UInt64(value) else { throw invalid(name, value, "a number") }
      seed = number
    case "--profile":
      guard let known = LatencyProfile.Name(rawValue: value) else {
        throw invalid(name, value, list(LatencyProfile.Name.self))
      }
      profile = known
    case "--http-port": httpPort = try port(name, value)
    case "--https-port": httpsPort = try port(name, value)
    case "--control-port": controlPort = try port(name, value)
    case "--password":
      let parts = try pair(name, value, "USER=PASSWORD")
      passwords.append((parts.0, parts.1))
    case "--ssh-port": sshPort = try port(name, value)
    case "--ssh-key":
      let parts = try pair(name, value, "USER=PUBLICKEYFILE")
      sshKeys.append((parts.0, parts.1))
      sshPort = sshPort ?? 0
    case "--ssh-profile":
      guard let profile = SSHProfile(rawValue: value) else {
        throw invalid(name, value, list(SSHProfile.self))
      }
      sshProfile = profile
      sshPort = sshPort ?? 0
    case "--directory": directory = value
    case "--certificate":
      guard let mode = CertificateMode(rawValue: value) else {
        throw invalid(name, value, list(CertificateMode.self))
      }
      certificate = mode
    case "--queue":
      let parts = value.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3, !parts.contains("") else {
        throw invalid(name, value, "NAME:PARENT:TYPE")
      }
      queues.append(Queue(name: parts[0], parent: parts[1], type: parts[2]))
    default: throw Invalid(message: "unknown option \(name)")
    }
  }

  private func pair(
    _ name: String, _ value: String, _ form: String
  ) throws(Invalid) -> (String, String) {
    guard let equals = value.firstIndex(of: "="), equals != value.startIndex else {
      throw Invalid(message: "\(name) must be \(form)")
    }
    return (String(value[..<equals]), String(value[value.index(after: equals)...]))
  }

  private func port(_ name: String, _ value: String) throws(Invalid) -> Int {
    guard let port = UInt16(value) else { throw invalid(name, value, "a port, 0 for any") }
    return Int(port)
  }

  private func invalid(_ name: String, _ value: String, _ wanted: String) -> Invalid {
    Invalid(message: "\(name) must be \(wanted), not \"\(value)\"")
  }

  private func list<Choice: CaseIterable & RawRepresentable<String>>(
    _ type: Choice.Type
  ) -> String {
    "one of " + type.allCases.map(\.rawValue).joined(separator: ", ")
  }
}

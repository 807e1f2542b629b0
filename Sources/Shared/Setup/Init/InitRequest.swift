public import Model

/// What is known before the first question: the options of `init`.
public struct InitRequest: Sendable {
  public var wan: String?
  public var type: LinkType?
  public var host: String?
  public var user: String?
  /// From the environment or the standard input; nil = to be asked for.
  public var password: Secret?
  public var transport: Transport?
  public var port: Int?
  public var scheme: RouterSettings.Scheme = .auto
  public var caFile: String?
  public var sshPort = 22
  public var sshKeyFile = ""
  /// Pins (`sha256//…`) and fingerprints (`SHA256:…`) that were compared beforehand.
  public var accepted: [String] = []
  public var downloadQueue: String?
  public var uploadQueue: String?
  /// What the line reaches on a good day, in Mbit/s.
  public var downloadRate: Double?
  public var uploadRate: Double?
  public var reflectors: [String] = []
  /// Where the configuration goes; nil = `/etc/wanctl/<wan>.yaml`.
  public var output: String?
  public var secretsFile = "/etc/wanctl/secrets"
  /// The variable for the password.
  public var variable = "ROUTER_PASSWORD"
  public var folders = ConfigurationDraft.Folders()
  /// Whom the daemons run as.
  public var serviceUser = "wanctl"
  /// Interfaces of the RouterOS commands.
  public var wanInterface = "ether1"
  public var lanInterface = "bridge"

  public init() {}
}

/// Why `init` wrote no configuration.
public enum InitFailure: Error, Sendable, Equatable, CustomStringConvertible {
  case dialogue(DialogueFailure)
  /// A file with this name is there; nothing is ever overwritten.
  case fileExists(String)
  case router(String)
  /// The router lacks what is needed; the commands for it were printed.
  case routerUnprepared(String)
  case secrets(String)
  case draft(String)
  case file(String)

  public var description: String {
    switch self {
    case .dialogue(let failure): "\(failure)"
    case .fileExists(let path):
      "\(path) is there already and is not overwritten; choose another by --output, or move it away"
    case .router(let text), .routerUnprepared(let text), .secrets(let text), .draft(let text),
      .file(let text):
      text
    }
  }
}

/// What `init` has made.
public struct InitOutcome: Sendable, Equatable {
  public var configuration: String
  /// nil when there was no password to store.
  public var secretsFile: String?
  /// What the service will have in its environment.
  public var variables: [String: String]
}

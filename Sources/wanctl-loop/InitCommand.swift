import ArgumentParser
import Commands
import Config
import Diagnose
import Glibc
import Model
import Platform
import Setup
import Terminal

/// From a router's address to a configuration that runs.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make the configuration of a WAN from what the router has.",
    discussion: """
      Asks at the terminal for what no option gives. Without a terminal everything has to be given, \
      the keys of the router that are trusted too. No file is ever overwritten.
      """)

  @Option(help: "Name of the WAN.")
  var wan: String?

  @Option(
    help: "Kind of line: \(LinkType.allCases.map(\.rawValue).joined(separator: ", ")).",
    transform: choice(LinkType.self))
  var type: LinkType?

  @Option(help: ArgumentHelp("Address or name of the router.", valueName: "host"))
  var router: String?

  @Option(help: ArgumentHelp("User on the router.", valueName: "name"))
  var user: String?

  @Flag(help: "Read the password from the first line of the standard input.")
  var passwordStdin = false

  @Option(
    help: "How the router is reached first: rest or ssh.", transform: choice(Transport.self))
  var transport: Transport?

  @Option(help: "Port of REST.")
  var port: Int?

  @Option(
    help: "Whether REST is spoken over TLS: auto, yes or no.",
    transform: choice(RouterSettings.Scheme.self))
  var tls: RouterSettings.Scheme = .auto

  @Option(help: ArgumentHelp("Authority that signed the router's certificate.", valueName: "file"))
  var caFile: String?

  @Option(help: "Port of SSH.")
  var sshPort = 22

  @Option(help: ArgumentHelp("Private key for SSH.", valueName: "file"))
  var sshKey: String?

  @Option(
    help: ArgumentHelp(
      "A pin (sha256//…) or fingerprint (SHA256:…) that was compared beforehand; may be repeated.",
      valueName: "key"))
  var accept: [String] = []

  @Option(help: ArgumentHelp("Name of the download queue.", valueName: "queue"))
  var downloadQueue: String?

  @Option(help: ArgumentHelp("Name of the upload queue.", valueName: "queue"))
  var uploadQueue: String?

  @Option(help: ArgumentHelp("Download on a good day.", valueName: "rate"))
  var downloadMbps: Double?

  @Option(help: ArgumentHelp("Upload on a good day.", valueName: "rate"))
  var uploadMbps: Double?

  @Option(help: ArgumentHelp("A reflector to probe; may be repeated.", valueName: "host"))
  var pingHost: [String] = []

  @Option(
    help: ArgumentHelp(
      "The configuration to write; default /etc/wanctl/WAN.yaml.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Where the password goes.", valueName: "file"))
  var secrets = "/etc/wanctl/secrets"

  @Option(help: ArgumentHelp("Its variable, there and in our environment.", valueName: "name"))
  var variable = "ROUTER_PASSWORD"

  @Option(help: ArgumentHelp("Folder of lock and state.", valueName: "folder"))
  var runDirectory = "/run/wanctl"

  @Option(help: ArgumentHelp("Folder of the logs.", valueName: "folder"))
  var logDirectory = "/var/log/wanctl"

  @Option(help: ArgumentHelp("Folder of the history.", valueName: "folder"))
  var stateDirectory = "/var/lib/wanctl"

  @Option(help: ArgumentHelp("Whom the daemons run as.", valueName: "name"))
  var serviceUser = "wanctl"

  @Option(
    help: ArgumentHelp("For the RouterOS commands: the interface of the WAN.", valueName: "name"))
  var wanInterface = "ether1"

  @Option(help: ArgumentHelp("For the RouterOS commands: that of the LAN.", valueName: "name"))
  var lanInterface = "bridge"

  @Flag(
    name: .customLong("print-routeros"),
    help: "Print the commands that prepare a router, and end.")
  var printsRouterOS = false

  func validate() throws {
    if let port, !(1...65535).contains(port) {
      throw ValidationError("--port: \(port) is not from 1 to 65535")
    }
    guard (1...65535).contains(sshPort) else {
      throw ValidationError("--ssh-port: \(sshPort) is not from 1 to 65535")
    }
    let isName = variable.utf8.allSatisfy {
      $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
    }
    guard isName, let first = variable.first, !first.isNumber else {
      throw ValidationError("--variable: '\(variable)' is no name of capitals, digits and '_'")
    }
  }

  func run() throws {
    if printsRouterOS {
      print(script, terminator: "")
      return
    }
    let clock = FactsReader.Clock(
      monotonic: Clock.monotonic, wall: Clock.wall, sleep: Clock.sleep)
    let dialogue: any Dialogue
    if let terminal = try? TerminalDialogue() {
      dialogue = terminal
    } else {
      dialogue = NoDialogue { CommandEntry.writeRemark($0) }
    }
    let session = InitSession(try request(), dialogue: dialogue, clock: clock) {
      print($0, terminator: "")
    }
    let outcome: InitOutcome
    do throws(InitFailure) {
      outcome = try session.run()
    } catch {
      CommandEntry.writeRemark("wanctl-loop: \(error)")
      if case .dialogue(.ended(isInterrupt: true)) = error { throw ExitCode(130) }
      throw ExitCode.failure
    }
    try report(outcome, clock)
  }

  private func request() throws -> InitRequest {
    var request = InitRequest()
    request.wan = wan
    request.type = type
    request.host = router
    request.user = user
    request.password = try password()
    request.transport = transport
    request.port = port
    request.scheme = tls
    request.caFile = caFile
    request.sshPort = sshPort
    request.sshKeyFile = sshKey ?? ""
    request.accepted = accept
    request.downloadQueue = downloadQueue
    request.uploadQueue = uploadQueue
    request.downloadRate = downloadMbps
    request.uploadRate = uploadMbps
    request.reflectors = pingHost
    request.output = output
    request.secretsFile = secrets
    request.variable = variable
    request.folders = ConfigurationDraft.Folders(
      run: runDirectory, log: logDirectory, state: stateDirectory)
    request.serviceUser = serviceUser
    request.wanInterface = wanInterface
    request.lanInterface = lanInterface
    return request
  }

  /// Never from the command line, where everybody on the host could read it.
  private func password() throws -> Secret? {
    if passwordStdin {
      guard let line = readLine(strippingNewline: true), !line.isEmpty else {
        throw ValidationError("--password-stdin: the standard input has no password")
      }
      return Secret(line)
    }
    return environment[variable].flatMap { $0.isEmpty ? nil : Secret($0) }
  }

  private var script: String {
    RouterOSScript(
      host: router ?? "ROUTER-ADDRESS", user: user ?? "wanctl",
      queues: PerDirection(
        download: downloadQueue ?? "WAN-Download-1", upload: uploadQueue ?? "WAN-Upload-1"),
      limits: PerDirection(download: downloadMbps ?? 500, upload: uploadMbps ?? 50),
      wanInterface: wanInterface, lanInterface: lanInterface, usesTLS: tls != .http,
      usesSSH: transport == .ssh || sshKey != nil
    ).text
  }

  /// What `check` and the doctor say about what was made.
  private func report(_ outcome: InitOutcome, _ clock: FactsReader.Clock) throws {
    print("Wrote \(outcome.configuration).")
    if let file = outcome.secretsFile { print("The password is in \(file).") }
    print("")
    let variables = environment.merging(outcome.variables) { $1 }
    let result = ConfigFile.load(path: outcome.configuration, environment: variables)
    print(CheckReport.text(result.checkingPaths()))
    guard let settings = result.settings else { throw ExitCode.configuration }
    var survey = RouterSurvey()
    survey.add(settings, from: outcome.configuration)
    let diagnosis = DiagnosisReport(
      survey.routers.map { $0.read(sampleTime: Milliseconds(seconds: 2), clock: clock) })
    let size = TerminalSize(descriptor: STDOUT_FILENO, environment: environment)
    let palette = Palette(isTerminal: isTerminal(STDOUT_FILENO), environment: environment)
    print(diagnosis.text(width: size.columns, palette: palette), terminator: "")
  }
}

/// A choice among the raw values of an enumeration.
private func choice<Value: RawRepresentable & CaseIterable & Sendable>(
  _ type: Value.Type
) -> @Sendable (String) throws -> Value where Value.RawValue == String {
  { text in
    guard let value = Value(rawValue: text) else {
      let all = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(text)' is not one of \(all)")
    }
    return value
  }
}

public import Config
import Glibc
import Model
import Platform
import Router
import SSHClient
import Service

/// Looks at a deployment as it stands on this host: configurations, the service user's files, ports
/// and the router. It changes nothing.
public struct LiveCheck {
  private let loops: [ConfigResult]
  private let steering: SteeringConfigResult?
  private let userName: String
  private let secretsFile: String

  /// - Parameters:
  ///   - userName: whom the daemons run as.
  ///   - secretsFile: what the units read as their environment.
  public init(
    loops: [ConfigResult], steering: SteeringConfigResult?, userName: String, secretsFile: String
  ) {
    self.loops = loops
    self.steering = steering
    self.userName = userName
    self.secretsFile = secretsFile
  }

  /// Takes as long as the router does.
  public func run(clock: FactsReader.Clock) -> LiveReport {
    var report = LiveReport(userName: userName, items: [])
    report.items += loops.map { configuration($0) } + (steering.map { [configuration($0)] } ?? [])
    report.items += agreement()
    let account = Account(named: userName)
    report.items.append(item(account))
    if let account {
      let secrets = SecretsCheck(path: secretsFile, account: account)
      report.items += secrets.items(unset: unsetVariables)
      report.items += files(PathCheck(account))
    }
    report.items += states(now: clock.wall())
    report.items += ports()
    for router in survey().routers {
      let knownHosts = KnownHosts(
        systemFile: KnownHosts.standard.systemFile,
        userFile: account.map { $0.home + "/.ssh/known_hosts" })
      let facts = router.read(sampleTime: .zero, clock: clock, knownHosts: knownHosts)
      report.items += RouterItems(facts).items
    }
    return report
  }

  // MARK: Configurations

  private func configuration<Settings>(_ result: CheckedConfig<Settings>) -> LiveItem {
    // Variables that are not set are told with the secrets.
    let blockers = result.runBlockers.filter { $0.reason != .unsetVariable }
    let count = result.warnings.count
    let warnings = count == 0 ? "valid" : "valid, \(count) warning\(count == 1 ? "" : "s")"
    return LiveItem(
      .configuration, result.path, blockers.isEmpty ? warnings : "cannot be run",
      findings: blockers.isEmpty
        ? []
        : [
          Finding(
            .configurationUnusable, .error, .path(result.path),
            facts: blockers.map { Finding.Fact("\($0.location)", $0.text) },
            reason: "The daemon does not start by it.", mending: [])
        ])
  }

  private var unsetVariables: [ConfigDiagnostic] {
    (loops.flatMap(\.diagnostics) + (steering?.diagnostics ?? [])).filter {
      $0.reason == .unsetVariable && $0.preventsRun
    }
  }

  /// What steering and the loop of its primary must have in common; `check` has compared them.
  private func agreement() -> [LiveItem] {
    guard let steering, let settings = steering.settings else { return [] }
    let differences = steering.diagnostics.filter {
      SteeringConfigFile.isComparison($0)
    }
    return [
      LiveItem(
        .agreement, settings.primaryConfig,
        differences.isEmpty ? "agrees with \(steering.path)" : "differs from \(steering.path)",
        findings: differences.isEmpty
          ? []
          : [
            Finding(
              .steeringDisagrees, .warning, .path(steering.path),
              facts: differences.map { Finding.Fact("\($0.location)", $0.text) },
              reason: "Steering would watch something else than what the loop controls.",
              mending: [])
          ])
    ]
  }

  // MARK: This host

  private func item(_ account: Account?) -> LiveItem {
    if let account {
      let groups = account.groupIDs.sorted().map(Account.groupName).joined(separator: ", ")
      return LiveItem(.account, userName, "user \(account.userID), groups \(groups)")
    }
    return LiveItem(
      .account, userName, "no such user",
      findings: [
        Finding(
          .accountMissing, .error, .account(userName), facts: [],
          reason: "The services run as this user; without it no file can be judged.",
          mending: [
            .host(
              "useradd --system --home-dir /var/lib/wanctl --shell /usr/sbin/nologin "
                + shellWord(userName))
          ])
      ])
  }

  private func files(_ check: PathCheck) -> [LiveItem] {
    var items: [LiveItem] = []
    var seen: Set<String> = []
    func add(_ use: PathCheck.Use, _ path: String?, _ name: String) {
      guard let path, !path.isEmpty, seen.insert(path).inserted else { return }
      items.append(check.item(use, path, name: name))
    }
    func addRouter(_ router: RouterSettings) {
      let isNeeded = router.transport == .ssh && router.sshPassword.isEmpty
      add(isNeeded ? .readKey : .readFallbackKey, router.sshKeyFile, "router.ssh_key")
      add(.read, router.caFile, "router.ca_file")
    }
    func addDatabase(_ path: String?) {
      add(.createWithFolder, path, "storage.db_path")
      // What root left beside it keeps everybody else from writing.
      for beside in ["-wal", "-shm", ".lock"] {
        if let path, FileFacts.at(path + beside) != nil {
          add(.createWithFolder, path + beside, "storage.db_path")
        }
      }
    }
    for result in loops {
      for file in result.files { add(.read, file, "--config") }
      guard let settings = result.settings else { continue }
      addRouter(settings.router)
      add(.create, settings.lockFile, "lock_file")
      add(.create, settings.stateFile, "lock_file")
      let budget = SharedBudget.file(besideLock: settings.lockFile, host: settings.router.host)
      add(.create, budget, "lock_file")
      add(.createWithFolder, settings.mainLog, "logging.main_log")
      add(.createWithFolder, settings.debugLog, "logging.debug_log")
      addDatabase(settings.storage.path)
    }
    guard let steering else { return items }
    for file in steering.files { add(.read, file, "--config") }
    guard let settings = steering.settings else { return items }
    addRouter(settings.router)
    add(.follow, settings.primarySources.stateFile, "cake_state_sources.primary")
    for (target, sources) in zip(settings.control.targets, settings.targetSources) {
      add(.follow, sources.stateFile, "wans.\(target.name).state_file")
    }
    add(.create, settings.stateFile, "state.file")
    add(.create, settings.lockFile, "lock_file")
    add(.createWithFolder, settings.mainLog, "logging.main_log")
    add(.createWithFolder, settings.debugLog, "logging.debug_log")
    addDatabase(settings.storage.path)
    return items
  }

  private func states(now: UnixTime) -> [LiveItem] {
    var items = loops.compactMap { $0.settings.map { StateCheck.loop($0) } }
    if let settings = steering?.settings {
      items.append(StateCheck.steering(settings))
      if let source = settings.primarySources.stateFile {
        items += [
          StateCheck.source(source, now: now, loop: settings.control.primary)
        ].compactMap { $0 }
      }
    }
    return items
  }

  private func ports() -> [LiveItem] {
    var items: [LiveItem] = []
    func add(
      _ listener: LoopSettings.Listener, _ name: String, _ file: String, _ lockFile: String
    ) {
      let process = InstanceLock.runningProcess(lockFile: lockFile)
      guard let item = PortCheck.item(listener, name: name, file: file, process: process) else {
        return
      }
      // Two WANs of one process share the listener of the first.
      if !items.contains(where: { $0.subject == item.subject }) { items.append(item) }
    }
    for result in loops {
      guard let settings = result.settings else { continue }
      add(settings.health, "health_check", result.path, settings.lockFile)
      add(settings.metrics, "metrics", result.path, settings.lockFile)
    }
    if let steering, let settings = steering.settings {
      add(settings.health, "health_check", steering.path, settings.lockFile)
    }
    return items
  }

  // MARK: The router

  private func survey() -> RouterSurvey {
    var survey = RouterSurvey()
    for result in loops {
      if let settings = result.settings { survey.add(settings, from: result.path) }
    }
    if let steering, let settings = steering.settings {
      survey.add(settings, from: steering.path)
    }
    return survey
  }
}

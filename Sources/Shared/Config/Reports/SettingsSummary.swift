import Model

/// The settings of one WAN in a dozen lines for people.
enum SettingsSummary {
  static func lines(of settings: LoopSettings) -> [String] {
    let control = settings.control
    var lines: [(String, String)] = [
      ("WAN", settings.wan.text),
      ("router", router(settings.router)),
      ("download", queue(control.download, name: settings.queues.download)),
      ("", floors(control.download, isDownload: true)),
      ("upload", queue(control.upload, name: settings.queues.upload)),
      ("", floors(control.upload, isDownload: false)),
      (
        "thresholds",
        "GREEN to \(control.targetBloat.text) ms above the baseline, YELLOW to "
          + "\(control.warnBloat.text) ms, download SOFT_RED to \(control.hardRedBloat.text) ms"
      ),
      (
        "smoothing",
        "smoothed RTT over \(constant(control.alphaLoad)) s, baseline over "
          + "\(constant(control.alphaBaseline)) s"
      ),
      (
        "baseline",
        "\(decimal(control.baselineInitial.rawValue)) ms at first, between "
          + "\(decimal(control.baselineBounds.min)) and \(decimal(control.baselineBounds.max)) ms, "
          + (control.baselineRelearnAfter.rawValue > 0
            ? "learned anew after \(decimal(control.baselineRelearnAfter.seconds)) s frozen and idle"
            : "never learned anew")
      ),
      ("reflectors", reflectors(settings.probe)),
      ("fallback", fallback(settings.fallback)),
    ]
    lines += [
      (
        "history",
        settings.storage.path.map { "\($0), \(settings.storage.retentionDays) days" } ?? "off"
      ),
      ("health", listener(settings.health)),
      ("metrics", listener(settings.metrics)),
      ("state", settings.stateFile),
      ("lock", settings.lockFile),
      ("logs", "\(settings.mainLog), \(settings.debugLog)"),
      ("on exit", settings.onExit == .keep ? "rates stay" : "rates go to their ceilings"),
    ]
    return columns(lines)
  }

  /// Names and texts below each other.
  static func columns(_ lines: [(String, String)]) -> [String] {
    let width = lines.map(\.0.count).max() ?? 0
    return lines.map { name, text in
      "  " + name + String(repeating: " ", count: width - name.count + 2) + text
    }
  }

  static func router(_ router: RouterSettings) -> String {
    let host = "\(router.user)@\(router.host)"
    let rest =
      router.usesTLS
      ? "REST over TLS on port \(router.port), " + verification(router)
      : "REST unencrypted on port \(router.port)"
    let ssh =
      "SSH" + (router.sshPort == 22 ? "" : " on port \(router.sshPort)")
      + (router.sshKeyFile.isEmpty ? "" : " with \(router.sshKeyFile)")
    let ways =
      switch router.transport {
      case .rest: rest + (canUseSSH(router) ? "; fallback \(ssh)" : "; no fallback")
      case .ssh: ssh + (router.password.isEmpty ? "; no fallback" : "; fallback \(rest)")
      }
    return "\(host) by \(ways)"
  }

  private static func canUseSSH(_ router: RouterSettings) -> Bool {
    !router.sshKeyFile.isEmpty || !router.sshPassword.isEmpty
  }

  private static func verification(_ router: RouterSettings) -> String {
    var checks: [String] = []
    if router.verifyTLS { checks.append("certificate verified") }
    if router.pinnedKey != nil { checks.append("key pinned") }
    return checks.isEmpty ? "certificate NOT verified" : checks.joined(separator: " and ")
  }

  private static func queue(_ queue: ControlSettings.Queue, name: Identifier) -> String {
    "\(name): \(megabits(queue.floorRed)) to \(megabits(queue.ceiling)) Mbit/s, "
      + "+\(megabits(queue.stepUp)) per cycle after \(queue.greenRequired) GREEN, "
      + "x\(decimal(queue.factorDown)) in RED, x\(decimal(queue.factorDownYellow)) in YELLOW"
  }

  private static func floors(_ queue: ControlSettings.Queue, isDownload: Bool) -> String {
    guard isDownload else { return "floor \(megabits(queue.floorRed)) Mbit/s in every zone" }
    return "floors: GREEN \(megabits(queue.floorGreen)), YELLOW \(megabits(queue.floorYellow)), "
      + "SOFT_RED \(megabits(queue.floorSoftRed)), RED \(megabits(queue.floorRed))"
  }

  private static func reflectors(_ probe: LoopSettings.Probe) -> String {
    var text = probe.reflectors.joined(separator: ", ")
    text += probe.usesMedianOfThree ? "; median of three" : "; first answer"
    text += ", lost after \(decimal(probe.timeout.seconds)) s"
    if let source = probe.sourceAddress { text += ", from \(source)" }
    if let interface = probe.interface { text += ", by \(interface)" }
    if let mark = probe.mark { text += ", mark \(mark)" }
    return text
  }

  private static func fallback(_ fallback: LoopSettings.Fallback) -> String {
    guard fallback.isEnabled else { return "none" }
    var ways: [String] = []
    if fallback.checksGateway {
      ways.append("gateway \(fallback.gateway ?? "(the host's own)")")
    }
    if fallback.checksTCP {
      ways += fallback.tcpTargets.map { "TCP \($0.host) port \($0.port)" }
    }
    let mode = fallback.mode?.rawValue ?? "unknown mode: every lost cycle fails"
    return (ways.isEmpty ? "nothing is probed" : ways.joined(separator: ", ")) + "; \(mode)"
  }

  static func listener(_ listener: LoopSettings.Listener) -> String {
    guard listener.isEnabled else { return "off" }
    let host = listener.host.contains(":") ? "[\(listener.host)]" : listener.host
    return "http://\(host):\(listener.port)" + (listener.token.isEmpty ? "" : ", with a token")
  }

  /// The time constant that a weight stands for, in seconds.
  private static func constant(_ alpha: Double) -> String {
    decimal(controlInterval.seconds / alpha)
  }

  private static func megabits(_ rate: Double) -> String { decimal(rate / 1_000_000) }
}

/// At most three decimals, without zeros at the end.
func decimal(_ value: Double) -> String {
  var text = fixed(value, digits: 3)
  while text.hasSuffix("0") { text.removeLast() }
  if text.hasSuffix(".") { text.removeLast() }
  return text
}

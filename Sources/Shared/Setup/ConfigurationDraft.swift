public import Model

/// The configuration of a WAN before it is a file.
public struct ConfigurationDraft: Sendable, Equatable {
  /// Folders of what the loop writes.
  public struct Folders: Sendable, Equatable {
    public var run: String
    public var log: String
    public var state: String

    public init(
      run: String = "/run/wanctl", log: String = "/var/log/wanctl",
      state: String = "/var/lib/wanctl"
    ) {
      self.run = run
      self.log = log
      self.state = state
    }
  }

  /// Lines of the comment at the top, without `#`.
  public var heading: [String]
  public var wan: Identifier
  public var router: RouterSettings
  /// The variable that holds the password of REST; nil = none is needed.
  public var passwordVariable: String?
  /// The same for SSH.
  public var sshPasswordVariable: String?
  public var queues: PerDirection<Identifier>
  public var preset: LinkPreset
  public var reflectors: [String]
  public var folders: Folders

  public init(
    heading: [String], wan: Identifier, router: RouterSettings, passwordVariable: String?,
    sshPasswordVariable: String? = nil, queues: PerDirection<Identifier>, preset: LinkPreset,
    reflectors: [String] = ["1.1.1.1", "8.8.8.8", "9.9.9.9"], folders: Folders = Folders()
  ) {
    self.heading = heading
    self.wan = wan
    self.router = router
    self.passwordVariable = passwordVariable
    self.sshPasswordVariable = sshPasswordVariable
    self.queues = queues
    self.preset = preset
    self.reflectors = reflectors
    self.folders = folders
  }

  /// The file. Passwords are never in it.
  public var yaml: String {
    var lines = heading.map { $0.isEmpty ? "#" : "# \($0)" }
    lines += ["", "wan_name: \(yamlText(wan.text))", "", "router:"] + routerLines
    lines += [
      "", "queues:", "  download: \(yamlText(queues.download.text))",
      "  upload: \(yamlText(queues.upload.text))", "",
      "continuous_monitoring:", "  enabled: true",
      "  baseline_rtt_initial: \(decimalText(preset.baseline))     # ms; what ping shows while "
        + "nobody uses the line", "",
      "  download:",
    ]
    lines += queueLines(preset.download, isDownload: true)
    lines += ["", "  upload:"] + queueLines(preset.upload, isDownload: false)
    lines += ["", "  thresholds:"]
    lines += preset.thresholds.map { "    \($0.key): \($0.value)" }
    let hosts = reflectors.map(yamlText).joined(separator: ", ")
    lines += ["", "  ping_hosts: [\(hosts)]", "  use_median_of_three: \(reflectors.count > 2)"]
    if !preset.fallback.isEmpty {
      lines += ["", "  fallback_checks:"] + preset.fallback.map { "    \($0.key): \($0.value)" }
    }
    let name = wan.text
    lines += [
      "", "logging:", "  main_log: \(yamlText("\(folders.log)/\(name).log"))",
      "  debug_log: \(yamlText("\(folders.log)/\(name)_debug.log"))", "",
      "lock_file: \(yamlText("\(folders.run)/\(name).lock"))", "lock_timeout: 300",
    ]
    if folders.state != Folders().state {
      lines += ["", "storage:", "  db_path: \(yamlText("\(folders.state)/metrics.db"))"]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var routerLines: [String] {
    var lines = ["  host: \(yamlText(router.host))", "  user: \(yamlText(router.user))"]
    func add(_ key: String, _ value: String?) {
      if let value { lines.append("  \(key): \(value)") }
    }
    add("transport", router.transport == .rest ? nil : router.transport.rawValue)
    add("password", passwordVariable.map { "${\($0)}" })
    add("ssh_password", sshPasswordVariable.map { "${\($0)}" })
    add("ssh_key", yamlText(router.sshKeyFile))
    add("ssh_port", router.sshPort == 22 ? nil : "\(router.sshPort)")
    add("port", router.port == 443 ? nil : "\(router.port)")
    add("tls", router.scheme == .auto ? nil : "\"\(router.scheme.rawValue)\"")
    add("ca_file", router.caFile.map(yamlText))
    add("pin_sha256", router.pinnedKey.map(yamlText))
    return lines
  }

  private func queueLines(_ queue: LinkPreset.Queue, isDownload: Bool) -> [String] {
    var lines = [
      "ceiling_mbps: \(decimalText(queue.ceiling))          # what the line reaches on a good day",
      "floor_green_mbps: \(decimalText(queue.floorGreen))",
      "floor_yellow_mbps: \(decimalText(queue.floorYellow))",
    ]
    if isDownload { lines.append("floor_soft_red_mbps: \(decimalText(queue.floorSoftRed))") }
    lines += [
      "floor_red_mbps: \(decimalText(queue.floorRed))          # the line must be usable even then",
      "step_up_mbps: \(decimalText(queue.stepUp))",
      "factor_down: \(decimalText(queue.factorDown))",
    ]
    if let factor = queue.factorDownYellow {
      lines.append("factor_down_yellow: \(decimalText(factor))")
    }
    if let count = queue.greenRequired { lines.append("green_required: \(count)") }
    return lines.map { "    " + $0 }
  }
}

/// A number of a configuration: at most three decimals, without zeros at the end.
func decimalText(_ value: Double) -> String {
  var text = fixed(value, digits: 3)
  while text.hasSuffix("0") { text.removeLast() }
  if text.hasSuffix(".") { text.removeLast() }
  return text
}

/// A text as a scalar of YAML that stays a text: plain where it cannot be taken for anything else.
func yamlText(_ text: String) -> String {
  let words: Set<String> = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
  let isPlain =
    text.utf8.first.map { byte in
      (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "/")
    } ?? false
  let isSafe = text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "_./-+=".utf8.contains(byte)
    }
  }
  if isPlain, isSafe, !words.contains(text.lowercased()) { return text }
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": quoted += "\\\""
    case "\\": quoted += "\\\\"
    case "\n": quoted += "\\n"
    case "\t": quoted += "\\t"
    case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
      let digits = String(scalar.value, radix: 16)
      quoted += "\\x" + (digits.count == 1 ? "0" : "") + digits
    default: quoted.unicodeScalars.append(scalar)
    }
  }
  return quoted + "\""
}

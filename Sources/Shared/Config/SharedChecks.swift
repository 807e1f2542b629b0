import Model

/// What looks at values together, after each was checked by itself.
protocol ConfigChecks {
  var values: ConfigValues { get set }
  var findings: [ConfigDiagnostic] { get set }
}

/// The checks that the configurations of the loop and of steering have in common.
extension ConfigChecks {
  mutating func add(
    _ severity: ConfigDiagnostic.Severity, _ reason: ConfigDiagnostic.Reason, key: String,
    _ message: String, remedy: String? = nil
  ) {
    let entry = values[key]
    findings.append(
      ConfigDiagnostic(
        severity, reason, at: entry?.location ?? values.place(of: key), key: key,
        value: entry?.location == nil ? nil : entry?.text, "\(shortName(key)) \(message)",
        remedy: remedy))
  }

  mutating func addMissing(_ path: String, remedy: String? = nil) {
    let hasFailed = findings.contains { $0.key == path && $0.severity == .error }
    guard !hasFailed, let key = values.schema[path] else { return }
    var finding = ConfigDiagnostic.missing(key, at: values.place(of: path))
    finding.remedy = remedy ?? finding.remedy
    findings.append(finding)
  }

  func text(_ path: String) -> String { values[path]?.text ?? "" }

  mutating func checkRouter() {
    let isREST = values.text("router.transport") != "ssh"
    for index in findings.indices where findings[index].reason == .unsetVariable {
      // A password is needed only by the transport that is used first.
      switch findings[index].key {
      case "router.password": findings[index].preventsRun = isREST
      case "router.ssh_password": findings[index].preventsRun = !isREST
      default: break
      }
    }
    let isUnset = findings.contains {
      $0.reason == .unsetVariable && $0.key?.hasSuffix("password") == true
    }
    if isREST, values.secret("router.password")?.isEmpty == true, !isUnset {
      add(
        .warning, .advice, key: "router.password", "is empty, and REST is used first",
        remedy: "write ${NAME} and set NAME in the environment of the service")
    }
    if !isREST, values.text("router.ssh_key") == "",
      values.secret("router.ssh_password")?.isEmpty == true, !isUnset
    {
      add(
        .warning, .advice, key: "router.ssh_key", "is empty, and SSH is used first",
        remedy: "name a key file, or set ssh_password")
    }
    let tls = values.text("router.tls") ?? "auto"
    let isPlain = tls == "no" || (tls == "auto" && values.integer("router.port") == 80)
    if isREST, isPlain {
      add(
        .warning, .exposure, key: values.isGiven("router.tls") ? "router.tls" : "router.port",
        "makes REST unencrypted: the password can be read on the way")
    } else if isREST, values.flag("router.verify_ssl") == false {
      add(
        .warning, .exposure, key: "router.verify_ssl",
        "is false: whoever answers for the router gets the password",
        remedy: "set ca_file or pin_sha256 and remove it")
    }
  }

  mutating func checkListener() {
    guard values.secret("health_check.token")?.isEmpty == true else { return }
    for (section, content) in [("health_check", "health"), ("metrics", "metrics")] {
      let host = section + ".host"
      guard values.schema[host] != nil, values.flag(section + ".enabled") == true,
        let address = values.text(host),
        !(address.hasPrefix("127.") || address == "::1" || address == "localhost")
      else { continue }
      add(
        .warning, .exposure, key: host,
        "\(address) lets anybody who reaches it read the \(content)",
        remedy: "set health_check.token, or listen on 127.0.0.1")
    }
  }
}

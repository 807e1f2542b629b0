import Model

/// What `check` prints about a configuration file.
public enum CheckReport {
  /// For people: the findings, then what the program would run by. Ends with a newline.
  public static func text(_ result: ConfigResult) -> String {
    text(result, summary: SettingsSummary.lines(of:))
  }

  /// The same for a steering configuration.
  public static func text(_ result: SteeringConfigResult) -> String {
    text(result, summary: SteeringSummary.lines(of:))
  }

  private static func text<Settings>(
    _ result: CheckedConfig<Settings>, summary: (Settings) -> [String]
  ) -> String {
    var lines = [heading(result)]
    lines += result.diagnostics.map { "  \($0)" }
    if let settings = result.settings { lines += [""] + summary(settings) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func heading<Settings>(_ result: CheckedConfig<Settings>) -> String {
    func count(_ number: Int, _ noun: String) -> String {
      "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
    let errors = result.errors.count
    let warnings = result.warnings.count
    var parts: [String] = []
    if errors > 0 { parts.append(count(errors, "error")) }
    if warnings > 0 { parts.append(count(warnings, "warning")) }
    let verdict =
      errors > 0
      ? "invalid" : result.runBlockers.isEmpty ? "valid" : "valid, but run will not start"
    return "\(result.path): \(verdict)"
      + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
  }

  /// For programs: one JSON object, `{"valid":…,"findings":[…],"effective":{…},…}`, without a
  /// newline. `effective` is null when the file is invalid.
  public static func json<Settings>(_ result: CheckedConfig<Settings>) -> String {
    json(result) { _, _ in }
  }

  /// The same for a steering configuration, with `timing`: what weights and counts come to in seconds,
  /// or null.
  public static func json(_ result: SteeringConfigResult) -> String {
    json(result) { settings, json in
      json.key("timing")
      if let settings { SteeringTiming(settings.control).write(to: &json) } else { json.null() }
    }
  }

  private static func json<Settings>(
    _ result: CheckedConfig<Settings>, more: (Settings?, inout JSONWriter) -> Void
  ) -> String {
    var json = JSONWriter(reserving: 8192)
    json.beginObject()
    json.field("valid", result.isValid)
    json.key("findings")
    json.beginArray()
    for finding in result.diagnostics { finding.write(to: &json) }
    json.endArray()
    json.key("effective")
    if let effective = result.effective { effective.write(to: &json) } else { json.null() }
    json.field("runnable", result.runBlockers.isEmpty)
    json.field("digest", result.effective?.digest)
    json.key("files")
    json.beginArray()
    for file in result.files { json.string(file) }
    json.endArray()
    more(result.settings, &json)
    json.endObject()
    return json.text
  }
}

extension ConfigDiagnostic {
  func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("severity", severity.rawValue)
    json.field("file", location.file)
    json.field("line", location.line > 0 ? location.line : nil)
    json.field("column", location.column > 0 ? location.column : nil)
    json.field("key", key)
    json.field("value", value)
    json.field("message", message)
    json.field("remedy", remedy)
    json.field("reason", reason.rawValue)
    json.endObject()
  }
}

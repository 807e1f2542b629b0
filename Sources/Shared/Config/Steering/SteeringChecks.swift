import Model

/// What the keys of a steering configuration demand of each other and of the loop's configuration.
/// Fills in what follows from other keys: names, bounds, the thresholds of further WANs.
struct SteeringChecks: ConfigChecks {
  var values: ConfigValues
  var findings: [ConfigDiagnostic]
  let loop: PrimaryLoop?

  /// `findings` are those of the keys by themselves.
  init(values: ConfigValues, findings: [ConfigDiagnostic], loop: PrimaryLoop?) {
    self.values = values
    self.findings = findings
    self.loop = loop
    ignoreUnusedConfidence()
    checkThresholdsAreThere()
    completeNames()
    completeBounds()
    completeTargets()
    checkRules()
    checkFurtherWANs()
    checkOrder(in: "thresholds.")
    for wan in wans { checkOrder(in: "wans.\(wan).thresholds.") }
    checkConfidence()
    checkTiming()
    checkRouter()
    checkListener()
    checkAlerts()
    checkFiles()
    compareWithLoop()
    checkWithoutEffect()
  }

  /// The names in `wans`.
  var wans: [String] {
    values.schema.keys.filter { $0.components.count > 2 && $0.components[0] == "wans" }
      .map { $0.components[1] }
      .reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  mutating func complete(_ path: String, _ value: ConfigValue) {
    values[path] = ConfigValues.Entry(value: value, location: nil, text: "\(value)")
  }

  /// `17`, or `17 (the default)`.
  func told(_ path: String) -> String {
    text(path) + (values.isGiven(path) ? "" : " (the default)")
  }

  func hasFailed(_ path: String) -> Bool {
    findings.contains { $0.key == path && $0.severity == .error }
  }

  // MARK: Sections

  /// As in the original the settings of the score are looked at only when there is one.
  private mutating func ignoreUnusedConfidence() {
    guard values.flag("mode.use_confidence_scoring") != true else { return }
    for index in findings.indices where findings[index].severity == .error {
      guard let key = findings[index].key, key == "confidence" || key.hasPrefix("confidence.")
      else { continue }
      findings[index].severity = .warning
      findings[index].remedy = "it has no effect while mode.use_confidence_scoring is false"
    }
  }

  private mutating func checkThresholdsAreThere() {
    let isEmpty = findings.contains { $0.key == "thresholds" && $0.reason == .empty }
    guard isEmpty || !values.hasSection("thresholds") else { return }
    findings.append(
      ConfigDiagnostic(
        .error, .missing, at: values.place(of: isEmpty ? "thresholds.drops" : "thresholds"),
        key: "thresholds", "section thresholds is missing",
        remedy: "write thresholds: {} to take all defaults"))
  }

  // MARK: What follows from other keys

  private mutating func completeNames() {
    guard let primary = values.text("topology.primary_wan") else { return }
    if values["cake_state_sources.primary"] == nil {
      complete("cake_state_sources.primary", .text("/var/lib/wanctl/\(primary)_state.json"))
    }
    // As the original has it: the first letter is large and all others are small.
    let name = primary.prefix(1).uppercased() + primary.dropFirst().lowercased()
    for (key, direction) in [("primary_download", "Download"), ("primary_upload", "Upload")] {
      let path = "cake_queues.\(key)"
      guard values[path] == nil, !hasFailed(path) else { continue }
      let queue = "WAN-\(direction)-\(name)"
      complete(path, .text(queue))
      guard (try? Identifier(queue)) == nil else { continue }
      add(
        .error, .name, key: path, "is missing, and \(queue) is too long", remedy: "name the queue")
    }
  }

  private mutating func completeBounds() {
    let bounds = loop?.settings?.control.baselineBounds ?? ClosedBounds(min: 10, max: 60)
    for section in [""] + wans.map({ "wans.\($0)." }) {
      let minimum = section + "thresholds.baseline_rtt_bounds.min"
      let maximum = section + "thresholds.baseline_rtt_bounds.max"
      let inherited = ClosedBounds(
        min: values.double("thresholds.baseline_rtt_bounds.min") ?? bounds.min,
        max: values.double("thresholds.baseline_rtt_bounds.max") ?? bounds.max)
      if values[minimum] == nil { complete(minimum, .number(inherited.min)) }
      if values[maximum] == nil { complete(maximum, .number(inherited.max)) }
      guard let low = values.double(minimum), let high = values.double(maximum), low > high,
        section.isEmpty || values.isGiven(minimum) || values.isGiven(maximum)
      else { continue }
      add(
        .warning, .order, key: values.isGiven(minimum) ? minimum : maximum,
        "leaves no room: the baseline must lie above \(text(minimum)) and below \(text(maximum)) ms",
        remedy: "no baseline will ever be accepted, and nothing will be steered")
    }
  }

  // MARK: Thresholds

  /// Whether drops and queue decide beside the RTT.
  var isCAKEAware: Bool { values.flag("mode.cake_aware") ?? true }

  /// `section` is that of the primary or of a further WAN, which inherits what it does not set.
  private mutating func checkOrder(in section: String) {
    let isPrimary = section == "thresholds."
    func isChecked(_ names: String...) -> Bool {
      isPrimary || names.contains { values.isGiven(section + $0) }
    }
    guard isCAKEAware else {
      if isChecked("recovery_threshold_ms", "bad_threshold_ms"),
        isAbove("recovery_threshold_ms", "bad_threshold_ms", in: section)
      {
        add(
          .warning, .order, key: section + "recovery_threshold_ms",
          "\(told(section + "recovery_threshold_ms")) is above bad_threshold_ms "
            + "\(text(section + "bad_threshold_ms")): between them the line is bad and good at once",
          remedy: "set it lower")
      }
      return
    }
    if isChecked("green_rtt_ms", "yellow_rtt_ms"),
      let green = values.double(section + "green_rtt_ms"),
      let yellow = values.double(section + "yellow_rtt_ms"), green >= yellow
    {
      add(
        .error, .order, key: section + "green_rtt_ms",
        "\(told(section + "green_rtt_ms")) is not below yellow_rtt_ms "
          + "\(told(section + "yellow_rtt_ms"))",
        remedy: "green_rtt_ms < yellow_rtt_ms <= red_rtt_ms")
    }
    if isChecked("yellow_rtt_ms", "red_rtt_ms"), isAbove("yellow_rtt_ms", "red_rtt_ms", in: section)
    {
      add(
        .error, .order, key: section + "yellow_rtt_ms",
        "\(told(section + "yellow_rtt_ms")) is above red_rtt_ms \(told(section + "red_rtt_ms"))",
        remedy: "green_rtt_ms < yellow_rtt_ms <= red_rtt_ms")
    }
    if values.integer(section + "min_drops_red") == 0, isChecked("min_drops_red") {
      add(
        .error, .range, key: section + "min_drops_red", "0 is below 1",
        remedy: "thresholds.drops: auto waives drops where there are none to be had")
    }
    if isChecked("min_queue_yellow", "min_queue_red"),
      isAbove("min_queue_yellow", "min_queue_red", in: section)
    {
      add(
        .warning, .order, key: section + "min_queue_yellow",
        "\(told(section + "min_queue_yellow")) is above min_queue_red "
          + "\(told(section + "min_queue_red"))",
        remedy: "a queue is RED before it is YELLOW")
    }
  }

  private func isAbove(_ lower: String, _ upper: String, in section: String) -> Bool {
    guard let low = values.double(section + lower), let high = values.double(section + upper)
    else { return false }
    return low > high
  }

  // MARK: Confidence

  /// The most points that a score can have: RED, a severe RTT, rising drops and a long queue; or only
  /// the RTT.
  private static let mostPoints = 95.0
  private static let mostPointsByRTT = 25.0

  private mutating func checkConfidence() {
    let exclusive = "mode.confidence_exclusive"
    guard values.flag("mode.use_confidence_scoring") == true else {
      if values.flag(exclusive) == true {
        add(
          .warning, .unusedKey, key: exclusive, "has no effect without use_confidence_scoring",
          remedy: "write use_confidence_scoring: true, or remove it")
      }
      return
    }
    let steer = "confidence.steer_threshold"
    let recovery = "confidence.recovery_threshold"
    if let low = values.double(recovery), let high = values.double(steer), low >= high {
      add(
        .error, .order, key: recovery,
        "\(told(recovery)) is not below steer_threshold \(told(steer))",
        remedy: "set it lower, or steer_threshold higher")
    }
    let most = isCAKEAware ? Self.mostPoints : Self.mostPointsByRTT
    if let threshold = values.double(steer), threshold > most {
      add(
        .warning, .advice, key: steer,
        "\(told(steer)) is never reached: the score is \(decimal(most)) at most"
          + (isCAKEAware ? "" : " without cake_aware"),
        remedy: "write steer_threshold: \(decimal(most)) or less, and recovery_threshold below it")
    }
    if values.flag(exclusive) == true, values.flag("confidence.dry_run") == true {
      add(
        .warning, .advice, key: exclusive, "has no effect while confidence.dry_run is true",
        remedy: "samples in a row decide as without it; write dry_run: false")
    }
    if let toggles = values.integer("confidence.max_toggles"), toggles >= 20,
      values.flag("confidence.flap_detection_enabled") == true
    {
      add(
        .warning, .advice, key: "confidence.max_toggles",
        "\(toggles) is never exceeded: 20 changes are remembered", remedy: "set it lower")
    }
  }

  // MARK: The rest

  private mutating func checkFiles() {
    guard let state = values.text("state.file") else { return }
    let log = "state.transition_log"
    if values.text(log) ?? "" == "", !hasFailed(log) {
      complete(log, .text(SteeringSettings.transitionLog(besideState: state)))
    }
    if let path = values.text(log), SourceFile.isSame(path, state) {
      add(.error, .path, key: log, "is state.file", remedy: "name another file, or remove it")
    }
    if let source = values.text("cake_state_sources.primary"), SourceFile.isSame(state, source) {
      add(
        .error, .path, key: "state.file",
        "is the state file of the loop, which steering only reads",
        remedy: "name another file")
    }
  }

  private mutating func checkWithoutEffect() {
    for key in values.schema.keys where values.isGiven(key.path) {
      guard case .unused(let reason) = key.presence, key.path != "router.type" else { continue }
      add(
        .warning, .unusedKey, key: key.path, "has no effect",
        remedy: reason.hasPrefix("write") ? reason : "remove it: \(reason)")
    }
  }
}

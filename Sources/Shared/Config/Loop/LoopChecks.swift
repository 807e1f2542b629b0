import Model

/// What the keys of one WAN's configuration demand of each other. Fills in what follows from other
/// keys: floors, bounds, smoothing weights.
struct LoopChecks: ConfigChecks {
  var values: ConfigValues
  var findings: [ConfigDiagnostic]

  /// `findings` are those of the keys by themselves.
  init(values: ConfigValues, findings: [ConfigDiagnostic]) {
    self.values = values
    self.findings = findings
    for direction in Direction.allCases { checkFloors(of: direction) }
    checkThresholds()
    for average in ["baseline", "load"] { completeSmoothing(of: average) }
    completeBaselineBounds()
    checkRelearning()
    checkReflectors()
    checkRouter()
    checkQueues()
    checkListener()
    checkAlerts()
    checkWithoutEffect()
  }

  // MARK: Floors

  private mutating func checkFloors(of direction: Direction) {
    let section = "continuous_monitoring.\(direction.name)."
    let single = section + "floor_mbps"
    let green = section + "floor_green_mbps"
    let yellow = section + "floor_yellow_mbps"
    let softRed = section + "floor_soft_red_mbps"
    let red = section + "floor_red_mbps"
    let zones = direction == .download ? [red, softRed, yellow, green] : [red, yellow, green]
    var ascending: [String]
    if values.isGiven(green) {
      if values.isGiven(single) {
        add(
          .warning, .unusedKey, key: single, "has no effect beside floor_green_mbps",
          remedy: "remove it")
      }
      for floor in [yellow, red] where values[floor] == nil { addMissing(floor) }
      ascending = zones.filter { values[$0] != nil }
      if direction == .download, values[softRed] == nil, let floor = values[yellow] {
        values[softRed] = ConfigValues.Entry(value: floor.value, location: nil, text: floor.text)
      }
    } else if let floor = values[single] {
      for other in zones where values.isGiven(other) {
        add(
          .warning, .unusedKey, key: other, "has no effect without floor_green_mbps",
          remedy: "write floor_green_mbps, or remove it")
      }
      add(
        .warning, .legacyKey, key: single, "is the old form with one floor for all zones",
        remedy: "write " + zones.reversed().map(lastName).joined(separator: ", "))
      for zone in zones {
        values[zone] = ConfigValues.Entry(value: floor.value, location: nil, text: floor.text)
      }
      ascending = [single]
    } else {
      addMissing(
        green, remedy: "write " + zones.reversed().map(lastName).joined(separator: ", "))
      ascending = zones.filter { values[$0] != nil }
    }
    checkOrder(of: ascending + [section + "ceiling_mbps"])
    values[single] = nil
  }

  /// Rates are compared in bit/s, as the controller uses them.
  private mutating func checkOrder(of floors: [String]) {
    let known = floors.filter { values.double($0) != nil }
    for (lower, upper) in zip(known, known.dropFirst())
    where bitsPerSecond(values, lower) > bitsPerSecond(values, upper) {
      add(
        .error, .order, key: lower, "\(text(lower)) is above \(lastName(upper)) \(text(upper))",
        remedy: "floors must not fall from red to green, nor exceed the ceiling")
    }
  }

  // MARK: Thresholds and smoothing

  private mutating func checkThresholds() {
    let section = "continuous_monitoring.thresholds."
    let names = ["target_bloat_ms", "warn_bloat_ms", "hard_red_bloat_ms"]
    for (lower, upper) in zip(names, names.dropFirst()) {
      guard let low = values.double(section + lower), let high = values.double(section + upper),
        low >= high
      else { continue }
      let isDefault = !values.isGiven(section + upper)
      add(
        .error, .order, key: section + lower,
        "\(text(section + lower)) is not below \(upper) \(text(section + upper))"
          + (isDefault ? ", the default" : ""),
        remedy: isDefault ? "set \(upper) higher" : "thresholds must rise from target to hard_red")
    }
  }

  private mutating func completeSmoothing(of average: String) {
    let section = "continuous_monitoring.thresholds."
    let constant = section + "\(average)_time_constant_sec"
    let alpha = section + "alpha_\(average)"
    if let seconds = values.double(constant) {
      if values.isGiven(alpha) {
        add(
          .warning, .unusedKey, key: alpha, "has no effect beside \(lastName(constant))",
          remedy: "remove it")
      }
      let weight = controlInterval.seconds / seconds
      values[alpha] = ConfigValues.Entry(
        value: .number(weight), location: nil, text: shortest(weight))
    } else if let weight = values.double(alpha) {
      let seconds = controlInterval.seconds / weight
      let isSlow = average == "load" && seconds > 5
      add(
        .warning, .legacyKey, key: alpha,
        "\(text(alpha)) is the old form of a time constant of \(shortest(seconds)) s"
          + (isSlow ? ", which is suspiciously slow" : ""),
        remedy: "write \(lastName(constant)): \(shortest(seconds))")
      values[constant] = ConfigValues.Entry(
        value: .number(seconds), location: nil, text: shortest(seconds))
    } else {
      let hasFailed = findings.contains { $0.key == alpha && $0.severity == .error }
      if !hasFailed { addMissing(constant) }
    }
  }

  // MARK: Baseline

  /// Bounds that the file does not set make room for the initial baseline: fibre at 8 ms and LTE
  /// at 80 ms lie outside of the original's 10 to 60 ms, where the baseline would never move.
  private mutating func completeBaselineBounds() {
    let initialKey = "continuous_monitoring.baseline_rtt_initial"
    let minimumKey = "continuous_monitoring.thresholds.baseline_rtt_bounds.min"
    let maximumKey = "continuous_monitoring.thresholds.baseline_rtt_bounds.max"
    let initial = values.double(initialKey)
    if let minimum = values.double(minimumKey), let initial, initial < minimum {
      add(
        .warning, .order, key: minimumKey,
        "\(text(minimumKey)) is above baseline_rtt_initial \(text(initialKey))",
        remedy: "the baseline will not follow the line until it lies within its bounds")
    }
    if let maximum = values.double(maximumKey), let initial, initial > maximum {
      add(
        .warning, .order, key: maximumKey,
        "\(text(maximumKey)) is below baseline_rtt_initial \(text(initialKey))",
        remedy: "the baseline will not follow the line until it lies within its bounds")
    }
    func complete(_ key: String, _ number: Double) {
      values[key] = ConfigValues.Entry(
        value: .number(number), location: nil, text: shortest(number))
    }
    if values[minimumKey] == nil {
      complete(minimumKey, initial.map { $0 < 10 ? $0 / 2 : 10 } ?? 10)
    }
    if values[maximumKey] == nil {
      complete(maximumKey, initial.map { $0 > 60 ? $0 * 2 : 60 } ?? 60)
    }
    if let minimum = values.double(minimumKey), let maximum = values.double(maximumKey),
      minimum > maximum
    {
      let key = values.isGiven(minimumKey) ? minimumKey : maximumKey
      add(
        .warning, .order, key: key,
        "leaves no room: the baseline must lie above \(text(minimumKey)) and below "
          + "\(text(maximumKey)) ms", remedy: "no baseline will ever be accepted")
    }
  }

  /// A reading of the queues speaks for the line for 5 s: with gaps between them nobody knows that it
  /// is idle all the time.
  private mutating func checkRelearning() {
    let interval = "router.stats_interval_sec"
    let relearn = "continuous_monitoring.thresholds.baseline_relearn_sec"
    guard let seconds = values.double(interval), seconds >= 5, let after = values.double(relearn),
      after > 0
    else { return }
    add(
      .warning, .advice, key: interval,
      "\(text(interval)) is 5 s or more: a baseline that is frozen is never learned anew",
      remedy: "1 is usual; write baseline_relearn_sec: 0 where that is wanted")
  }

  // MARK: The rest

  private mutating func checkReflectors() {
    let hosts = "continuous_monitoring.ping_hosts"
    let median = "continuous_monitoring.use_median_of_three"
    if let names = values.texts(hosts) {
      if Set(names).count < names.count {
        add(.warning, .advice, key: hosts, "names a host twice", remedy: "its answers count twice")
      }
      if values.flag(median) == true, names.count < 3 {
        add(
          .warning, .advice, key: median, "has \(names.count) of the three hosts that it needs",
          remedy: "add hosts to ping_hosts")
      }
    }
    let interface = "continuous_monitoring.probe.interface"
    if let name = values.text(interface), name.utf8.count > 15 {
      add(
        .error, .name, key: interface, "\(quoted(name)) is longer than the 15 characters of Linux")
    }
  }

  private mutating func checkQueues() {
    if let download = values.text("queues.download"), download == values.text("queues.upload"),
      !download.contains(placeholder)
    {
      add(
        .warning, .advice, key: "queues.upload", "is the same queue as queues.download: \(download)"
      )
    }
  }

  private mutating func checkWithoutEffect() {
    if values.flag("continuous_monitoring.enabled") == false {
      add(
        .warning, .unusedKey, key: "continuous_monitoring.enabled",
        "is false, which has no effect: the loop runs")
    }
    if let lock = values.text("lock_file"), values.isGiven("state_file") {
      let path = LoopSettings.stateFile(besideLock: lock)
      if text("state_file") != path {
        add(
          .warning, .unusedKey, key: "state_file", "has no effect: the state is kept in \(path)",
          remedy: "remove it")
      }
    }
    let soft = "continuous_monitoring.upload.floor_soft_red_mbps"
    if values.isGiven(soft) {
      add(.warning, .unusedKey, key: soft, "has no effect: upload has no SOFT_RED zone")
      values[soft] = nil
    }
  }
}

/// A rate of the file in bit/s. Done in doubles as the original does: 8.2 Mbit/s is
/// 8199999.999999999 bit/s.
func bitsPerSecond(_ values: ConfigValues, _ path: String) -> Double {
  (values.double(path) ?? .nan) * 1_000_000
}

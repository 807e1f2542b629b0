import Model

/// Makes the settings of the loop of values without errors.
struct LoopSettingsBuilder {
  let values: ConfigValues

  /// nil when a value is missing, which only happens beside an error finding.
  func settings() -> LoopSettings? {
    guard let wan = values.identifier("wan_name"),
      let download = values.identifier("queues.download"),
      let upload = values.identifier("queues.upload"), let router = values.router(),
      let control = control(),
      let probe = probe(), let lockFile = values.text("lock_file"),
      let lockTimeout = values.integer("lock_timeout"),
      let mainLog = values.text("logging.main_log"),
      let debugLog = values.text("logging.debug_log"), let health = values.listener("health_check"),
      let metrics = values.listener("metrics"), let storage = values.storage(),
      let fallback = fallback()
    else { return nil }
    return LoopSettings(
      wan: wan, queues: PerDirection(download: download, upload: upload), router: router,
      control: control, probe: probe, fallback: fallback,
      onExit: values.text("continuous_monitoring.on_exit").flatMap(LoopSettings.OnExit.init)
        ?? .keep,
      lockFile: lockFile, lockTimeoutSeconds: lockTimeout, mainLog: mainLog, debugLog: debugLog,
      health: health, metrics: metrics, storage: storage,
      alerts: values.alerts())
  }

  private func control() -> ControlSettings? {
    let section = "continuous_monitoring.thresholds."
    guard let initial = values.milliseconds("continuous_monitoring.baseline_rtt_initial"),
      let minimum = values.double(section + "baseline_rtt_bounds.min"),
      let maximum = values.double(section + "baseline_rtt_bounds.max"),
      let target = values.number(section + "target_bloat_ms"),
      let warn = values.number(section + "warn_bloat_ms"),
      let hardRed = values.number(section + "hard_red_bloat_ms"),
      let alphaBaseline = values.double(section + "alpha_baseline"),
      let alphaLoad = values.double(section + "alpha_load"),
      let updateThreshold = values.milliseconds(section + "baseline_update_threshold_ms"),
      let accelThreshold = values.milliseconds(section + "accel_threshold_ms"),
      let relearn = values.seconds(section + "baseline_relearn_sec"),
      let download = queue(.download), let upload = queue(.upload)
    else { return nil }
    return ControlSettings(
      baselineInitial: initial, baselineBounds: ClosedBounds(min: minimum, max: maximum),
      targetBloat: target, warnBloat: warn, hardRedBloat: hardRed, alphaBaseline: alphaBaseline,
      alphaLoad: alphaLoad, baselineUpdateThreshold: updateThreshold,
      accelThreshold: accelThreshold, baselineRelearnAfter: relearn, download: download,
      upload: upload)
  }

  private func queue(_ direction: Direction) -> ControlSettings.Queue? {
    let section = "continuous_monitoring.\(direction.name)."
    func rate(_ name: String) -> Double? {
      let rate = bitsPerSecond(values, section + name)
      return rate.isNaN ? nil : rate
    }
    // Upload has no SOFT_RED zone; its floor there is that of YELLOW.
    let softRed = direction == .download ? "floor_soft_red_mbps" : "floor_yellow_mbps"
    guard let ceiling = rate("ceiling_mbps"), let floorGreen = rate("floor_green_mbps"),
      let floorYellow = rate("floor_yellow_mbps"), let floorSoftRed = rate(softRed),
      let floorRed = rate("floor_red_mbps"), let stepUp = rate("step_up_mbps"),
      let factorDown = values.double(section + "factor_down"),
      let factorDownYellow = values.double(section + "factor_down_yellow"),
      let greenRequired = values.integer(section + "green_required")
    else { return nil }
    return ControlSettings.Queue(
      ceiling: ceiling, floorGreen: floorGreen, floorYellow: floorYellow,
      floorSoftRed: floorSoftRed, floorRed: floorRed, stepUp: stepUp, factorDown: factorDown,
      factorDownYellow: factorDownYellow, greenRequired: greenRequired)
  }

  private func probe() -> LoopSettings.Probe? {
    let section = "continuous_monitoring."
    guard let reflectors = values.texts(section + "ping_hosts"),
      let usesMedian = values.flag(section + "use_median_of_three"),
      let timeout = values.seconds("timeouts.ping")
    else { return nil }
    return LoopSettings.Probe(
      reflectors: reflectors, usesMedianOfThree: usesMedian, timeout: timeout,
      sourceAddress: values.text(section + "probe.source"),
      interface: values.text(section + "probe.interface"),
      mark: values.integer(section + "probe.mark").flatMap { UInt32(exactly: $0) })
  }

  private func fallback() -> LoopSettings.Fallback? {
    let section = "continuous_monitoring.fallback_checks."
    guard let isEnabled = values.flag(section + "enabled"),
      let checksGateway = values.flag(section + "check_gateway"),
      let checksTCP = values.flag(section + "check_tcp"),
      let targets = values.list(section + "tcp_targets"),
      let mode = values.text(section + "fallback_mode"),
      let maximumCycles = values.integer(section + "max_fallback_cycles")
    else { return nil }
    return LoopSettings.Fallback(
      isEnabled: isEnabled, checksGateway: checksGateway, checksTCP: checksTCP,
      gateway: values.text(section + "gateway_ip"), tcpTargets: targets.compactMap(target),
      mode: LoopSettings.Fallback.Mode(rawValue: mode), maximumCycles: maximumCycles)
  }

  private func target(_ value: ConfigValue) -> LoopSettings.Fallback.Target? {
    guard case .list(let pair) = value, pair.count == 2, case .text(let host) = pair[0],
      case .integer(let port) = pair[1], let port = UInt16(exactly: port)
    else { return nil }
    return LoopSettings.Fallback.Target(host: host, port: port)
  }
}

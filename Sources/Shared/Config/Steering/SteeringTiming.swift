import Model

/// What counts of samples and weights come to in seconds at the configured interval.
struct SteeringTiming {
  var interval: Double
  var isCAKEAware: Bool
  var rttAlpha: Double
  var queueAlpha: Double
  var steerSamples: Int
  var returnSamples: Int

  init(_ control: SteeringControlSettings) {
    interval = control.interval.seconds
    isCAKEAware = control.isCAKEAware
    rttAlpha = control.thresholds.rttAlpha
    queueAlpha = control.thresholds.queueAlpha
    steerSamples = isCAKEAware ? control.samples.red : control.samples.bad
    returnSamples = isCAKEAware ? control.samples.green : control.samples.good
  }

  /// nil where a value is missing.
  init?(_ values: ConfigValues, isCAKEAware: Bool) {
    guard let interval = values.double("measurement.interval_seconds"),
      let rttAlpha = values.double("thresholds.rtt_ewma_alpha"),
      let queueAlpha = values.double("thresholds.queue_ewma_alpha"),
      let steerSamples = values.integer(Self.steerKey(isCAKEAware)),
      let returnSamples = values.integer(Self.returnKey(isCAKEAware))
    else { return nil }
    self.interval = interval
    self.isCAKEAware = isCAKEAware
    self.rttAlpha = rttAlpha
    self.queueAlpha = queueAlpha
    self.steerSamples = steerSamples
    self.returnSamples = returnSamples
  }

  static func steerKey(_ isCAKEAware: Bool) -> String {
    isCAKEAware ? "thresholds.red_samples_required" : "thresholds.bad_samples"
  }

  static func returnKey(_ isCAKEAware: Bool) -> String {
    isCAKEAware ? "thresholds.green_samples_required" : "thresholds.good_samples"
  }

  /// Time constants in seconds; infinite for a weight of 0.
  var rttConstant: Double { interval / rttAlpha }
  var queueConstant: Double { interval / queueAlpha }
  /// The least time from the first bad sample to steering, in seconds.
  var steerAfter: Double { interval * Double(steerSamples) }
  /// The least time from the first good sample to the return, in seconds.
  var returnAfter: Double { interval * Double(returnSamples) }

  /// As one JSON object; what never happens is null.
  func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("interval_seconds", interval)
    json.field("rtt_time_constant_seconds", isCAKEAware ? rttConstant : nil)
    json.field("queue_time_constant_seconds", isCAKEAware ? queueConstant : nil)
    json.field("steer_after_seconds", steerAfter)
    json.field("return_after_seconds", returnAfter)
    json.endObject()
  }
}

/// Whether those times make sense.
extension SteeringChecks {
  mutating func checkTiming() {
    let steerKey = SteeringTiming.steerKey(isCAKEAware)
    let returnKey = SteeringTiming.returnKey(isCAKEAware)
    for key in [steerKey, returnKey] where values.integer(key) == 0 {
      add(.error, .range, key: key, "0 is below 1", remedy: "it must be at least 1")
    }
    guard let timing = SteeringTiming(values, isCAKEAware: isCAKEAware), timing.steerSamples > 0,
      timing.returnSamples > 0
    else { return }
    if isCAKEAware { checkSmoothing(timing) }
    let interval = "an interval of \(decimal(timing.interval)) s"
    if timing.steerAfter < 0.5 || timing.steerAfter > 120 {
      let isShort = timing.steerAfter < 0.5
      add(
        .warning, .advice, key: steerKey,
        "\(told(steerKey)) is \(decimal(timing.steerAfter)) s at \(interval): "
          + (isShort
            ? "a short burst steers" : "congestion is long over before anything is steered"),
        remedy: suggestion(steerKey, seconds: isShort ? 2 : 30, timing))
    }
    if timing.returnAfter < max(2, timing.steerAfter) || timing.returnAfter > 1800 {
      let isShort = timing.returnAfter < max(2, timing.steerAfter)
      add(
        .warning, .advice, key: returnKey,
        "\(told(returnKey)) is \(decimal(timing.returnAfter)) s at \(interval): "
          + (isShort
            ? "connections return before the line has rested" : "connections hardly ever return"),
        remedy: suggestion(
          returnKey, seconds: isShort ? max(15, 2 * timing.steerAfter) : 300, timing))
    }
  }

  private mutating func checkSmoothing(_ timing: SteeringTiming) {
    let alpha = "thresholds.rtt_ewma_alpha"
    if timing.rttAlpha == 0 {
      add(
        .warning, .advice, key: alpha, "0 keeps the first RTT that it sees for ever",
        remedy: "0.3 is usual")
    } else if timing.rttConstant > 30 {
      add(
        .warning, .advice, key: alpha,
        "\(told(alpha)) is a time constant of \(decimal(timing.rttConstant)) s at an interval of "
          + "\(decimal(timing.interval)) s: congestion is seen late",
        remedy: "write a larger weight, or a shorter interval")
    }
  }

  private func suggestion(_ key: String, seconds: Double, _ timing: SteeringTiming) -> String {
    let count = Int(clampedRounding: seconds / timing.interval)
    return
      "\(lastName(key)): \(max(1, count)) is \(decimal(Double(max(1, count)) * timing.interval)) s"
  }
}

extension Int {
  /// Rounded up, within what a count of samples can be.
  fileprivate init(clampedRounding value: Double) {
    self = Int(Swift.max(0, Swift.min(value.isNaN ? 0 : value.rounded(.up), 1_000_000_000)))
  }
}

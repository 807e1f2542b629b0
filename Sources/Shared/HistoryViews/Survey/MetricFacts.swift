import History
import Model

/// What a metric is called, its unit, and which values it can have.
struct MetricFacts {
  var title: String
  /// Empty where there is none.
  var unit: String
  /// What lies outside is a damaged row, and left out.
  var plausible: ClosedRange<Double>

  init(_ metric: MetricName) {
    switch metric {
    case .rtt: self.init("RTT", "ms", 0...600_000)
    case .baseline: self.init("Baseline", "ms", 0...600_000)
    case .delta: self.init("Added latency", "ms", -600_000...600_000)
    case .downloadRate: self.init("Download", "Mbit/s", 0...1e7)
    case .uploadRate: self.init("Upload", "Mbit/s", 0...1e7)
    case .state: self.init("State", "", 0...3)
    case .steeringEnabled: self.init("Steering", "", 0...1)
    case .routerWrites: self.init("Router writes", "/min", 0...1e6)
    case .confirmationAge: self.init("Confirmed after", "ms", 0...3.6e6)
    case .sampleAge: self.init("Age of samples", "ms", 0...3.6e6)
    case .routerOutage: self.init("Router outage", "s/min", 0...60)
    case .heldCycles: self.init("Held cycles", "/min", 0...1e6)
    case .missedTicks: self.init("Missed ticks", "/min", 0...1e9)
    default:
      let name = metric.rawValue
      let unit = name.hasSuffix("_ms") ? "ms" : name.hasSuffix("_mbps") ? "Mbit/s" : ""
      self.init(name, unit, -1e15...1e15)
    }
  }

  private init(_ title: String, _ unit: String, _ plausible: ClosedRange<Double>) {
    self.title = title
    self.unit = unit
    self.plausible = plausible
  }
}

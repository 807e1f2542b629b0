public import History
import Model

/// Curves of one WAN over a stretch of time, with its states below them.
public struct HistoryPlot: Sendable {
  public struct Curve: Sendable {
    public var name: String
    /// One per slot.
    public var values: [SlotValue?]
    /// What the other curves are read against.
    public var isReference = false
  }

  /// A value to compare with.
  public struct Rule: Sendable, Equatable {
    public var name: String
    public var value: Double
  }

  public struct Panel: Sendable {
    public var title: String
    public var unit: String
    public var curves: [Curve]
    public var rules: [Rule] = []
    /// Seconds by zone, per slot; empty where the panel has no states.
    public var zones: [ZoneSeconds] = []
    /// The figures of what the panel was condensed from; nil when it was not.
    var finerFigures: Figures?

    /// Of the main curve: its newest value, median and 95th percentile of its slots, and its
    /// greatest sample.
    public struct Figures: Sendable, Equatable {
      public var last: Double
      public var p50: Double
      public var p95: Double
      public var maximum: Double
    }

    /// Whether there is anything to draw.
    public var isEmpty: Bool {
      curves.allSatisfy { $0.values.allSatisfy { $0 == nil } }
        && zones.allSatisfy { $0.sum() == 0 }
    }
  }

  public var wan: String
  public var axis: SlotAxis
  public var clock: ClockZone
  public var panels: [Panel]

  /// What a person wants to know at midnight.
  public static let defaultMetrics: [MetricName] = [.rtt, .baseline, .downloadRate, .uploadRate]

  /// The panels of some metrics: RTT and baseline share one, everything else has one of its own.
  /// Metrics without rows have none.
  public init(_ survey: WANSurvey, _ axis: SlotAxis, metrics: [MetricName], clock: ClockZone) {
    wan = survey.name
    self.axis = axis
    self.clock = clock
    panels = []
    for metric in metrics {
      let panel: Panel
      switch metric {
      case .rtt: panel = Self.latency(survey, withBaseline: metrics.contains(.baseline))
      case .baseline where metrics.contains(.rtt): continue
      case .downloadRate: panel = Self.rate(.download, survey)
      case .uploadRate: panel = Self.rate(.upload, survey)
      case .state: panel = Self.states(survey)
      default: panel = Self.other(metric, survey)
      }
      if !panel.isEmpty { panels.append(panel) }
    }
  }

  private static func latency(_ survey: WANSurvey, withBaseline: Bool) -> Panel {
    let baseline = survey[.baseline]
    var panel = Panel(
      title: "RTT", unit: "ms", curves: [Curve(name: "RTT", values: survey[.rtt])])
    if withBaseline {
      panel.curves.append(Curve(name: "baseline", values: baseline, isReference: true))
    }
    let known = baseline.compactMap { $0?.mean }
    guard let middle = SampleStatistics(known)?.p50 else { return panel }
    let settings = survey.settings
    let limits = [
      ("target", settings.targetBloat), ("warn", settings.warnBloat),
      ("hard red", settings.hardRedBloat),
    ]
    panel.rules = limits.compactMap { name, limit in
      limit.map {
        Rule(name: "\(name) +\(shortestInteger($0.rawValue))", value: middle + $0.rawValue)
      }
    }
    return panel
  }

  private static func rate(_ direction: Direction, _ survey: WANSurvey) -> Panel {
    let metric = direction == .download ? MetricName.downloadRate : .uploadRate
    let facts = MetricFacts(metric)
    var panel = Panel(
      title: facts.title, unit: facts.unit,
      curves: [Curve(name: "rate", values: survey[metric])], zones: survey.zones[direction])
    if let ceiling = survey.settings.ceilings[direction] {
      panel.rules = [Rule(name: "ceiling", value: ceiling.megabits)]
    }
    return panel
  }

  private static func states(_ survey: WANSurvey) -> Panel {
    Panel(title: "State of download", unit: "", curves: [], zones: survey.zones.download)
  }

  private static func other(_ metric: MetricName, _ survey: WANSurvey) -> Panel {
    let facts = MetricFacts(metric)
    return Panel(
      title: facts.title, unit: facts.unit,
      curves: [Curve(name: facts.title, values: survey[metric])])
  }
}

extension HistoryPlot.Panel {
  /// The curve that the panel is about; nil in a panel of states.
  var main: HistoryPlot.Curve? { curves.first { !$0.isReference } ?? curves.first }

  /// nil where there is no curve.
  var figures: Figures? {
    if let finerFigures { return finerFigures }
    let values = main?.values.compactMap { $0 } ?? []
    guard let statistics = SampleStatistics(values.map(\.mean)), let last = values.last else {
      return nil
    }
    let maximum = values.reduce(-Double.infinity) { max($0, $1.maximum) }
    return Figures(
      last: last.mean, p50: statistics.p50, p95: statistics.p95, maximum: maximum)
  }

  /// The axis of values. It begins at 0 unless something is below, and a few outliers do not press
  /// everything else flat: they are cut off.
  func scale(steps: Int) -> ValueScale {
    let values = curves.flatMap(\.values).compactMap { $0 }
    var low = min(values.reduce(0) { min($0, $1.minimum) }, 0)
    var high = values.reduce(low) { max($0, $1.mean) }
    let peaks = values.map(\.maximum).sorted()
    if let peak = peaks.last {
      let usual = peaks[(peaks.count - 1) * 99 / 100]
      high = max(min(peak, usual * 3), min(high, usual * 6))
    }
    for rule in rules where rule.value <= high * 1.25 || rule == rules.first {
      high = max(high, rule.value)
      low = min(low, rule.value)
    }
    return ValueScale(low...max(high, low), steps: steps)
  }

  /// The rules that are on the scale.
  func rules(on scale: ValueScale) -> [HistoryPlot.Rule] {
    rules.filter { $0.value >= scale.low && $0.value <= scale.high }
  }
}

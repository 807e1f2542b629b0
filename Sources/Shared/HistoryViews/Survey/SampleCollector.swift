import History
import Model

/// The samples of one WAN as they are read.
struct WANSamples {
  let name: String
  var grids: [MetricName: SampleGrid] = [:]
  var states: StateGrid
  /// Of the loop's own rows, and of those that steering writes too.
  var loopCoverage: Coverage
  var rttCoverage: Coverage
  var cycles = CycleCounter()
  var implausibleRows = 0
  var hasSteering = false

  init(_ name: String, _ axis: SlotAxis) {
    self.name = name
    states = StateGrid(axis)
    loopCoverage = Coverage(start: axis.start, end: axis.end)
    rttCoverage = loopCoverage
  }

  var coverage: Coverage { loopCoverage.isEmpty ? rttCoverage : loopCoverage }
}

/// Puts rows where they belong. Which series a row is of is looked up once.
struct SampleCollector {
  private struct Target {
    var wan: Int
    var metric: MetricName
    var plausible: ClosedRange<Double>
    var isLabelled: Bool
    var isOfSteering: Bool
  }

  private let axis: SlotAxis
  private(set) var wans: [WANSamples] = []
  private(set) var leftOut: Set<String> = []
  /// By the number of the series; nil = nobody asks for it.
  private var targets: [Target??] = []

  init(_ axis: SlotAxis) { self.axis = axis }

  mutating func take(_ row: HistoryRow, _ table: SeriesTable) {
    while targets.count <= row.series { targets.append(nil) }
    if targets[row.series] == nil { targets[row.series] = .some(target(table[row.series])) }
    guard case .some(.some(let target)) = targets[row.series] else { return }
    guard target.plausible.contains(row.value) else {
      wans[target.wan].implausibleRows += 1
      return
    }
    wans[target.wan].take(row, target.metric, axis, target.isLabelled, target.isOfSteering)
  }

  private mutating func target(_ series: HistorySeries) -> Target? {
    // The upload's state has events alone; a state of steering is on another scale.
    let isOfSteering = series.text("source") != nil
    if series.metric == MetricName.state.rawValue, series.text("direction") == "upload" {
      return nil
    }
    guard let wan = wan(series.wan) else { return nil }
    let metric = MetricName(series.metric)
    return Target(
      wan: wan, metric: metric, plausible: MetricFacts(metric).plausible,
      isLabelled: series.labels != nil, isOfSteering: isOfSteering)
  }

  private mutating func wan(_ name: String) -> Int? {
    if let index = wans.firstIndex(where: { $0.name == name }) { return index }
    guard wans.count < HistorySurvey.maximumWANs else {
      if leftOut.count < 10_000 { leftOut.insert(name) }
      return nil
    }
    wans.append(WANSamples(name, axis))
    return wans.count - 1
  }
}

extension WANSamples {
  fileprivate mutating func take(
    _ row: HistoryRow, _ metric: MetricName, _ axis: SlotAxis, _ isLabelled: Bool,
    _ isOfSteering: Bool
  ) {
    if isOfSteering {
      hasSteering = true
      return
    }
    if metric == .state {
      guard let code = UInt8(exactly: row.value), let zone = Zone(rawValue: code) else {
        implausibleRows += 1
        return
      }
      states.add(zone, at: row.timestamp, row.granularity, isLabelled: isLabelled)
      return
    }
    let end = row.timestamp &+ row.granularity.seconds
    if metric == .downloadRate {
      if cycles.take(row) { loopCoverage.mark(from: row.timestamp, to: end) }
    } else if metric == .rtt {
      rttCoverage.mark(from: row.timestamp, to: end)
    } else if metric == .steeringEnabled {
      hasSteering = true
    }
    grids[metric, default: SampleGrid(axis)].add(row.value, at: row.timestamp, row.granularity)
  }
}

/// Counts the cycles of each second; rows come newest first.
struct CycleCounter {
  private var time: Int64?
  private var count = 0
  private var bySecond: [Int: Int] = [:]

  /// - Returns: whether the row begins another second or bucket.
  fileprivate mutating func take(_ row: HistoryRow) -> Bool {
    guard row.granularity == .raw else { return true }
    if row.timestamp == time {
      count += 1
      return false
    }
    finish()
    time = row.timestamp
    count = 1
    return true
  }

  private mutating func finish() {
    // However fast somebody writes: a few hundred different numbers at most.
    if count > 0 { bySecond[min(count, 500), default: 0] += 1 }
  }

  var rate: CycleRate {
    var all = self
    all.finish()
    let usual = all.bySecond.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 0
    return CycleRate(
      seconds: all.bySecond.values.reduce(0, +),
      cycles: all.bySecond.reduce(0) { $0 + $1.key * $1.value },
      slowSeconds: all.bySecond.reduce(0) { $0 + ($1.key * 4 < usual * 3 ? $1.value : 0) },
      most: all.bySecond.keys.max() ?? 0)
  }
}

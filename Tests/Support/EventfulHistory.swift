public import History
import Model

/// The history of a line with busy evenings, summed up as the ladder has it: what plots and reports
/// are looked at with. The same for the same seed.
public struct EventfulHistory {
  /// Unix seconds of the newest row.
  public var now: Int64
  public var days: Int
  public var wan: String
  /// Mbit/s.
  public var ceiling: Double
  /// Raw rows of each metric per second, in the last hour.
  public var rate: Int
  public var seed: UInt64

  public init(
    now: Int64, days: Int = 7, wan: String = "wan1", ceiling: Double = 500, rate: Int = 4,
    seed: UInt64 = 1
  ) {
    self.now = now
    self.days = days
    self.wan = wan
    self.ceiling = ceiling
    self.rate = rate
    self.seed = seed
  }

  /// Adds the rows to a database, which is made if need be.
  public func write(to path: String) throws(SQLiteError) {
    let database = try SQLiteConnection(path: path, access: .create)
    try MetricsSchema.create(on: database)
    let insertion = try MetricInsertion(on: database)
    try database.transaction { () throws(SQLiteError) in
      var line = EventfulLine(self, insertion)
      try line.run()
    }
  }
}

/// Goes through the seconds.
private struct EventfulLine {
  private let plan: EventfulHistory
  private let insertion: MetricInsertion
  private var random: SeededGenerator
  private var zones = [0.0, 0.0]
  private var rates: [Double]
  private var delta = 0.0
  private var congestion = 0.0
  private var congestedUntil = Int64.min
  private var isUpload = false
  private var isSteering = false
  private var buckets: [Granularity: Bucket] = [:]
  private var writes = 0.0

  private struct Bucket {
    var start: Int64
    var sums = [Double](repeating: 0, count: 5)
    var count = 0.0
    var states = [0, 0, 0, 0]
  }

  private static let metrics: [MetricName] = [
    .rtt, .baseline, .delta, .downloadRate, .uploadRate,
  ]

  init(_ plan: EventfulHistory, _ insertion: MetricInsertion) {
    self.plan = plan
    self.insertion = insertion
    random = SeededGenerator(seed: plan.seed)
    rates = [plan.ceiling, plan.ceiling / 10]
  }

  mutating func run() throws(SQLiteError) {
    let begin = (plan.now - Int64(plan.days) * 86_400) / 3600 * 3600
    try snapshot(at: begin)
    // A line that is down for seven minutes, and a host that is updated.
    let outage = begin + (plan.now - begin) * 3 / 8
    let restart = begin + (plan.now - begin) * 5 / 8
    for time in begin...plan.now {
      if time >= outage, time < outage + 420 { continue }
      if time >= restart, time < restart + 95 { continue }
      if time == restart + 95 {
        try snapshot(at: time)
        zones = [0, 0]
      }
      step(time)
      try changes(at: time)
      try steering(at: time)
      try store(time)
    }
    // What is not yet summed up stays raw; whole buckets only.
  }

  /// Congestion comes and goes, more often in the evening.
  private mutating func step(_ time: Int64) {
    let hour = Double((time % 86_400 + 86_400) % 86_400) / 3600
    let evening = max(0, 1 - abs(hour - 20.5) / 4)
    if time > congestedUntil, Double.random(in: 0...1, using: &random) < 1e-4 + evening * 9e-4 {
      let isLong = Double.random(in: 0...1, using: &random) < 0.15 * evening + 0.02
      congestedUntil =
        time
        + (isLong
          ? Int64.random(in: 120...1500, using: &random)
          : Int64.random(in: 2...40, using: &random))
      congestion = Double.random(in: 14...(isLong ? 75 : 110), using: &random)
      isUpload = Double.random(in: 0...1, using: &random) < 0.25
    }
    let isCongested = time <= congestedUntil
    if isCongested {
      congestion *= Double.random(in: 0.93...1.075, using: &random)
      congestion = min(max(congestion, 8), 115)
    }
    let wanted =
      isCongested
      ? congestion * Double.random(in: 0.5...1, using: &random)
      : evening * 2 + Double.random(in: -0.4...0.8, using: &random)
    delta += (wanted - delta) * 0.5
    let download = delta > 80 ? 3.0 : delta > 45 ? 2 : delta > 15 ? 1 : 0
    let upload = isUpload && isCongested ? (delta > 45 ? 3.0 : delta > 15 ? 1 : 0) : 0
    next = [isUpload && isCongested ? min(download, 1) : download, upload]
    for index in 0...1 {
      let top = index == 0 ? plan.ceiling : plan.ceiling / 10
      switch next[index] {
      case 3: rates[index] = max(rates[index] * 0.85, top * 0.4)
      case 1: rates[index] = max(rates[index] * 0.97, top * 0.6)
      case 0: rates[index] = min(rates[index] + top * 0.01, top)
      default: break
      }
    }
    writes += next[0] > 0 ? 1 : 0.02
  }

  private var next = [0.0, 0.0]

  private mutating func changes(at time: Int64) throws(SQLiteError) {
    for (index, direction) in Direction.allCases.enumerated() where next[index] != zones[index] {
      let names =
        direction == .download
        ? ["green", "green", "soft_red", "hard_red"]
        : ["target", "target", "warn", "warn"]
      let limits = direction == .download ? [15, 15, 45, 80] : [15, 15, 45, 45]
      let code = Int(next[index])
      let verb = code == 0 ? "fell below" : "exceeded"
      let reason =
        "RTT delta \(fixed(delta, digits: 1))ms \(verb) \(names[code]) threshold \(limits[code])ms"
      zones[index] = next[index]
      try insert(
        time, .state, next[index],
        labels: MetricLabels.transition(direction, reason: reason).text)
    }
  }

  private mutating func steering(at time: Int64) throws(SQLiteError) {
    let wants = delta > 60
    let ends = isSteering && delta < 5 && Double.random(in: 0...1, using: &random) < 0.02
    guard wants && !isSteering || ends else { return }
    isSteering.toggle()
    let names = ["\(plan.wan.uppercased())_GOOD", "\(plan.wan.uppercased())_DEGRADED"]
    let labels = MetricLabels.steeringTransition(
      from: names[isSteering ? 0 : 1], to: names[isSteering ? 1 : 0])
    try insert(time, .steeringTransition, isSteering ? 1 : 0, labels: labels.text)
  }

  private mutating func store(_ time: Int64) throws(SQLiteError) {
    let age = plan.now - time
    let base = 23.8 + (time / 7200 % 5 == 0 ? 0.3 : 0)
    let noise = Double.random(in: -0.3...0.5, using: &random)
    let values = [base + delta + noise, base, delta, rates[0], rates[1]]
    let minutes = tier(age: age) == .raw ? Granularity.minute : tier(age: age)
    if time % minutes.seconds == minutes.seconds - 1 {
      let start = time - minutes.seconds + 1
      try insert(start, .routerWrites, writes * 60 / Double(minutes.seconds), tier: minutes)
      try insert(start, .heldCycles, 0, tier: minutes)
      try insert(start, .missedTicks, delta > 60 ? 1 : 0, tier: minutes)
      try insert(start, .confirmationAge, 18 + delta / 10, tier: minutes)
      try insert(start, .routerOutage, 0, tier: minutes)
      try insert(start, .sampleAge, 0.1, tier: minutes)
      writes = 0
    }
    let tier = tier(age: age)
    guard tier != .raw else {
      try flush(all: true)
      for _ in 0..<plan.rate {
        for (metric, value) in zip(Self.metrics, values) { try insert(time, metric, value) }
        try insert(time, .state, zones[0], labels: MetricLabels.direction(.download).text)
      }
      return
    }
    if buckets[tier].map({ $0.start != tier.bucket(of: time) }) ?? true {
      try flush(all: true)
      buckets[tier] = Bucket(start: tier.bucket(of: time))
    }
    buckets[tier]?.count += 1
    buckets[tier]?.states[Int(zones[0])] += 1
    for index in values.indices { buckets[tier]?.sums[index] += values[index] }
  }

  private mutating func flush(all: Bool) throws(SQLiteError) {
    for (tier, bucket) in buckets {
      for (index, metric) in Self.metrics.enumerated() {
        try insert(bucket.start, metric, bucket.sums[index] / bucket.count, tier: tier)
      }
      let state = bucket.states.indices.max { bucket.states[$0] < bucket.states[$1] } ?? 0
      try insert(
        bucket.start, .state, Double(state), labels: MetricLabels.direction(.download).text,
        tier: tier)
    }
    buckets = [:]
  }

  private func tier(age: Int64) -> Granularity {
    // Between whole hours, so that no bucket is cut.
    let edge = { (age: Int64) in plan.now - (plan.now - age) / 3600 * 3600 }
    return age > edge(7 * 86_400)
      ? .hour : age > edge(86_400) ? .fiveMinutes : age > edge(3600) ? .minute : .raw
  }

  private func snapshot(at time: Int64) throws(SQLiteError) {
    let autorate = MetricLabels([
      ("baseline_rtt_initial", .integer(24)),
      ("download_ceiling_mbps", .integer(Int64(plan.ceiling))),
      ("upload_ceiling_mbps", .integer(Int64(plan.ceiling / 10))),
      ("target_bloat_ms", .integer(15)), ("warn_bloat_ms", .integer(45)),
    ])
    let labels = MetricLabels([
      ("trigger", .text("startup")), ("autorate", .object(autorate)), ("steering", .null),
    ])
    try insert(time, .configSnapshot, Double(time), labels: labels.text)
  }

  private func insert(
    _ time: Int64, _ metric: MetricName, _ value: Double, labels: String? = nil,
    tier: Granularity = .raw
  ) throws(SQLiteError) {
    try insertion.insert(
      MetricRow(
        timestamp: time, wan: plan.wan, metric: metric, value: value, labels: labels,
        granularity: tier))
  }
}

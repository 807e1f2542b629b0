public import Model
public import Platform

/// One pass over the ladder and the retention, in slices: each is a transaction of a few
/// milliseconds, so that no writer waits for long, and a pass that is killed leaves nothing half
/// done. The next pass goes on where it ended.
///
/// The caller holds a `MaintenanceLock`.
public final class MaintenancePass {
  /// What a pass did.
  public struct Result: Sendable, Equatable {
    /// Aggregates that were made, by the tier that they are in.
    public var aggregates: [Granularity: Int] = [.minute: 0, .fiveMinutes: 0, .hour: 0]
    /// Rows that went into aggregates.
    public var aggregatedRows = 0
    /// Rows that were older than the retention.
    public var expiredRows = 0
    /// The longest time for which a slice held the lock of the only writer.
    public var longestSlice = Milliseconds.zero

    /// Whether anything was to be done.
    public var isEmpty: Bool { aggregatedRows == 0 && expiredRows == 0 }
  }

  private enum Phase {
    case begin(step: Int)
    case aggregate(step: Int, SeriesAggregation, [Cursor])
    case expire
    case finished
  }

  private struct Cursor {
    var series: SeriesName
    /// That of the first sample that waits.
    var bucket: Int64
  }

  public private(set) var result = Result()
  private let connection: SQLiteConnection
  private let now: Int64
  private let ladder: [LadderStep]
  /// nil = nothing goes.
  private let expiry: Int64?
  private let sliceTime: Milliseconds
  private var halfSliceTime: Milliseconds { Milliseconds(sliceTime.rawValue / 2) }
  private let clock: () -> MonotonicTime
  private var phase = Phase.begin(step: 0)
  private var expiryRows: Int64 = 500

  /// - Parameters:
  ///   - now: Unix seconds.
  ///   - retentionDays: rows older than this go, whatever their tier; at least 1, nil = none goes.
  ///   - sliceTime: a slice ends with the bucket of a series in which this time is over, and with
  ///     that of a whole WAN in which half of it is.
  ///   - clock: for `sliceTime` only.
  public convenience init(
    on connection: SQLiteConnection, now: Int64, retentionDays: Int?,
    sliceTime: Milliseconds = Milliseconds(30),
    clock: @escaping () -> MonotonicTime = Clock.monotonic
  ) {
    self.init(
      on: connection, now: now, ladder: LadderStep.all, retentionDays: retentionDays,
      sliceTime: sliceTime, clock: clock)
  }

  init(
    on connection: SQLiteConnection, now: Int64, ladder: [LadderStep], retentionDays: Int?,
    sliceTime: Milliseconds, clock: @escaping () -> MonotonicTime
  ) {
    self.connection = connection
    self.ladder = ladder
    // About the year 142 million: far from any overflow.
    let limit: Int64 = 1 << 52
    let now = min(max(now, -limit), limit)
    self.now = now
    expiry = retentionDays.map { now - Int64(min(max($0, 1), 1_000_000)) * 86_400 }
    self.sliceTime = sliceTime
    self.clock = clock
  }

  /// Does the next slice.
  ///
  /// - Returns: whether there is more to do.
  public func slice() throws(SQLiteError) -> Bool {
    switch phase {
    case .begin(let step): phase = try begin(step)
    case .aggregate(let step, let aggregation, let cursors):
      let rest = try aggregate(ladder[step], aggregation, cursors)
      phase = rest.isEmpty ? .begin(step: step + 1) : .aggregate(step: step, aggregation, rest)
    case .expire: phase = try expire() ? .expire : .finished
    case .finished: break
    }
    if case .finished = phase { return false }
    return true
  }

  // MARK: - The ladder

  /// Finds the series that have something to do; no lock is held for that.
  private func begin(_ index: Int) throws(SQLiteError) -> Phase {
    guard ladder.indices.contains(index) else { return .expire }
    let step = ladder[index]
    // An old row that is no sample costs a little time below, and nothing else.
    let oldest = try connection.prepare("SELECT min(timestamp) FROM metrics WHERE granularity = ?")
    try oldest.bind(step.from.rawValue, at: 1)
    guard try oldest.step(), oldest.type(0) == .integer else { return .begin(step: index + 1) }
    let start = max(oldest.integer(0), SeriesAggregation.earliest)
    let end = step.end(at: now)
    guard start < end else { return .begin(step: index + 1) }
    let aggregation = try SeriesAggregation(step, on: connection)
    var cursors: [Cursor] = []
    for series in try SeriesName.all(on: connection).names {
      guard let next = try aggregation.firstSample(of: series, from: start, to: end) else {
        continue
      }
      cursors.append(Cursor(series: series, bucket: step.to.bucket(of: next)))
    }
    return cursors.isEmpty ? .begin(step: index + 1) : .aggregate(step: index, aggregation, cursors)
  }

  /// Takes the oldest bucket of all series first, WAN by WAN: their rows lie side by side in the
  /// file, and a page from which all go in one transaction is written once.
  ///
  /// - Returns: the series that are not through.
  private func aggregate(
    _ step: LadderStep, _ aggregation: SeriesAggregation, _ cursors: [Cursor]
  ) throws(SQLiteError) -> [Cursor] {
    let end = step.end(at: now)
    var cursors = cursors
    var made = 0
    var removed = 0
    try timed { () throws(SQLiteError) in
      let begin = clock()
      var last: Cursor?
      while let index = cursors.indices.min(by: { cursors[$0].bucket < cursors[$1].bucket }) {
        let (series, bucket) = (cursors[index].series, cursors[index].bucket)
        if let last {
          let isSame = last.bucket == bucket && last.series.wan == series.wan
          if clock() - begin >= (isSame ? sliceTime : halfSliceTime) { break }
        }
        last = cursors[index]
        let done = try aggregation.aggregate(series, bucket: bucket)
        made += done.made
        removed += done.removed
        if let next = try aggregation.firstSample(
          of: series, from: bucket + step.to.seconds, to: end)
        {
          cursors[index].bucket = step.to.bucket(of: next)
        } else {
          cursors.remove(at: index)
        }
      }
    }
    result.aggregates[step.to, default: 0] += made
    result.aggregatedRows += removed
    return cursors
  }

  // MARK: - The retention

  /// - Returns: whether there may be more.
  private func expire() throws(SQLiteError) -> Bool {
    guard let expiry else { return false }
    let removal = try connection.prepare(
      """
      DELETE FROM metrics WHERE id IN \
      (SELECT id FROM metrics WHERE timestamp < ?1 ORDER BY timestamp LIMIT ?2)
      """)
    // Most passes have nothing to remove: no lock for them.
    let first = try connection.prepare("SELECT 1 FROM metrics WHERE timestamp < ?1 LIMIT 1")
    try first.bind(expiry, at: 1)
    guard try first.step() else { return false }
    first.reset()
    try removal.bind(expiry, at: 1)
    try removal.bind(expiryRows, at: 2)
    var removed = 0
    let took = try timed { () throws(SQLiteError) in
      try removal.run()
      removed = connection.changes
    }
    result.expiredRows += removed
    let isFull = Int64(removed) == expiryRows
    expiryRows = took < halfSliceTime ? min(expiryRows * 2, 10_000) : max(expiryRows / 2, 100)
    return isFull
  }

  /// Runs `body` in a transaction, and notes how long that held the lock.
  @discardableResult
  private func timed(_ body: () throws(SQLiteError) -> Void) throws(SQLiteError) -> Milliseconds {
    var begin = clock()
    try connection.transaction(.immediate) { () throws(SQLiteError) in
      // Waiting for the lock is no part of it.
      begin = clock()
      try body()
    }
    let took = clock() - begin
    result.longestSlice = max(result.longestSlice, took)
    return took
  }
}

extension SeriesName {
  /// In SQLite's order, by bytes.
  private func isBefore(_ other: SeriesName) -> Bool {
    if wan != other.wan { return wan.utf8.lexicographicallyPrecedes(other.wan.utf8) }
    return metric.rawValue.utf8.lexicographicallyPrecedes(other.metric.rawValue.utf8)
  }

  /// All series of a database, found by jumps through the index, whatever its size.
  ///
  /// - Returns: `isComplete` is false where a name is no UTF-8: it is not found again as it was read,
  ///   and those behind it are missing.
  static func all(
    on connection: SQLiteConnection
  ) throws(SQLiteError) -> (names: [SeriesName], isComplete: Bool) {
    let first = try connection.prepare(
      "SELECT wan_name, metric_name FROM metrics ORDER BY wan_name, metric_name LIMIT 1")
    let next = try connection.prepare(
      """
      SELECT wan_name, metric_name FROM metrics WHERE (wan_name, metric_name) > (?1, ?2) \
      ORDER BY wan_name, metric_name LIMIT 1
      """)
    var series: [SeriesName] = []
    var statement = first
    while try statement.step() {
      let found = SeriesName(
        wan: statement.text(0) ?? "", metric: MetricName(statement.text(1) ?? ""))
      // What was read differs from what is stored: the next jump may lead back.
      if let last = series.last, !last.isBefore(found) { return (series, false) }
      series.append(found)
      next.reset()
      try next.bind(found.wan, at: 1)
      try next.bind(found.metric.rawValue, at: 2)
      statement = next
    }
    return (series, true)
  }
}

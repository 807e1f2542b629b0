package import Model
package import Platform

/// What the storage thread does, and when. Time is an argument: tests and measurements have their
/// own.
package final class HistoryKeeper {
  /// How long a write that failed waits for its repetition: for somebody's lock, and for all else.
  private static let retryLocked = Milliseconds(200)
  private static let retry = Milliseconds(5000)
  /// Somebody else's lock is told after this; the original's maintenance may hold it for seconds.
  private static let lockPatience = Milliseconds(30_000)
  /// Entries of one transaction, so that it is short after an outage too.
  private static let transactionEntries = 1000
  /// Between two slices of maintenance others get at the database.
  private static let sliceDistance = Milliseconds(30)

  package private(set) var counters = HistoryCounters()
  private let options: HistoryWriter.Options
  private let queue: DropOldestQueue<HistoryEntry>
  private let tell: (HistoryEvent) -> Void
  private let database: HistoryDatabase
  private var commitAt: MonotonicTime?
  private var retryAt: MonotonicTime?
  private var failingSince: MonotonicTime?
  private var failures = 0
  private var isFailureTold = false
  private var toldLost = 0
  private var pass: Pass?
  private var maintainAt: MonotonicTime?
  private var isMaintenanceFailureTold = false
  private var sliceAt: MonotonicTime?

  private struct Pass {
    let lock: MaintenanceLock
    /// The connection that it works on; another one begins a pass of its own.
    let connection: SQLiteConnection
    let work: MaintenancePass
  }

  package init(
    _ options: HistoryWriter.Options, queue: DropOldestQueue<HistoryEntry>,
    tell: @escaping (HistoryEvent) -> Void
  ) {
    self.options = options
    self.queue = queue
    self.tell = tell
    database = HistoryDatabase(path: options.path)
  }

  /// Does what is due.
  ///
  /// - Returns: how long nothing is due if nobody asks.
  package func work(
    now: MonotonicTime, wall: UnixTime, flush: Bool, isLast: Bool
  ) -> Milliseconds {
    let isDue = commitAt.map { now >= $0 } ?? true
    let mayTry = retryAt.map { now >= $0 } ?? true
    if isLast || mayTry && (isDue || flush || retryAt != nil) {
      store(now: now, wall: wall)
      if commitAt.map({ now >= $0 }) ?? true { commitAt = now + options.commitInterval }
    }
    tellLost()
    if isLast {
      pass = nil
      database.close()
      return .zero
    }
    if retryAt == nil { maintain(now: now, wall: wall) }
    let next = [retryAt ?? commitAt, retryAt == nil ? sliceAt ?? maintainAt : nil].compactMap { $0 }
    let deadline = next.min() ?? now + options.commitInterval
    return max(deadline - now, .zero)
  }

  // MARK: - Rows

  private func store(now: MonotonicTime, wall: UnixTime) {
    do throws(HistoryFailure) {
      // A file that was removed is made again even when nothing happens on the line.
      _ = try database.open()
      while queue.take() > 0 {
        let count = min(queue.takenCount, Self.transactionEntries)
        let done = try database.store((0..<count).lazy.map { self.queue.takenElement($0) })
        queue.dropTaken(count)
        counters.rows += done.stored
        counters.refusedRows += done.refused
        counters.commits += 1
        counters.committedAt = now
        try database.limitLog()
      }
      succeeded(now: now)
    } catch {
      failed(error, now: now, wall: wall)
    }
  }

  private func succeeded(now: MonotonicTime) {
    if let failingSince, isFailureTold {
      tell(.recovered(after: now - failingSince, failures: failures))
    }
    retryAt = nil
    failingSince = nil
    failures = 0
    isFailureTold = false
    counters.isFailing = false
  }

  private func failed(_ failure: HistoryFailure, now: MonotonicTime, wall: UnixTime) {
    pass = nil
    sliceAt = nil
    counters.failures += 1
    failures += 1
    counters.isFailing = true
    let since = failingSince ?? now
    failingSince = since
    retryAt = now + (failure.isLocked ? Self.retryLocked : Self.retry)
    // To look whether a large file is damaged takes its time.
    if failure.isCorrupt, failures % 60 == 1, setAside(wall: wall) {
      retryAt = now
      return
    }
    if !isFailureTold, !failure.isLocked || now - since >= Self.lockPatience {
      isFailureTold = true
      tell(.failed(failure))
    }
  }

  private func setAside(wall: UnixTime) -> Bool {
    do throws(HistoryFailure) {
      guard let name = try database.setAside(at: wall.wholeSeconds) else { return false }
      tell(.setAside(path: options.path, as: name))
      return true
    } catch {
      // The failure that led here is told, and tried again.
      return false
    }
  }

  private func tellLost() {
    counters.lostEntries = queue.lostCount
    // Told when it begins and when it is over, not each time.
    guard counters.lostEntries > toldLost, toldLost == 0 || retryAt == nil else { return }
    toldLost = counters.lostEntries
    tell(.lost(entries: toldLost))
  }

  // MARK: - Maintenance

  private func maintain(now: MonotonicTime, wall: UnixTime) {
    do throws(HistoryFailure) {
      if pass == nil, maintainAt.map({ now >= $0 }) ?? true {
        maintainAt = now + options.maintenanceInterval
        pass = try beginPass(wall: wall)
        sliceAt = pass == nil ? nil : now
      }
      guard let pass, let due = sliceAt, now >= due else { return }
      guard pass.connection === database.connection else { return endPass() }
      var isMore = true
      do throws(SQLiteError) {
        isMore = try pass.work.slice()
      } catch {
        throw .database(error)
      }
      try database.limitLog()
      sliceAt = now + Self.sliceDistance
      if !isMore {
        isMaintenanceFailureTold = false
        if !pass.work.result.isEmpty { tell(.maintained(pass.work.result)) }
        endPass()
      }
    } catch {
      // Somebody writes: the slice is tried again.
      if error.isLocked, pass != nil {
        sliceAt = now + Self.retryLocked
        return
      }
      endPass()
      if error.isCorrupt { return failed(error, now: now, wall: wall) }
      if !isMaintenanceFailureTold { tell(.maintenanceFailed(error)) }
      isMaintenanceFailureTold = true
    }
  }

  private func beginPass(wall: UnixTime) throws(HistoryFailure) -> Pass? {
    guard let connection = database.connection else { return nil }
    // The pages that the last pass emptied have been filled again meanwhile: copied only now, they
    // are written once. Copied after that pass, they would have been written empty too.
    do throws(SQLiteError) { try connection.checkpoint(.truncate) } catch {
      throw .database(error)
    }
    do throws(SystemError) {
      // Another process does it now.
      guard let lock = try MaintenanceLock(database: options.path) else { return nil }
      return Pass(
        lock: lock, connection: connection,
        work: MaintenancePass(
          on: connection, now: wall.wholeSeconds, retentionDays: options.retentionDays))
    } catch {
      throw .system(error)
    }
  }

  private func endPass() {
    pass = nil
    sliceAt = nil
  }
}

import Model

/// Whether there is contact with a router, and since when not.
struct RouterContact {
  private(set) var isKept = false
  private(set) var failures = 0
  /// When the outage began; of meaning while `failures` is above 0.
  private(set) var since = UnixTime(microseconds: 0)
  private var sinceMonotonic = MonotonicTime(rawValue: 0)
  /// An attempt failed, and the other way to the router has not been tried yet.
  private(set) var isDoubted = false

  /// - Returns: the outage that has ended (without failures before first contact), nil when there
  ///   was contact before.
  mutating func gain(at clock: RouterSession.Clock) -> RouterEvent.Outage? {
    isDoubted = false
    guard !isKept else { return nil }
    isKept = true
    defer { failures = 0 }
    let duration = failures > 0 ? clock.monotonic() - sinceMonotonic : .zero
    return RouterEvent.Outage(since: since, duration: duration, failures: failures)
  }

  /// - Returns: how many attempts have failed in a row.
  mutating func lose(at clock: RouterSession.Clock) -> Int {
    if failures == 0, !isDoubted {
      since = clock.wall()
      sinceMonotonic = clock.monotonic()
    }
    isDoubted = false
    isKept = false
    failures += 1
    return failures
  }

  /// An attempt failed, and there is another way: an outage that it is the beginning of began now.
  ///
  /// - Returns: whether this is the first one.
  mutating func doubt(at clock: RouterSession.Clock) -> Bool {
    guard failures == 0, !isDoubted else { return false }
    isDoubted = true
    since = clock.wall()
    sinceMonotonic = clock.monotonic()
    return true
  }
}

/// What a router told that seldom changes.
struct RouterKnowledge {
  var isIdentified = false
  /// The uptime is to be read next, not the rows.
  var isResourceDue = false
  private var kinds: [String: String?] = [:]
  private var unknownTypes: [String] = []
  private var uptime: (value: Milliseconds, at: MonotonicTime)?

  /// The next queue type whose kind has to be asked for.
  var unknownType: String? { unknownTypes.first }

  mutating func note(queueTypes: [String]) {
    for type in queueTypes where !type.isEmpty && kinds[type] == nil {
      if !unknownTypes.contains(type) { unknownTypes.append(type) }
    }
  }

  mutating func learn(_ queueType: String, kind: String?) {
    kinds[queueType] = .some(kind)
    unknownTypes.removeAll { $0 == queueType }
  }

  /// They are asked for again with the next read of the rows.
  mutating func skipUnknownTypes() { unknownTypes = [] }

  /// What has to be learnt anew after a restart of the router.
  mutating func forget() {
    kinds = [:]
    unknownTypes = []
    isIdentified = false
  }

  /// The row with the kind of its leaf.
  func completed(_ row: QueueRow) -> QueueRow {
    var row = row
    row.leaf = kinds[row.queueType] ?? nil
    if row.leaf == QueueRow.uncountedLeaf { row.dropped = nil }
    return row
  }

  /// Whether the router was restarted between the uptime before and this one: it went back, or did
  /// not grow with the time that has passed.
  mutating func isRestarted(_ resource: RouterResource, at now: MonotonicTime) -> Bool {
    guard let new = resource.uptime else { return false }
    defer { uptime = (new, now) }
    guard let old = uptime else { return false }
    let elapsed = now - old.at
    // Whole seconds, slow answers, and clocks that differ a little.
    let tolerance = Milliseconds(10_000 + elapsed.rawValue / 1000)
    return new < old.value || new + tolerance < old.value + elapsed
  }
}

extension QueueRow {
  /// The leaf that drops at its head, where RouterOS does not count.
  static let uncountedLeaf = "cake"
}

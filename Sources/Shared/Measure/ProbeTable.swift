import Model

/// A probe that was sent.
struct SentProbe {
  enum State {
    case underWay
    case answered
    case lost
  }

  var number: UInt64
  var target: Int
  /// The target's address was replaced when this differs from the target's own.
  var generation: Int
  var seq: Int
  var sentAt: UnixTime
  /// The caller's time of sending, and when it gives up.
  var sentNow: MonotonicTime
  var deadline: MonotonicTime
  /// Clock readings just before it was sent, in nanoseconds; `offset` = wall - monotonic.
  var wall: Int64
  var monotonic: Int64
  var offset: Int64
  /// When the kernel gave it to the device; 0 = not told.
  var transmitted: Int64 = 0
  var state = State.underWay
}

/// The probes under way, numbered in the order in which they were sent, in a ring of fixed size.
/// Those that ended stay until their place is needed, to tell a duplicate from a forgery.
struct ProbeTable: ~Copyable {
  static let maximumCapacity = 1 << 16

  let capacity: Int
  private let places: UnsafeMutablePointer<SentProbe?>
  /// The number of the next probe.
  private(set) var next: UInt64 = 0
  /// No probe before this one is under way.
  private var oldest: UInt64 = 0

  init(capacity wanted: Int) {
    var capacity = 16
    while capacity < min(wanted, Self.maximumCapacity) { capacity *= 2 }
    self.capacity = capacity
    places = .allocate(capacity: capacity)
    places.initialize(repeating: nil, count: capacity)
  }

  deinit { places.deallocate() }

  /// Whether all places hold probes under way.
  var isFull: Bool { next - oldest >= UInt64(capacity) && self[oldest]?.state == .underWay }

  /// Takes a probe in, with the number that `next` told; the table must not be full.
  mutating func add(_ probe: SentProbe) {
    if next - oldest >= UInt64(capacity) { oldest += 1 }
    places[place(next)] = probe
    next += 1
  }

  /// The probe with this number; nil when it was never sent or is forgotten.
  subscript(number: UInt64) -> SentProbe? {
    guard number < next, next - number <= UInt64(capacity) else { return nil }
    return places[place(number)]
  }

  /// The newest number that ends in these 16 bits.
  func number(endingIn sequence: UInt16) -> UInt64? {
    let back = UInt64(UInt16(truncatingIfNeeded: next) &- 1 &- sequence)
    guard next > back else { return nil }
    return next - 1 - back
  }

  mutating func end(_ number: UInt64, as state: SentProbe.State) {
    places[place(number)]?.state = state
  }

  mutating func noteTransmission(of number: UInt64, at stamp: Int64) {
    guard self[number] != nil else { return }
    places[place(number)]?.transmitted = stamp
  }

  /// The probe under way that was sent first.
  mutating func first() -> SentProbe? {
    while oldest < next {
      if let probe = places[place(oldest)], probe.state == .underWay { return probe }
      oldest += 1
    }
    return nil
  }

  private func place(_ number: UInt64) -> Int { Int(number & UInt64(capacity - 1)) }
}

public import Model

/// A fluid model of an internet line behind a router that shapes it, in virtual time.
///
/// Each direction is a chain of the offered load, the router's shaper and the provider's link with
/// its buffer. A probe is delayed by the base RTT, by what both buffers hold when it is sent, by
/// jitter, and where a shaper is busy by up to one packet of it: CAKE gives a sparse flow its turn
/// next. Everything random comes from the seed: the same calls give the same answers.
public struct Line: Sendable {
  public let scenario: Scenario
  private var directions: PerDirection<LinkDirection>
  private var baseRTT: ScheduleCursor
  private var generator: SeededGenerator
  /// Virtual time since the beginning.
  public private(set) var now = Milliseconds.zero

  /// - Parameters:
  ///   - scenario: what happens to the line; it must have passed `validate`.
  ///   - shapers: the rates that are set at the beginning; zero = unlimited.
  public init(
    _ scenario: Scenario, seed: UInt64,
    shapers: PerDirection<BitsPerSecond> = PerDirection(download: .zero, upload: .zero)
  ) {
    self.scenario = scenario
    directions = PerDirection(
      download: LinkDirection(scenario.download, outages: scenario.outages, isDownload: true),
      upload: LinkDirection(scenario.upload, outages: scenario.outages, isDownload: false))
    baseRTT = ScheduleCursor(scenario.baseRTTms)
    generator = SeededGenerator(seed: seed)
    directions.download.beginWithShaper(Self.bitsPerMillisecond(shapers.download))
    directions.upload.beginWithShaper(Self.bitsPerMillisecond(shapers.upload))
  }

  /// Lets time pass. A time that is over already, or none at all, changes nothing.
  public mutating func advance(to time: Milliseconds) {
    guard time > now, time.rawValue.isFinite else { return }
    directions.download.advance(to: time.rawValue)
    directions.upload.advance(to: time.rawValue)
    baseRTT.move(to: time.rawValue)
    now = time
  }

  /// Sets the router's limit of one direction from now on; zero = unlimited.
  public mutating func setShaper(_ direction: Direction, _ rate: BitsPerSecond) {
    directions[direction].setShaper(Self.bitsPerMillisecond(rate))
  }

  private static func bitsPerMillisecond(_ rate: BitsPerSecond) -> Double {
    Double(max(rate.rawValue, 0)) / 1000
  }
}

// MARK: Probes

extension Line {
  /// The RTT without any queue and without jitter.
  public func baseRTT(reflector: Int) -> Milliseconds {
    let extra = scenario.reflectorExtra
    return Milliseconds(
      baseRTT.value(at: now.rawValue)
        + (extra.indices.contains(reflector) ? extra[reflector].rawValue : 0))
  }

  /// An ICMP echo to a reflector, sent now: its RTT, or nil when it is lost.
  public mutating func probe(reflector: Int) -> Milliseconds? {
    var loss = 0.0
    var extra = Milliseconds.zero
    for fault in scenario.faults
    where fault.window.contains(now) && (fault.reflector ?? reflector) == reflector {
      loss = max(loss, fault.loss)
      extra = extra + fault.extra
    }
    return packet(base: baseRTT(reflector: reflector) + extra, loss: loss)
  }

  /// The handshake of a TCP connection opened now, which no fault of a reflector touches.
  public mutating func handshake() -> Milliseconds? {
    packet(base: baseRTT(reflector: 0), loss: 0)
  }

  private mutating func packet(base: Milliseconds, loss: Double) -> Milliseconds? {
    let isLost = generator.unit() < max(loss, scenario.loss)
    // A density that falls to the end and never goes below zero: 3u² has the mean 1.
    let draw = generator.unit()
    let jitter = scenario.jitter.rawValue * 3 * draw * draw
    let turn = generator.unit()
    let download = directions.download
    let upload = directions.upload
    guard !isLost, !download.isOutage else { return nil }
    if download.isBufferFull || upload.isBufferFull {
      guard generator.unit() >= scenario.fullBufferLoss else { return nil }
    }
    let wait = turn * (download.packetTime + upload.packetTime)
    return Milliseconds(base.rawValue + download.bloat + upload.bloat + jitter + wait)
  }
}

// MARK: Readings

extension Line {
  /// What the router tells of its queue of one direction.
  public func reading(_ direction: Direction) -> ShaperReading { directions[direction].reading }

  /// What nobody but the model knows.
  public func truth(_ direction: Direction) -> LinkTruth {
    let link = directions[direction]
    return LinkTruth(
      capacity: BitsPerSecond(whole(link.capacity * 1000)),
      load: BitsPerSecond(whole(link.load * 1000)),
      shaper: BitsPerSecond(whole(link.shaper * 1000)),
      bufferedBytes: whole(link.linkQueue.backlog / 8),
      bloat: Milliseconds(link.bloat), carriedBytes: whole(link.linkQueue.served / 8),
      droppedBytes: whole((link.linkQueue.dropped + link.shaperQueue.dropped) / 8))
  }

  /// The delay that both buffers add to a probe sent now; infinite in an outage.
  public var addedDelay: Milliseconds {
    Milliseconds(directions.download.bloat + directions.upload.bloat)
  }

  /// Whether the line is cut off.
  public var isOutage: Bool { directions.download.isOutage }
}

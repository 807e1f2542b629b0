import Measure
public import Model

/// What is wrong with one line of a stream.
public struct ReplayIssue: Error, Sendable, Equatable, CustomStringConvertible {
  /// Counted from 1.
  public var line: Int
  public var message: String

  public var description: String { "line \(line): \(message)" }
}

/// Decides on recorded or streamed samples, in their own time: the work of `replay` and `decide`.
///
/// Takes bare lines (one per cycle), `rtt` records (put together to rounds), and whole recordings
/// of `run`, whose own decisions are skipped. It reads and writes nothing by itself.
public struct Replay: Sendable {
  private let settings: LoopSettings
  private let reader = RecordReader()
  private var engine: LoopEngine
  private var cycles = 0
  private var lines = 0
  private var sawRound = false
  private var reading: Reading?
  /// `host` of a record to the index of its reflector; a host that is configured twice has two.
  private let reflectors: [String: [Int]]
  private let tcpTargets: [String: Int]

  private struct Reading: Sendable {
    var time: UnixTime
    var rates = PerDirection<BitsPerSecond?>(download: nil, upload: nil)
    var seen = 0
  }

  /// - Parameter state: what a state file restores; nil = begin fresh. A `start` record with a
  ///   state wins over it.
  public init(_ settings: LoopSettings, restoring state: LoopState? = nil) {
    self.settings = settings
    engine = LoopEngine(settings, restoring: state)
    reflectors = Dictionary(
      grouping: settings.probe.reflectors.indices, by: { settings.probe.reflectors[$0] })
    tcpTargets = Dictionary(
      settings.fallback.tcpTargets.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { $1 })
  }

  /// Takes one line without its line end; an empty one says nothing.
  ///
  /// - Throws: what is wrong with the line; the next line can be taken all the same.
  public mutating func take(
    line: some Collection<UInt8>, decided: (Decision) -> Void
  ) throws(ReplayIssue) {
    lines += 1
    if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { return }
    do {
      try take(reader.read(line), decided: decided)
    } catch {
      throw ReplayIssue(line: lines, message: error.message)
    }
  }

  private mutating func take(
    _ line: RecordLine, decided: (Decision) -> Void
  ) throws(RecordError) {
    switch line {
    case .bareRTT(let rtt, let time): step(rtt, at: time, decided: decided)
    case .bareHosts(let hosts, let time):
      guard hosts.count <= settings.probe.reflectors.count else {
        throw RecordError(
          "hosts has \(hosts.count) values, but ping_hosts has \(settings.probe.reflectors.count)")
      }
      let aggregation: Aggregation =
        settings.probe.usesMedianOfThree ? .medianOfThree : .firstAnswer
      step(aggregation.measurement(of: hosts), at: time, decided: decided)
    case .unknown: break
    case .record(.rtt(let record)) where isOurs(record.wan): try take(record, decided: decided)
    case .record(.queue(let record)) where isOurs(record.wan): take(record, decided: decided)
    case .record(.start(let record)) where isOurs(record.wan): begin(record)
    case .record(.decision(let record)) where isOurs(record.wan):
      // Recorded decisions are not repeated, but they tell how far the loop's time had come.
      engine.advance(to: record.time) { decided($0.decision) }
    case .record: break
    }
  }

  private mutating func step(
    _ measurement: Milliseconds?, at time: UnixTime?, decided: (Decision) -> Void
  ) {
    let time =
      time ?? UnixTime(microseconds: 0) + Milliseconds(Double(cycles) * controlInterval.rawValue)
    cycles += 1
    decided(engine.step(finite(measurement), at: time).decision)
  }

  private mutating func take(
    _ record: RTTRecord, decided: (Decision) -> Void
  ) throws(RecordError) {
    sawRound = true
    var outcome = record.outcome(target: 0)
    if record.method == .gateway {
      engine.take(outcome) { decided($0.decision) }
      return
    }
    if record.method == .tcp, let target = tcpTargets[record.host] {
      outcome.target = target
      engine.take(outcome) { decided($0.decision) }
      return
    }
    guard let targets = reflectors[record.host] else {
      throw RecordError(
        "host \(record.host) is not among ping_hosts (\(settings.probe.reflectors.joined(separator: ", ")))"
      )
    }
    outcome.method = .icmp
    for target in targets {
      outcome.target = target
      if engine.take(outcome, decided: { decided($0.decision) }) != .duplicate { return }
    }
  }

  /// The records of one read have the same time; together they are one reading of the line.
  private mutating func take(_ record: QueueRecord, decided: (Decision) -> Void) {
    if record.time != reading?.time { reading = Reading(time: record.time) }
    for direction in Direction.allCases where record.row.name == settings.queues[direction].text {
      reading?.rates[direction] = record.row.rate
      reading?.seen += 1
    }
    guard let reading, reading.seen == 2 else { return }
    engine.take(queueRates: reading.rates, at: reading.time) { decided($0.decision) }
  }

  /// The first `start` sets the scene; a later one without a state is a reload that kept it.
  private mutating func begin(_ record: StartRecord) {
    if let state = record.state {
      engine = LoopEngine(settings, restoring: state, firstSeq: record.seq)
    } else if sawRound {
      engine.restartRounds(firstSeq: record.seq)
    } else {
      engine = LoopEngine(settings, restoring: nil, firstSeq: record.seq)
    }
  }

  private func isOurs(_ wan: String?) -> Bool { wan == nil || wan == settings.wan.text }

  /// JSON has no infinities, but 1e999 reads as one.
  private func finite(_ value: Milliseconds?) -> Milliseconds? {
    value.flatMap { $0.rawValue.isFinite ? $0 : nil }
  }
}

extension LoopSettings.Fallback.Target {
  /// `host:port`, as records name it.
  public var name: String { "\(host):\(port)" }
}

import Model

/// One record of each kind with every key, and one with as few as there may be.
enum SampleRecords {
  static let time = UnixTime(microseconds: 1_780_000_000_123_456)

  static let rttAnswered = Record.rtt(
    RTTRecord(
      time: time, wan: "wan1", host: "1.1.1.1", seq: 7, rtt: Milliseconds(23.1),
      method: .icmpTimestamp, clock: .kernel, upstreamDelay: Milliseconds(11.5),
      downstreamDelay: Milliseconds(11.6)))

  static let rttLost = Record.rtt(
    RTTRecord(
      time: time, wan: "wan1", host: "gw \"a\"", seq: 8, rtt: nil, waited: Milliseconds(1000),
      method: .gateway, loss: .timeout))

  static let rttLate = Record.rtt(
    RTTRecord(
      time: time, host: "::1", seq: 9, rtt: nil, waited: Milliseconds(180.5), method: .tcp,
      loss: .late, late: Milliseconds(180.5)))

  static let queueFirst = Record.queue(
    QueueRecord(
      time: time, wan: nil, row: QueueRow(name: "WAN-Upload", maxLimit: BitsPerSecond(0))))

  static let queueChanged = Record.queue(
    QueueRecord(
      time: time, wan: "wan1",
      row: QueueRow(
        name: "WAN-Download", maxLimit: BitsPerSecond(612_000_000), rate: BitsPerSecond(48_200_000),
        bytes: 123_456_789, packets: 98765, dropped: 4321, queuedBytes: 1500, queuedPackets: 1,
        leaf: "fq-codel"),
      interval: Milliseconds(1000),
      change: QueueRecord.Change(bytes: 6_025_000, packets: 4100, dropped: 2)))

  static let decisionStepped = Record.decision(
    DecisionRecord(
      time: time, wan: "wan1", rtt: Milliseconds(60), load: Milliseconds(42.25),
      baseline: Milliseconds(24.001), delta: Milliseconds(18.249), held: false,
      directions: PerDirection(
        download: DecisionRecord.Direction(
          zone: .yellow, rate: BitsPerSecond(902_400_000),
          reason: "RTT delta 18.2ms exceeded green threshold 12ms",
          streaks: Streaks(green: 1, softRed: 2, red: 3)),
        upload: DecisionRecord.Direction(zone: .red, rate: BitsPerSecond(35_720_000)))))

  static let decisionHeld = Record.decision(
    DecisionRecord(
      time: time, wan: nil, rtt: nil, load: Milliseconds(24), baseline: Milliseconds(24.5),
      delta: Milliseconds(-0.5), held: true,
      directions: PerDirection(
        download: DecisionRecord.Direction(zone: .softRed, rate: BitsPerSecond(1)),
        upload: DecisionRecord.Direction(zone: .green, rate: BitsPerSecond(2)))))

  static let setApplied = Record.set(
    SetRecord(
      time: time, queue: "WAN-Download", maxLimit: BitsPerSecond(612_000_000),
      confirmed: BitsPerSecond(612_000_000), applied: true, took: Milliseconds(12.5),
      transport: .rest))

  static let setFailed = Record.set(
    SetRecord(
      time: time, queue: "WAN-Download", maxLimit: BitsPerSecond(5_000_000), transport: .ssh,
      error: "no answer within 5 s\n"))

  static let transportUsed = Record.transport(
    TransportRecord(
      time: time, wan: "wan1", transport: .ssh, isConfigured: false, isUsed: true, works: true))

  static let transportBroken = Record.transport(
    TransportRecord(
      time: time, transport: .rest, isConfigured: true, isUsed: false, works: false,
      error: "nothing listens on port 443"))

  static let startFresh = Record.start(
    StartRecord(time: time, wan: "wan1", config: "sha256:ab12", seq: 0, state: nil))

  static let startRestored = Record.start(
    StartRecord(
      time: time, wan: "wan1", config: "sha256:ab12", seq: 1234,
      state: LoopState(
        queues: PerDirection(
          download: LoopState.Queue(
            streaks: Streaks(green: 7, softRed: 1, red: 2), rate: 940_700_000),
          upload: LoopState.Queue(streaks: Streaks(), rate: 8_199_999.5)),
        baseline: Milliseconds(24.001), load: Milliseconds(24.149307250976562),
        lastApplied: PerDirection(download: BitsPerSecond(550_000_000), upload: nil))))

  static let steerStepped = Record.steer(
    SteerRecord(
      time: time, wan: "wan1", delta: Milliseconds(47.891), rttAverage: Milliseconds(25.5),
      queueAverage: 244.25, drops: 33, queuedPackets: 376, assessment: .red,
      state: "WAN1_DEGRADED", redCount: 2, goodCount: 0, badCount: 1, action: .enable,
      applied: true, reason: .confidence, target: .some("wan3"),
      confidence: SteerRecord.Confidence(
        score: 85, contributors: ["RED", "rtt_delta=90.0ms(high)"], degradeTimer: 1.95,
        holdDown: 30, recoveryTimer: 2.5, decision: .enable, would: .enable)))

  static let steerQuiet = Record.steer(
    SteerRecord(
      time: time, delta: nil, rttAverage: .zero, queueAverage: 0, drops: nil, queuedPackets: 0,
      assessment: nil, state: "WAN1_GOOD", redCount: 0, goodCount: 0, badCount: 0,
      target: .some(nil), confidence: SteerRecord.Confidence(score: 0)))

  static let steerWithoutOptions = Record.steer(
    SteerRecord(
      time: time, wan: "wan1", delta: Milliseconds(0), rttAverage: .zero, queueAverage: 0,
      drops: 0, queuedPackets: 0, assessment: .green, state: "WAN1_GOOD", redCount: 0,
      goodCount: 0, badCount: 0, action: .disable, applied: false, reason: .hysteresis))

  static let all = [
    rttAnswered, rttLost, rttLate, queueFirst, queueChanged, decisionStepped, decisionHeld,
    setApplied, setFailed, transportUsed, transportBroken, startFresh, startRestored, steerStepped,
    steerQuiet, steerWithoutOptions,
  ]
}

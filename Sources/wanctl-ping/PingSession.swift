import ArgumentParser
import Commands
import Glibc
import Measure
import Model
import Platform

/// The running program: one wait for everything, probes out, answers in, lines written.
struct PingSession: ~Copyable {
  private enum Probes {
    case icmp(ICMPProber)
    case tcp(HandshakeProber)
  }

  /// What the poller is told to call them.
  private enum Token {
    static let signal: UInt64 = 0
    static let alarm: UInt64 = 1
    static let probe: UInt64 = 2
  }

  private let settings: PingSettings
  private var hosts: [PingHost]
  private var probes: Probes
  private var schedule: RoundSchedule
  private let poller: Poller
  private let alarm: Alarm
  private let signals: SignalSource
  private let nameWidth: Int
  /// The lines of one pass, written by one call.
  private var json = JSONWriter(reserving: 1 << 14)
  private var text = ""
  private var descriptorGeneration = -1

  /// Runs until the last round or a signal.
  ///
  /// - Throws: the status to end with, unless all hosts answered; why is told.
  static func run(_ settings: PingSettings) throws {
    do {
      try Privileges.becomeInvokingUser()
      try Privileges.keepOnly([.rawSockets, .networkAdministration])
      let hosts = try PingHost.resolve(settings.hosts, family: settings.family)
      var session = try PingSession(settings, hosts)
      try Privileges.keepOnly(session.neededLater)
      try session.loop()
      let status = session.summarize()
      if status != .allAnswered { throw status.exitCode }
    } catch let error as SystemError where error.code != EPIPE {
      throw PingStatus.system.because("\(error)")
    } catch let error as MeasureError {
      throw PingStatus.system.because("\(error)")
    }
  }

  private init(_ settings: PingSettings, _ hosts: [PingHost]) throws {
    let signals = try SignalSource([SIGINT, SIGTERM, SIGQUIT])
    let alarm = try Alarm()
    let poller = try Poller()
    try poller.add(signals.rawValue, token: Token.signal)
    try poller.add(alarm.rawValue, token: Token.alarm)
    let probes: Probes =
      switch settings.method {
      case .icmp:
        .icmp(
          try ICMPProber(
            targets: hosts.map(\.address), timeout: settings.timeout, options: settings.options))
      case .tcp:
        .tcp(
          HandshakeProber(
            addresses: hosts.map { SocketAddress($0.address, port: settings.port) },
            timeout: settings.timeout, options: settings.options))
      }
    self.settings = settings
    self.hosts = hosts
    self.probes = probes
    self.poller = poller
    self.signals = signals
    self.alarm = alarm
    nameWidth = hosts.map(\.name.count).max() ?? 0
    schedule = RoundSchedule(settings, hosts: hosts.count, start: Clock.monotonic())
  }

  /// What opening sockets again will need.
  private var neededLater: Set<Privileges.Capability> {
    var needed: Set<Privileges.Capability> = []
    let opensAgain =
      settings.method == .tcp || settings.options.interface != nil
      || settings.options.source != nil
    if opensAgain, settings.method == .icmp || settings.options.interface != nil {
      needed.insert(.rawSockets)
    }
    if opensAgain, settings.options.mark != nil { needed.insert(.networkAdministration) }
    return needed
  }

  // MARK: - The loop

  private mutating func loop() throws(SystemError) {
    while true {
      let now = Clock.monotonic()
      while let due = schedule.take(now: now) { try send(due, now: now) }
      takeAnswers(now: now)
      try flush()
      try watchSockets()
      guard let next = [schedule.next, nextDeadline].compactMap({ $0 }).min() else { return }
      try alarm.set(next)
      let count = try poller.wait(upTo: nil)
      for index in 0..<count where poller[index].token == Token.signal {
        while let signal = try signals.read() {
          guard signal == SIGQUIT else { return }
          CommandEntry.writeRemark(PingText.timeOfDay(Clock.wall()) + "\n" + summary)
        }
      }
    }
  }

  private mutating func send(_ due: RoundSchedule.Due, now: MonotonicTime) throws(SystemError) {
    let sentAt = Clock.wall()
    switch (due, probes) {
    case (.round(let seq), .icmp(let prober)):
      prober.send(seq: seq, sentAt: sentAt, now: now) { take($0, bytes: nil) }
    case (.host(let host, let seq), .icmp(let prober)):
      prober.sendOne(target: host, seq: seq, sentAt: sentAt, now: now) { take($0, bytes: nil) }
    case (.round(let seq), .tcp(var prober)):
      for host in hosts.indices { try connect(host, seq, sentAt, now, &prober) }
      probes = .tcp(prober)
    case (.host(let host, let seq), .tcp(var prober)):
      try connect(host, seq, sentAt, now, &prober)
      probes = .tcp(prober)
    }
  }

  private func connect(
    _ host: Int, _ seq: Int, _ sentAt: UnixTime, _ now: MonotonicTime,
    _ prober: inout HandshakeProber
  ) throws(SystemError) {
    try prober.send(target: host, seq: seq, sentAt: sentAt, now: now) {
      descriptor throws(SystemError) in
      try poller.add(descriptor, token: Token.probe, interest: .write)
    }
  }

  private mutating func takeAnswers(now: MonotonicTime) {
    switch probes {
    case .icmp(let prober):
      prober.receive(now: now) { take($0, bytes: $1?.bytes) }
      prober.expire(now: now) { take($0, bytes: nil) }
    case .tcp(var prober):
      prober.finish(now: now) { take($0, bytes: nil) }
      probes = .tcp(prober)
    }
  }

  private var nextDeadline: MonotonicTime? {
    switch probes {
    case .icmp(let prober): prober.nextDeadline
    case .tcp(let prober): prober.nextDeadline
    }
  }

  /// Waits for the sockets of the prober; they are others after an interface came back.
  private mutating func watchSockets() throws(SystemError) {
    guard case .icmp(let prober) = probes,
      prober.descriptorGeneration != descriptorGeneration
    else { return }
    descriptorGeneration = prober.descriptorGeneration
    var descriptors: [CInt] = []
    prober.withDescriptors { descriptors.append($0) }
    for descriptor in descriptors {
      do throws(SystemError) {
        try poller.add(descriptor, token: Token.probe)
      } catch {
        // The socket of the other family stayed.
        guard error.code == EEXIST else { throw error }
      }
    }
  }

  // MARK: - Output

  private mutating func take(_ outcome: ProbeOutcome, bytes: Int?) {
    hosts[outcome.target].note(outcome)
    let host = hosts[outcome.target]
    switch settings.output {
    case .none: break
    case .json:
      RTTRecord(outcome, wan: nil, host: host.name).write(to: &json)
      json.newline()
    case .text:
      text += PingText.line(
        outcome, of: host, bytes: bytes, width: nameWidth, showsTime: settings.showsTime)
      text += "\n"
    }
  }

  private mutating func flush() throws(SystemError) {
    var failure: SystemError?
    json.withBytes { bytes in
      guard !bytes.isEmpty else { return }
      do throws(SystemError) { try writeAll(bytes, to: STDOUT_FILENO) } catch { failure = error }
    }
    text.withUTF8 { bytes in
      guard !bytes.isEmpty else { return }
      do throws(SystemError) { try writeAll(bytes, to: STDOUT_FILENO) } catch { failure = error }
    }
    json.removeAll()
    text.removeAll(keepingCapacity: true)
    if let failure { throw failure }
  }

  /// Tells the summary.
  private func summarize() -> PingStatus {
    // An empty line parts it from the lines of probes, as in fping.
    CommandEntry.writeRemark((settings.output == .none ? "" : "\n") + summary)
    return hosts.allSatisfy { $0.summary.answered > 0 } ? .allAnswered : .someSilent
  }

  private var summary: String {
    hosts.map { PingText.padded($0.name, to: nameWidth) + " : " + $0.summaryText }
      .joined(separator: "\n")
  }
}

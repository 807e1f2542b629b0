import CTimer
import Glibc
import LineModel
import Model

/// Answers packets in time: one thread, one wait.
struct Responder: ~Copyable {
  private static let gatewayRTT: Int64 = 300_000
  /// How often the command that runs beside us is looked after, ns.
  private static let tick: Int64 = 20_000_000

  private let options: Options
  private let line: SharedLine
  private let start: Int64
  private let device: Int32
  private let timer: Int32
  private var waiting = DelayQueue()
  private var report: Report
  private var nextReport: Int64
  private var nextTick: Int64

  /// The device has to live as long as the responder.
  init(_ options: Options, scenario: Scenario, device: borrowing TunDevice) throws {
    // First what may fail: nothing is stored before.
    let timer = try SystemError.check("timerfd_create") { monotonic_timer() }
    let report = try Report(to: options.output)
    self.options = options
    self.device = device.descriptor
    self.timer = timer
    self.report = report
    start = monotonicNow()
    nextReport = start + options.report.nanoseconds
    nextTick = start + Self.tick
    line = SharedLine(
      Line(scenario, seed: options.seed, shapers: options.shapers), start: start)
  }

  /// Runs until the duration or the command ends; returns the status to exit with.
  mutating func run() throws -> Int32 {
    if let port = options.router {
      try RouterLink(
        port: port, queues: options.queues, poll: options.poll, line: line
      ).start()
    }
    report.ready(device: options.device)
    let command = options.command.isEmpty ? nil : try ChildProcess(options.command)
    let end = options.duration.map { start + $0.nanoseconds } ?? .max
    while true {
      let now = monotonicNow()
      if now >= end { return 0 }
      try sendDue(now)
      if now >= nextReport {
        let (time, truth) = line.at(now) { line in
          (
            line.now,
            PerDirection(download: line.truth(.download), upload: line.truth(.upload))
          )
        }
        report.line(time: time, truth: truth)
        nextReport += options.report.nanoseconds
        if nextReport <= now { nextReport = now + options.report.nanoseconds }
      }
      if now >= nextTick {
        nextTick = now + Self.tick
        if let status = try command?.status() { return status }
      }
      try wait(until: min(waiting.nextDue ?? .max, nextReport, nextTick, end))
      try receive()
    }
  }

  /// Returns when a packet has come or the time is up.
  private func wait(until deadline: Int64) throws {
    try SystemError.check("timerfd_settime") { set_monotonic_timer(timer, deadline) }
    var descriptors = [
      pollfd(fd: device, events: Int16(POLLIN), revents: 0),
      pollfd(fd: timer, events: Int16(POLLIN), revents: 0),
    ]
    try SystemError.check("poll") { poll(&descriptors, 2, -1) }
    if descriptors[1].revents != 0 {
      var count: UInt64 = 0
      _ = read(timer, &count, 8)
    }
  }

  private mutating func receive() throws {
    while true {
      // The clock is read for each packet: several may have come since the last wait.
      let packet: Packet? = try withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 8) {
        let count = read(device, $0.baseAddress, 65_536)
        if count < 0, errno == EAGAIN || errno == EINTR { return nil }
        if count < 0 { throw SystemError(call: "read \(options.device)", code: errno) }
        return Packet(UnsafeRawBufferPointer(rebasing: $0[..<count])) ?? .ignored
      }
      guard let packet else { return }
      answer(packet, at: monotonicNow())
    }
  }

  private mutating func answer(_ packet: Packet, at now: Int64) {
    if packet.kind == .ignored { return }
    if let gateway = options.gateway, !packet.isIPv6, packet.destination == gateway {
      // The modem at this end of the line: no fault of the line reaches it.
      if packet.kind == .echo { waiting.add(packet.echoReply(), due: now + Self.gatewayRTT) }
      return
    }
    switch packet.kind {
    case .ignored: break
    case .echo, .timestamp:
      report.probes += 1
      let reflector = reflector(packet)
      let outcome = line.at(now) { line in
        let upstream = line.baseRTT(reflector: reflector).rawValue / 2
        let delay = upstream + line.truth(.upload).bloat.rawValue
        return (rtt: line.probe(reflector: reflector), upstream: delay)
      }
      guard let rtt = outcome.rtt else {
        report.lost += 1
        return
      }
      let reply = packet.echoReply(arrival: millisecondsOfDay() + outcome.upstream)
      waiting.add(reply, due: now + rtt.nanoseconds)
    case .connect, .segment:
      guard let rtt = line.at(now, { $0.handshake() }) else { return }
      waiting.add(
        packet.tcpReply(refusing: options.refusesTCP || packet.kind == .segment),
        due: now + rtt.nanoseconds)
    }
  }

  /// The first address of the prefix is reflector 0. IPv6: by the last four bytes in the same way.
  private func reflector(_ packet: Packet) -> Int {
    let base = packet.isIPv6 ? 0 : TunDevice.prefix
    return packet.destination > base ? Int(packet.destination - base) - 1 : .max
  }

  private mutating func sendDue(_ now: Int64) throws {
    while let packet = waiting.take(at: now) {
      let count = packet.withUnsafeBytes { write(device, $0.baseAddress, $0.count) }
      // A full queue or an interface that went down loses the packet, as on a real line.
      if count < 0, errno != EAGAIN, errno != EINTR, errno != EIO, errno != ENOBUFS {
        throw SystemError(call: "write \(options.device)", code: errno)
      }
    }
  }
}

import Foundation
import Model
import Platform
import Service
import TestSupport
import Testing

@testable import Daemon

/// What steering measures and reads by itself.
@Suite struct SteeringSourcesTests {
  private func at(_ milliseconds: Double) -> UnixTime {
    UnixTime(seconds: 1_800_000_000) + Milliseconds(milliseconds)
  }

  @Test func aProbeIsOverdueOnceAndMayStillBeAnswered() {
    var probes = OverdueProbes(patience: Milliseconds(750))
    for seq in 0..<3 { probes.sent(seq: seq, at: at(Double(seq) * 250)) }
    #expect(probes.deadline == at(750))
    var lost: [UnixTime] = []
    probes.expire(by: at(1000)) { lost.append($0) }
    #expect(lost == [at(750), at(1000)])
    // The first was called lost before, the last is new.
    let isNews = [probes.ended(seq: 0), probes.ended(seq: 2)]
    #expect(isNews == [false, true])
    probes.expire(by: at(9000)) { lost.append($0) }
    #expect(lost.count == 2 && probes.deadline == nil)
  }

  /// As many as are under way at most, however long nothing ends.
  @Test func whatIsFollowedIsBounded() {
    var probes = OverdueProbes(patience: Milliseconds(1e9))
    for seq in 0..<1000 { probes.sent(seq: seq, at: at(0)) }
    var lost = 0
    probes.expire(by: at(2e9)) { _ in lost += 1 }
    #expect(lost == 256)
  }

  @Test func theMedianIsThatOfFreshAnswers() {
    var window = AnswerWindow(count: 3, maximumAge: Milliseconds(1000))
    var medians = [window.median(at: at(0))]
    for (index, rtt) in [9.0, 1, 5, 3].enumerated() {
      window.add(Milliseconds(rtt), at: at(Double(index) * 100))
    }
    // At 1150 the answer of 100 is too old, at 1301 all are.
    for time in [400.0, 1150, 1301] { medians.append(window.median(at: at(time))) }
    window.add(Milliseconds(7), at: at(1400))
    window.clear()
    medians.append(window.median(at: at(1400)))
    #expect(medians == [nil, Milliseconds(3), Milliseconds(4), nil, nil])
  }

  @Test func newsOfABaselineAreToldOnce() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("wan1_state.json")
    let watcher = try BaselineWatcher(stateFiles: [file, nil])
    try Thread(name: "baselines") { watcher.run() }.detach()
    defer { watcher.stop() }
    var news: [BaselineWatcher.News] = []
    func waitFor(_ count: Int) -> Bool {
      let deadline = Clock.monotonic() + Milliseconds(seconds: 30)
      while news.count < count, Clock.monotonic() < deadline {
        watcher.drain { news.append($0) }
        Clock.sleep(Milliseconds(5))
      }
      return news.count == count
    }
    #expect(waitFor(1), "it is missing")
    // In one go, as the loop does it: the watcher may read at any moment.
    func write(_ text: String) throws {
      try text.write(toFile: file, atomically: true, encoding: .utf8)
    }
    try write(#"{"ewma":{"baseline_rtt":24.5},"timestamp":"2026-11-20T23:35:17.678321"}"#)
    #expect(waitFor(2))
    try write(#"{"ewma":{"baseline_rtt":25.5},"timestamp":"2026-11-20T23:35:18"}"#)
    #expect(waitFor(3))
    #expect(news.allSatisfy { $0.line == 0 })
    let baselines = news.map { try? $0.result.get().baseline }
    #expect(baselines == [nil, Milliseconds(24.5), Milliseconds(25.5)])
  }

  @Test func namesAreLookedUpBesideTheControlThread() throws {
    let host = HostWatcher.Host(
      SteeringSettings.Probe(host: "localhost", count: 1, sourceAddress: "127.0.0.2"))
    let watcher = try HostWatcher(hosts: [host, nil], found: [nil, nil])
    try Thread(name: "names") { watcher.run() }.detach()
    defer { watcher.stop() }
    var found: [IPAddress?]?
    let deadline = Clock.monotonic() + Milliseconds(seconds: 30)
    while found == nil, Clock.monotonic() < deadline {
      found = watcher.take()
      Clock.sleep(Milliseconds(5))
    }
    #expect(found == [IPAddress("127.0.0.1"), nil], "of the family of the source address")
    #expect(watcher.take() == nil, "told once")
    watcher.replace([
      HostWatcher.Host(SteeringSettings.Probe(host: "127.0.0.9", count: 1)), nil,
    ])
    found = nil
    while found == nil, Clock.monotonic() < deadline {
      found = watcher.take()
      Clock.sleep(Milliseconds(5))
    }
    #expect(found == [IPAddress("127.0.0.9"), nil])
  }
}

import Control
import Foundation
import Logging
import Model
import Platform
import Router
import Testing

@testable import Daemon

@Suite struct WANBookTests {
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: "book-\(UUID().uuidString)")
  private let lines = Lines()

  private func book() throws -> WANBook {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var settings = try cableSettings()
    settings.lockFile = folder.appending(path: "cable.lock").path
    return WANBook(
      settings: settings, place: RouterGroup.Place(worker: 0, wan: 0), logger: lines.logger,
      digest: "0123456789abcdef")
  }

  private func cycle(_ engine: inout LoopEngine, _ rtt: Double?) -> Cycle {
    engine.step(rtt.map { Milliseconds($0) }, at: at(0))
  }

  @Test func aCycleIsTheOriginalsLine() throws {
    var book = try book()
    var engine = LoopEngine(book.settings)
    book.take(cycle(&engine, 25))
    #expect(
      lines.all == [
        "debug: cable: [GREEN/GREEN] RTT=25.0ms, load_ewma=24.5ms, baseline=24.0ms, delta=0.5ms | DL=940M, UL=38M"
      ])
  }

  @Test func transitionsAndSpikesAreTold() throws {
    var book = try book()
    var engine = LoopEngine(book.settings)
    book.take(cycle(&engine, 60))
    #expect(
      lines.all.contains("info: download: YELLOW: RTT delta 18.0ms exceeded green threshold 12ms"))
    #expect(
      lines.all.contains("info: upload: YELLOW: RTT delta 18.0ms exceeded target threshold 12ms"))
    #expect(lines.all.contains("warning: RTT spike: the smoothed RTT rose to 42.0 ms in one cycle"))
    #expect(book.status == "cable YELLOW/YELLOW 902400k/35720k, delta 18.0 ms, router unreachable")
  }

  @Test func lossIsToldOncePerChange() throws {
    var book = try book()
    var engine = LoopEngine(book.settings)
    for _ in 0..<3 { book.take(cycle(&engine, nil)) }
    book.take(cycle(&engine, 24))
    let told = lines.all.filter { !$0.hasPrefix("debug") }
    #expect(
      told == [
        "warning: no reflector, gateway or TCP target answered; rates are held",
        "info: the reflectors answer again",
      ])
  }

  @Test func theStateFileHoldsTheLastDecision() throws {
    var book = try book()
    let file = URL(filePath: book.settings.stateFile)
    book.saveIfDue(now: MonotonicTime(nanoseconds: 0), force: true)
    #expect(!FileManager.default.fileExists(atPath: file.path), "there is nothing to keep yet")
    var engine = LoopEngine(book.settings)
    book.take(cycle(&engine, 24))
    book.saveIfDue(now: MonotonicTime(nanoseconds: 1), force: false)
    let first = try String(contentsOf: file, encoding: .utf8)
    #expect(first.contains(#""current_rate":940000000}"#))
    book.take(cycle(&engine, 24))
    book.saveIfDue(now: MonotonicTime(nanoseconds: 2), force: false)
    #expect(try String(contentsOf: file, encoding: .utf8) == first, "it is young, nothing changed")
    book.take(cycle(&engine, 90))
    book.saveIfDue(now: MonotonicTime(nanoseconds: 3), force: false)
    #expect(try String(contentsOf: file, encoding: .utf8) != first, "a transition is kept at once")
    try FileManager.default.removeItem(at: folder)
    for time in 4...5 { book.saveIfDue(now: MonotonicTime(nanoseconds: Int64(time)), force: true) }
    #expect(lines.all.filter { $0.contains("the state file") }.count == 1, "told once")
  }

  @Test func whatTheRouterDoesIsTold() throws {
    var book = try book()
    let queue = RouterQueue(wan: 0, direction: .download, name: try Identifier("WAN-Download"))
    let failure = RouterFailure(
      .authFailure, transport: .rest, operation: "read queues", message: "wrong password")
    let resource = RouterResource(version: "7.23.7", board: "RB5009", uptime: nil)
    let events: [RouterEvent] = [
      .contactGained(after: nil), .identified(RouterIdentity(name: "edge", resource: resource)),
      .writeConfirmed(
        RouterEvent.Confirmation(
          queue: queue, limit: BitsPerSecond(500_000_000), previous: BitsPerSecond(800_000_000),
          decidedAt: MonotonicTime(nanoseconds: 0),
          confirmedAt: MonotonicTime(nanoseconds: 2_500_000), time: at(0), took: Milliseconds(1),
          transport: .rest)),
      .writeFailed(
        RouterEvent.FailedWrite(
          queue: queue, limit: BitsPerSecond(1), failure: failure, time: at(0),
          took: Milliseconds(1))),
      .contactLost(failure, since: at(0)), .stillUnreachable(failure, failures: 2),
      .stillUnreachable(failure, failures: 3), .queueMissing(queue), .readFailed(failure),
      .limitDrifted(queue, from: BitsPerSecond(1000), to: BitsPerSecond(2000)),
      .rebooted(resource), .resourceRead(resource), .budgetNotShared(reason: "no folder"),
      .budgetAsked(WriteBudget(.init(), updated: at(0)), waits: false),
      .contactGained(
        after: RouterEvent.Outage(since: at(0), duration: Milliseconds(1500), failures: 3)),
      .failedOver(to: .ssh, because: failure, at: at(0)),
      .returned(to: .rest, after: Milliseconds(63_000), at: at(63)),
    ]
    for event in events { book.take(event) }
    #expect(
      lines.all == [
        "info: the router answers", "info: router edge, RouterOS 7.23.7",
        "info: WAN-Download set to 500M (was 800M), confirmed 2.5 ms after the decision",
        "error: read queues: wrong password (rest)", "warning: read queues: wrong password (rest)",
        "warning: read queues: wrong password (rest); 3 failures in this outage",
        "error: the router has no queue WAN-Download; see /queue/tree/print there and queues.download in the configuration",
        "warning: read queues: wrong password (rest)",
        "warning: WAN-Download was changed from 1k to 2k by somebody else; it is set right",
        "warning: the router was restarted; its limits are set anew",
        "warning: no folder; the write budget counts this process alone",
        "info: the router answers again after 1.5 s and 3 failures",
        "warning: read queues: wrong password (rest); going on over SSH",
        "info: over REST again, after 63.0 s the other way",
      ])
  }

  @Test func recordsNameWhatWasProbed() throws {
    let book = try book()
    #expect(book.record(outcome(0, 1, rtt: 20), late: nil).host == "192.0.2.2")
    #expect(book.record(outcome(0, rtt: 20, method: .gateway), late: nil).host == "gateway")
    #expect(book.record(outcome(0, 1, rtt: 20, method: .tcp), late: nil).host == "8.8.8.8:443")
    #expect(book.start(seq: 3, at: at(0), state: nil).config == "0123456789abcdef")
  }
}

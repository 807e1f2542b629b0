import Foundation
import Model
import Platform
import Router
import Synchronization
import TestSupport
import Testing

@Suite struct LimitRequestTests {
  @Test func aRequestIsAQueueAndARate() throws {
    let request = try LimitRequest(parsing: "WAN-Download-1=1.5G")
    #expect(request.queue == down && request.limit == BitsPerSecond(1_500_000_000))
    #expect(try LimitRequest(parsing: "a=0").limit == .zero)
  }

  @Test(arguments: [
    ("WAN-Download-1", "QUEUE=RATE"), ("a=fast", "'fast'"), ("a=", "''"), ("=5M", "empty"),
    ("a b=5M", "A-Z"), ("a\"]=5M", "A-Z"), ("a=-5M", "'-5M'"),
    (String(repeating: "a", count: 65) + "=5M", "65 characters"),
  ])
  func nonsenseIsRefusedWithTheReason(text: String, says: String) {
    let error = #expect(throws: LimitRequest.Invalid.self) { try LimitRequest(parsing: text) }
    #expect(error?.description.contains(says) == true)
  }
}

@Suite struct LimitStreamTests {
  final class Run: Sendable {
    let records = Mutex<[SetRecord]>([])
    let remarks = Mutex<[String]>([])
  }

  /// Feeds `text` to a stream that ends, and returns what came of it.
  static func follow(
    _ text: String, _ router: FakeRouterOS, isDryRun: Bool = false, to run: Run = Run(),
    settings change: (inout RouterSettings) -> Void = { _ in }
  ) throws -> LimitStream.Summary {
    let pipe = Pipe()
    // More than a pipe holds would block us here.
    Foundation.Thread.detachNewThread {
      pipe.fileHandleForWriting.write(Data(text.utf8))
      try? pipe.fileHandleForWriting.close()
    }
    let settings = router.settings(change)
    let stream = try LimitStream(
      wan: try! Identifier("wan1"), queues: PerDirection(download: down, upload: up),
      settings: settings
    ) { remark in run.remarks.withLock { $0.append(remark) } }
    let rest = router.port(change)
    return try stream.run(
      reading: pipe.fileHandleForReading.fileDescriptor,
      port: isDryRun ? DryRunPort(rest) : rest,
      budget: SharedBudget(file: nil, settings: settings.writeBudget), isDryRun: isDryRun
    ) { record throws(SystemError) in run.records.withLock { $0.append(record) } }
  }

  static func decision(_ download: Int, _ upload: Int, wan: String? = "wan1") -> String {
    let name = wan.map { #","wan":"\#($0)""# } ?? ""
    return #"{"type":"decision","t":1.5\#(name),"rtt_ms":20,"load_rtt_ms":20,"#
      + #""baseline_rtt_ms":20,"delta_ms":0,"held":false,"download":{"state":"GREEN","#
      + #""rate_bps":\#(download),"reason":null},"upload":{"state":"GREEN","rate_bps":\#(upload),"#
      + #""reason":null}}"# + "\n"
  }

  @Test func theNewestDecisionIsSetAndRecorded() throws {
    let router = try FakeRouterOS()
    let run = Run()
    let lines = (1...200).map { Self.decision(900_000_000 - $0 * 1_000_000, 30_000_000) }
    let summary = try Self.follow(lines.joined(), router, to: run)
    #expect(summary.badLines == 0 && summary.isSettled)
    #expect(router.limit("WAN-Download-1") == 700_000_000)
    #expect(router.limit("WAN-Upload-1") == 30_000_000)
    let records = run.records.withLock { $0 }
    #expect(records.count < 400, "what was out of date was not written")
    let last = try #require(records.last { $0.queue == "WAN-Download-1" })
    #expect(last.applied && last.confirmed == BitsPerSecond(700_000_000))
    #expect(last.transport == .rest && last.took != nil && last.error == nil)
  }

  @Test func setRecordsNameAnyQueue() throws {
    var rows = FakeRouterOS.rows
    rows["Guests"] = FakeRouterOS.Row(id: "*1000009", limit: 5)
    let router = try FakeRouterOS(rows)
    let line = #"{"type":"set","queue":"Guests","max_limit_bps":7000000}"#
    let summary = try Self.follow(line, router)
    #expect(summary.isSettled)
    #expect(router.limit("Guests") == 7_000_000)
    #expect(router.limit("WAN-Download-1") == 800_000_000)
  }

  @Test func badLinesAreNamedAndSkipped() throws {
    let router = try FakeRouterOS()
    let run = Run()
    let text =
      "nonsense\n\n" + #"{"type":"set","queue":"a b","max_limit_bps":1}"# + "\n"
      + #"{"type":"set","queue":"x","max_limit_bps":-1}"# + "\n{\"rtt_ms\":5}\n"
      + #"{"type":"rtt","t":1,"host":"h","seq":1,"rtt_ms":5}"# + "\n"
      + #"{"type":"new","t":1}"# + "\n" + Self.decision(1, 1, wan: "other")
      + Self.decision(500_000_000, 30_000_000, wan: nil)
    let summary = try Self.follow(text, router, to: run)
    #expect(summary.badLines == 5 && summary.isSettled)
    #expect(router.limit("WAN-Download-1") == 500_000_000)
    let remarks = run.remarks.withLock { $0 }
    #expect(remarks.count == 5)
    for (number, remark) in zip([1, 3, 4, 5, 8], remarks) {
      #expect(remark.hasPrefix("line \(number): "), "\(remark)")
    }
  }

  @Test func aQueueThatIsNotThereIsTold() throws {
    let router = try FakeRouterOS()
    let run = Run()
    let summary = try Self.follow(
      #"{"type":"set","queue":"Gone","max_limit_bps":1}"#, router, to: run)
    #expect(!summary.isSettled)
    #expect(run.remarks.withLock { $0 }.contains("the router has no queue 'Gone'"))
  }

  @Test func aRouterThatIsGoneEndsTheStreamWithoutSuccess() throws {
    let router = try FakeRouterOS()
    router.fail { _ in .json(401, #"{"error":401,"message":"Unauthorized"}"#) }
    let run = Run()
    let summary = try Self.follow(Self.decision(1_000_000, 1_000_000), router, to: run)
    #expect(!summary.isSettled)
    #expect(run.remarks.withLock { $0 }.first?.contains("router.password") == true)
  }

  @Test func aRefusedWriteIsRecordedWithItsReason() throws {
    let router = try FakeRouterOS()
    router.fail(
      "PATCH", .json(500, #"{"detail":"not enough permissions (9)","error":500,"message":"x"}"#))
    let run = Run()
    let summary = try Self.follow(Self.decision(1_000_000, 35_000_000), router, to: run) {
      $0.operationTimeout = Milliseconds(500)
    }
    #expect(!summary.isSettled)
    let record = try #require(run.records.withLock { $0.first })
    #expect(!record.applied && record.confirmed == nil)
    #expect(record.error?.contains("policy write") == true)
  }

  @Test func aDryRunWritesNothing() throws {
    let router = try FakeRouterOS()
    let run = Run()
    let summary = try Self.follow(
      Self.decision(1_000_000, 35_000_000), router, isDryRun: true, to: run)
    #expect(summary.isSettled)
    #expect(router.server.requests.allSatisfy { $0.method != "PATCH" })
    let record = try #require(run.records.withLock { $0.first })
    #expect(!record.applied && record.confirmed == BitsPerSecond(800_000_000))
    #expect(record.maxLimit == BitsPerSecond(1_000_000))
  }
}

@Suite struct LimitSetterTests {
  static func setter(
    _ router: VirtualRouter, _ budget: RouterSettings.WriteBudget = .init()
  ) -> LimitSetter {
    LimitSetter(
      port: router, budget: SharedBudget(file: nil, settings: budget),
      clock: RouterSession.Clock(
        monotonic: { router.now },
        wall: { VirtualSession.epoch + (router.now - MonotonicTime(nanoseconds: 0)) })
    ) { router.now = router.now + $0 }
  }

  static func router() -> VirtualRouter {
    let router = VirtualRouter()
    router.limits = [down.text: mega(800), up.text: mega(35)]
    return router
  }

  static func requests(_ download: Double, _ upload: Double) -> [LimitRequest] {
    [
      LimitRequest(queue: down, limit: mega(download)),
      LimitRequest(queue: up, limit: mega(upload)),
    ]
  }

  @Test func onlyWhatDiffersIsWritten() throws {
    let router = Self.router()
    var outcomes: [LimitSetter.Outcome] = []
    try Self.setter(router).set(Self.requests(700, 35)) { outcomes.append($0) }
    #expect(router.writes.count == 1)
    #expect(outcomes.map(\.record.applied) == [true, true])
    #expect(outcomes.map(\.previous) == [mega(800), mega(35)])
    #expect(outcomes[0].record.took == Milliseconds(16))
    #expect(outcomes[1].record.took == .zero)
  }

  @Test func anUnknownQueueStopsEverythingAndListsTheKnownOnes() throws {
    let router = Self.router()
    let gone = LimitRequest(queue: try Identifier("Gone"), limit: mega(1))
    let failure = #expect(throws: LimitSetter.Failure.self) {
      try Self.setter(router).set(Self.requests(1, 1) + [gone]) { _ in }
    }
    guard case .unknownQueues(let unknown) = failure else {
      Issue.record("\(failure.debugDescription)")
      return
    }
    #expect(
      unknown.description
        == "the router has no queue 'Gone'; it has WAN-Download-1, WAN-Upload-1")
    #expect(router.writes.isEmpty)
  }

  @Test func aDoubtfulWriteIsReadBack() throws {
    for isApplied in [true, false] {
      let router = Self.router()
      router.appliesDoubtfulWrites = isApplied
      router.fault = { operation in
        guard case .write = operation else { return nil }
        router.notBefore = router.now + Milliseconds(2500)
        return failure(.timeout, .unknown)
      }
      var outcomes: [LimitSetter.Outcome] = []
      try Self.setter(router).set([LimitRequest(queue: down, limit: mega(5))]) {
        outcomes.append($0)
      }
      #expect(outcomes[0].record.applied == isApplied)
      #expect(outcomes[0].record.confirmed == mega(isApplied ? 5 : 800))
      #expect((outcomes[0].failure == nil) == isApplied)
      #expect(router.now >= MonotonicTime(nanoseconds: 2_500_000_000))
    }
  }

  @Test func nothingMoreIsTriedWithoutContact() throws {
    let router = Self.router()
    router.fault = { if case .write = $0 { failure(.connectionRefused) } else { nil } }
    var outcomes: [LimitSetter.Outcome] = []
    try Self.setter(router).set(Self.requests(1, 1)) { outcomes.append($0) }
    #expect(outcomes.count == 1)
    #expect(outcomes[0].record.error?.contains("planted") == true)
  }

  @Test func anEmptyBudgetIsWaitedFor() throws {
    let router = Self.router()
    try Self.setter(router, .init(burst: 1, perMinute: 60)).set(Self.requests(1, 1)) { _ in }
    #expect(router.writes.count == 2)
    #expect(router.writes[1].at - router.writes[0].at >= Milliseconds(1000))
  }

  @Test func aDryRunPortReadsAndPretends() throws {
    let router = Self.router()
    let port = DryRunPort(router)
    try port.setLimit(mega(5), of: down)
    #expect(router.limits[down.text] == mega(800) && router.writes.isEmpty)
    #expect(try port.readQueues([down, up]).map { $0?.maxLimit } == [mega(5), mega(35)])
    #expect(try port.queueNames() == [down.text, up.text])
    #expect(try port.leafKind(ofType: "cake-type") == "cake")
    #expect(try port.probe().name == "virtual" && port.transport == .rest)
    #expect(try port.readResource().version == "7.23.7")
    #expect(port.notBefore == nil)
    port.disconnect()
    port.interrupter()
  }

  @Test func theKindOfTheLeafIsAdded() throws {
    let router = Self.router()
    let setter = Self.setter(router)
    let row = try setter.completed(try setter.read([down])[0])
    #expect(row.leaf == "cake" && row.dropped == nil)
  }
}

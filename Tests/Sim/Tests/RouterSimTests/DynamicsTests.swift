import Testing

@testable import RouterSim

/// Queues that fill and drain.
@Suite struct DynamicsTests {
  private func reading(_ router: Router, _ name: String, of queue: String) throws -> Double {
    let rows = try router.get("/state")["rows"]?["queue/tree"]?.elements ?? []
    let row = try #require(rows.first { $0["name"]?.text == queue })
    return try #require(row[name]?.value)
  }

  @Test func anOverloadedCakeQueueKeepsItsBacklogAndCountsNoDrops() throws {
    let router = try Router()
    try router.post("/load", #"{"WAN-Upload-1":70000000}"#)
    try router.advance(ms: 2000)
    #expect(try router.get("/backlog")["WAN-Upload-1"]?.value == 36)
    #expect(try reading(router, "rate", of: "WAN-Upload-1") == 35_000_000)
    #expect(try reading(router, "queued-bytes", of: "WAN-Upload-1") == 157_500)
    #expect(try reading(router, "queued-packets", of: "WAN-Upload-1") == 105)
    #expect(try reading(router, "dropped", of: "WAN-Upload-1") == 0)
    #expect(
      try reading(router, "bytes", of: "WAN-Upload-1") == 31_450_118_220 + 35e6 / 8 * 2)
    try router.post("/world", #"{"switches":{"countCakeDrops":true}}"#)
    try router.advance(ms: 1000)
    // 35 Mbit/s too much for a second, at 1200 bytes; those of the silent time too.
    #expect(try reading(router, "dropped", of: "WAN-Upload-1") == (35e6 / 8 / 1200).rounded(.down))
  }

  @Test func aChangeOfTheLimitKeepsTheBacklogAndANewLeafDropsIt() throws {
    let router = try Router()
    try router.post("/load", #"{"WAN-Upload-1":70000000}"#)
    try router.advance(ms: 1000)
    _ = try router.ask("PATCH", "/rest/queue/tree/*1000001", #"{"max-limit":"3500000"}"#)
    #expect(try router.get("/backlog")["WAN-Upload-1"]?.value == 360)
    try router.post("/load", #"{"WAN-Upload-1":0}"#)
    try router.advance(ms: 100)
    #expect(try router.get("/backlog")["WAN-Upload-1"]?.value == 260)
    _ = try router.ask("PATCH", "/rest/queue/tree/*1000001", #"{"queue":"default-small"}"#)
    #expect(try router.get("/backlog")["WAN-Upload-1"]?.value == 0)
    try router.post("/load", #"{"WAN-Upload-1":70000000}"#)
    try router.advance(ms: 1000)
    // Another leaf keeps 1 MB and counts what exceeds it.
    #expect(try reading(router, "queued-bytes", of: "WAN-Upload-1") == 1_000_000)
    #expect(try reading(router, "dropped", of: "WAN-Upload-1") > 6000)
  }

  @Test func anUnlimitedOrDisabledQueueIsAsFastAsTheLink() throws {
    let router = try Router()
    try router.post(
      "/series",
      #"{"queue":"WAN-Upload-1","linkRate":50000000,"load":[{"atMs":0,"bps":20000000},{"atMs":1000,"bps":60000000}]}"#
    )
    _ = try router.ask("PATCH", "/rest/queue/tree/*1000001", #"{"max-limit":"0"}"#)
    #expect(try router.get("/queues")["WAN-Upload-1"] == 0)
    try router.advance(ms: 1000)
    #expect(try reading(router, "rate", of: "WAN-Upload-1") == 20_000_000)
    try router.advance(ms: 2000)
    #expect(try reading(router, "rate", of: "WAN-Upload-1") == 50_000_000)
    _ = try router.ask("PATCH", "/rest/queue/tree/*1000001", #"{"disabled":true}"#)
    let bytes = try reading(router, "bytes", of: "WAN-Upload-1")
    try router.advance(ms: 1000)
    #expect(try reading(router, "bytes", of: "WAN-Upload-1") == bytes)
  }

  @Test func pinnedReadingsFollowTheirScript() throws {
    let router = try Router()
    try router.post(
      "/series",
      #"{"queue":"WAN-Download-2","pin":[{"atMs":0,"bytes":1000,"rate":5},{"atMs":50,"bytes":2000,"queued-packets":7}]}"#
    )
    #expect(try reading(router, "bytes", of: "WAN-Download-2") == 1000)
    try router.advance(ms: 49)
    #expect(try reading(router, "bytes", of: "WAN-Download-2") == 1000)
    try router.advance(ms: 1)
    #expect(try reading(router, "bytes", of: "WAN-Download-2") == 2000)
    #expect(try reading(router, "rate", of: "WAN-Download-2") == 5)
    #expect(try reading(router, "queued-packets", of: "WAN-Download-2") == 7)
  }

  /// Looking more often must not change what there is to see.
  @Test func theModelDoesNotCareHowOftenSomebodyLooks() {
    for seed in UInt64(1)...50 {
      var random = Random(seed: seed)
      var rarely = Flow(pinned: Statistics())
      let steps = (0..<10).map { index in
        (
          at: Nanoseconds.milliseconds(Double(index) * 700 + 700 * random.uniform()),
          bitsPerSecond: 1e8 * random.uniform()
        )
      }
      rarely.script(steps, at: 0)
      var often = rarely
      let shaping = Shaping(
        limit: 5e7, capacity: 225_000, countsDrops: true, isCounting: true)
      var now: Nanoseconds = 0
      while now < .seconds(8) {
        now += .milliseconds(5 + 40 * random.uniform())
        often.advance(to: now, shaping: shaping)
      }
      rarely.advance(to: now, shaping: shaping)
      let a = often.readings(at: now)
      let b = rarely.readings(at: now)
      #expect(abs(a.bytes - b.bytes) <= 1 && abs(a.dropped - b.dropped) <= 1, "seed \(seed)")
      #expect(a.queuedBytes == b.queuedBytes && abs(a.rate - b.rate) <= 1, "seed \(seed)")
    }
  }

  @Test func serviceTimesFollowTheirProfile() {
    let latency = Latency(name: .rb5009, seed: 7)
    var now: Nanoseconds = 0
    let writes = (0..<4000).map { _ in
      now += .seconds(1)
      return latency.draw(.write, at: now).inMilliseconds
    }.sorted()
    #expect(writes[0] >= 3.8 && writes[3999] <= 150)
    #expect((7.5...8.5).contains(writes[2000]))
    let reads = (0..<4000).map { _ in latency.draw(.read, at: now).inMilliseconds }.sorted()
    #expect((11.3...12.7).contains(reads[2000]))
    // sigma 0.6: the 95th percentile of a log-normal lies at the median times exp(1.645 sigma).
    #expect((28.5...36).contains(reads[3800]))
    latency.processorLoad = 1
    #expect(latency.draw(.readOther, at: now).inMilliseconds == 30)
  }

  @Test func writesThatFollowEachOtherShareTheirLuck() {
    let latency = Latency(name: .rb5009, seed: 3)
    let first = latency.draw(.write, at: 0)
    let second = latency.draw(.write, at: first + .milliseconds(4))
    #expect(first == second)
    let third = latency.draw(.write, at: .seconds(9))
    #expect(third != first)
    let again = Latency(name: .rb5009, seed: 3)
    #expect(again.draw(.write, at: 0) == first, "the same seed gives the same times")
  }
}

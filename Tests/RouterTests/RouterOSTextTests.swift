import Model
import Testing

@testable import Router

@Suite struct RouterOSTextTests {
  @Test(
    arguments: [
      ("6d23h19m23s", 602_363), ("1w3d15:41:57", 920_517), ("15:41:57", 56517), ("20ms", 0.02),
      ("0s", 0), ("1d7h44m20s", 114_260), ("5m", 300), ("100us", 0.0001),
    ] as [(String, Double)])
  func durationsRead(text: String, seconds: Double) {
    #expect(abs(RouterOSText.duration(text)!.seconds - seconds) < 1e-9)
  }

  @Test(arguments: [
    "", "5", "s", "5x", "1:2", "1:2:3:4", "1:2:3s", "-5s", "1h5", "9999999999999s", "1:2:",
  ])
  func nonsenseIsNoDuration(text: String) {
    #expect(RouterOSText.duration(text) == nil)
  }

  @Test func countersAndBooleans() {
    #expect(RouterOSText.counter("184614358") == 184_614_358)
    for text in ["", "-1", "1.5", "9223372036854775808", "1 2"] {
      #expect(RouterOSText.counter(text) == nil)
    }
    #expect(RouterOSText.bool("yes") == true && RouterOSText.bool("no") == false)
    #expect(RouterOSText.bool("true") == true && RouterOSText.bool("false") == false)
    #expect(RouterOSText.bool("1") == nil)
  }

  @Test(arguments: ["*1000000", "*FFFFFFFA", "*a"])
  func idsAreKnown(text: String) { #expect(QueueQuery.isID(text)) }

  @Test(arguments: ["", "*", "1000000", "*10/..", "*G", "*" + String(repeating: "1", count: 17)])
  func othersAreNoIDs(text: String) { #expect(!QueueQuery.isID(text)) }

  @Test func backslashesThatBeginNoEscapeAreMended() {
    func mend(_ text: String) -> String? {
      RESTReply.mendEscapes(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(mend(#""a\qb""#) == #""a\\qb""#)
    #expect(mend(#""a\\b\"\u0041""#) == nil)
    #expect(mend(#"ends in \"#) == #"ends in \\"#)
  }

  @Test func theTargetOfASlotIsTheNewestOne() {
    let slot = TargetSlot()
    var seen = 0
    #expect(slot.load(since: &seen) == nil)
    #expect(slot.store(BitsPerSecond(0), decidedAt: MonotonicTime(rawValue: 1)))
    #expect(!slot.store(BitsPerSecond(0), decidedAt: MonotonicTime(rawValue: 2)))
    #expect(slot.store(BitsPerSecond(7), decidedAt: MonotonicTime(rawValue: 3)))
    let found = slot.load(since: &seen)
    #expect(found?.target == BitsPerSecond(7) && found?.decidedAt.rawValue == 3)
    #expect(slot.load(since: &seen) == nil)
  }

  /// The two values of a slot always belong together, however fast they change.
  @Test func aSlotIsNeverReadHalfWritten() async {
    let slot = TargetSlot()
    let count: Int64 = 200_000
    async let writer: Void = Task.detached {
      for value in 1...count {
        _ = slot.store(BitsPerSecond(value), decidedAt: MonotonicTime(rawValue: -value))
      }
    }.value
    let last = await Task.detached {
      var seen = 0
      var newest: Int64 = 0
      while newest < count {
        guard let (target, time) = slot.load(since: &seen) else { continue }
        #expect(time.rawValue == -target.rawValue)
        #expect(target.rawValue > newest)
        newest = target.rawValue
      }
      return newest
    }.value
    await writer
    #expect(last == count)
  }
}

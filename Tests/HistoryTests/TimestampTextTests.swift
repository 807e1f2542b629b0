import History
import Testing

@Suite struct TimestampTextTests {
  /// Central European time of 2026: an hour ahead, two from 29 March 01:00 UTC to 25 October 01:00.
  private let zone = ClockZone { time in
    time >= 1_774_746_000 && time < 1_792_890_000 ? 7200 : 3600
  }

  @Test(
    arguments: [
      ("2026-01-25 14:30", 1_769_347_800), ("2026-07-01T00:00", 1_782_856_800),
      // The hour that comes twice is the first one, the hour that is skipped is before the change.
      ("2026-10-25 02:30", 1_792_888_200), ("2026-03-29 02:30", 1_774_747_800),
      ("2026-W01-1", 1_766_962_800), ("2026W537", 1_798_930_800), ("2026-W53-7", 1_798_930_800),
      ("2025-W53", nil), ("2026-01-25T14:30:00.9999999Z", 1_769_351_400),
      ("2026-01-25T14:30 +01:00", 1_769_347_800), ("2026-01-25T14:3", nil),
      ("2026-01-25T", nil), ("2026-01", nil), ("2026-13-01", nil),
      ("2026-1-5 4:5:6", 1_767_582_306),
      ("2026-1-5 4:5:6:7", nil), ("2026-01-25Ä14:30", 1_769_347_800), ("٢٠٢٦-01-25", nil),
      ("1969-12-31T23:59:59.5Z", 0),
    ] as [(String, Int64?)])
  func timesAreRead(text: String, expected: Int64?) {
    #expect(TimestampText.time(text, zone: zone) == expected)
  }

  @Test func everyDayReadsBack() throws {
    for day in stride(from: Int64(-719_162), to: 2_932_896, by: 997) {
      let text = HistoryText.time(day * 86_400 + 3661, zone: .utc)
      let read = TimestampText.isoTime(text + "Z", zone: .utc)
      #expect(read == day * 86_400 + 3661, "\(text)")
    }
  }
}

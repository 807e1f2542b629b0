import Foundation
import Model
import Testing

@testable import Service

/// The tests run in whatever zone the host has: Foundation is the second opinion.
@Suite struct LocalTimeTests {
  @Test(arguments: [0, 1_780_000_000_050_000, 1_763_681_474_983_806, -1, -86_400_000_001])
  func agreesWithFoundation(microseconds: Int64) {
    let time = UnixTime(microseconds: microseconds)
    var calendar = Calendar(identifier: .gregorian)
    let seconds = (Double(microseconds) / 1e6).rounded(.down)
    for zone in [TimeZone.current, TimeZone(identifier: "UTC")!] {
      calendar.timeZone = zone
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: seconds))
      let ours = zone == .current ? LocalTime(time) : LocalTime(utc: time)
      #expect(ours.year == parts.year)
      #expect(ours.month == parts.month)
      #expect(ours.day == parts.day)
      #expect(ours.hour == parts.hour)
      #expect(ours.minute == parts.minute)
      #expect(ours.second == parts.second)
    }
  }

  @Test func writesFractionOnlyWhenThereIsOne() {
    #expect(
      LocalTime(utc: UnixTime(microseconds: 1_780_000_000_000_000)).iso8601
        == "2026-05-28T20:26:40")
    #expect(
      LocalTime(utc: UnixTime(microseconds: 1_780_000_000_050_000)).iso8601
        == "2026-05-28T20:26:40.050000")
    #expect(
      LocalTime(utc: UnixTime(microseconds: 1_780_000_000_000_007)).iso8601
        == "2026-05-28T20:26:40.000007")
  }

  @Test(arguments: [0, 1_780_000_000_050_000, 1_763_681_474_983_806, 1_780_000_000_000_007])
  func readsWhatItWrote(microseconds: Int64) {
    let time = UnixTime(microseconds: microseconds)
    #expect(LocalTime.time(of: LocalTime(time).iso8601) == time)
    #expect(
      LocalTime.time(of: LocalTime(time).iso8601Milliseconds)
        == UnixTime(microseconds: microseconds / 1000 * 1000))
  }

  @Test(arguments: [
    "", "2026-05-28", "2026-05-28 20:26:40", "2026-13-28T20:26:40", "2026-05-28T20:26:40Z",
    "2026-05-28T20:26:40.", "2026-05-28T20:26:40.1234567", "2026-05-28T20:26:4x",
    "２026-05-28T20:26:40",
    "2026-00-28T20:26:40", "2026-05-28T24:26:40",
  ])
  func anythingElseIsNoTime(text: String) { #expect(LocalTime.time(of: text) == nil) }

  @Test func writesLogStamps() {
    let time = LocalTime(utc: UnixTime(microseconds: 1_780_000_000_059_999))
    #expect(time.logStamp == "2026-05-28 20:26:40,059")
    #expect(time.iso8601Milliseconds == "2026-05-28T20:26:40.059")
  }

  @Test func countsUpBefore1970() {
    let time = LocalTime(utc: UnixTime(microseconds: -1))
    #expect(time.iso8601 == "1969-12-31T23:59:59.999999")
  }

  @Test func survivesTheExtremes() {
    for microseconds in [Int64.min, .max] {
      #expect(!LocalTime(UnixTime(microseconds: microseconds)).iso8601.isEmpty)
    }
  }
}

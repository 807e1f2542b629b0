import Foundation
import Model
import TestSupport
import Testing

@testable import Service

@Suite struct PublishedBaselineTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String) throws -> PublishedBaseline {
    try folder.write(text, to: "wan1_state.json")
    return try PublishedBaseline.read(stateFile: folder.file("wan1_state.json"))
  }

  @Test func isWhatTheLoopWrote() throws {
    let time = UnixTime(microseconds: 1_780_000_000_050_000)
    let state = LoopState(
      queues: PerDirection(
        download: LoopState.Queue(streaks: Streaks(), rate: 1),
        upload: LoopState.Queue(streaks: Streaks(), rate: 1)), baseline: Milliseconds(24.5),
      load: Milliseconds(30), lastApplied: PerDirection(download: nil, upload: nil))
    let path = folder.file("wan1_state.json")
    try StateFile(path: path).save(state, at: time)
    #expect(
      try PublishedBaseline.read(stateFile: path)
        == PublishedBaseline(baseline: Milliseconds(24.5), writtenAt: time))
  }

  @Test(arguments: [
    #"{"ewma":{"baseline_rtt":24}}"#, #"{"ewma":{"baseline_rtt":"24.0"},"timestamp":"soon"}"#,
  ])
  func withoutATimeTheFilesOwnCounts(text: String) throws {
    let before = UnixTime(seconds: Date().timeIntervalSince1970 - 2)
    let found = try read(text)
    #expect(found.baseline == Milliseconds(24) && found.writtenAt > before)
  }

  @Test(arguments: [
    ("", "the text ends before its value at byte 0"), ("{}", "has no number as ewma.baseline_rtt"),
    (#"{"ewma":{"baseline_rtt":null}}"#, "has no number"),
    (#"{"ewma":{"baseline_rtt":NaN}}"#, "has no number"),
  ])
  func whatIsNoneIsSaid(text: String, says: String) throws {
    let error = #expect(throws: PublishedBaseline.Obstacle.self) { try read(text) }
    #expect(error?.description.contains(says) == true, "\(String(describing: error))")
  }

  @Test func aMissingFileIsSaid() {
    let error = #expect(throws: PublishedBaseline.Obstacle.self) {
      try PublishedBaseline.read(stateFile: folder.file("none"))
    }
    #expect(error?.description.hasSuffix("/none: No such file or directory") == true)
  }
}

import Foundation
import History
import Model
import TestSupport
import Testing

/// A process that writes and maintains is killed at any moment: nothing that was committed is lost,
/// nothing is there twice, and every average is that of all its rows.
@Suite(.serialized) struct HistoryKillTests {
  private static let interval: Int64 = 10
  private static let start: Int64 = 1_780_000_200

  /// How often; `WANCTL_SOAK=1` kills more.
  private static let rounds =
    ProcessInfo.processInfo.environment["WANCTL_SOAK"] == nil ? 200 : 2000

  @Test func killsLeaveEveryRowOnce() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("metrics.db")
    var random = SeededGenerator(seed: 7)
    var end = Self.start
    for round in 0..<Self.rounds {
      let child = try ChildProcess(
        [Binaries.tool("history-workload"), path], folder: URL(filePath: folder.path))
      if round == 0 {
        let isThere = eventually(within: 30) { ((try? Self.check(path)) ?? 0) > Self.start }
        #expect(isThere, "\(child.remarks)")
      }
      usleep(UInt32.random(in: 5_000...100_000, using: &random))
      #expect(child.isRunning, "\(child.remarks)")
      child.send(SIGKILL)
      _ = child.waitUntilExit(within: 30)
      let newEnd = try Self.check(path)
      #expect(newEnd >= end, "round \(round): rows were lost")
      end = newEnd
    }
    #expect(end > Self.start + 86_400, "the ladder's second step was not reached")
  }

  /// - Returns: the time behind the last row.
  private static func check(_ path: String) throws -> Int64 {
    let database = try SQLiteConnection(path: path, access: .readWrite)
    guard try MetricsSchema.exists(on: database) else { return start }
    #expect(try database.text("PRAGMA integrity_check") == "ok")
    let query = try database.prepare(
      "SELECT timestamp, granularity, value FROM metrics ORDER BY timestamp, id")
    var next = start
    while try query.step() {
      let (time, tier) = (query.integer(0), query.text(1).flatMap(Granularity.init(rawValue:)))
      // The first bucket of a tier may begin before the first row.
      let seconds = tier.map { $0 == .raw ? interval : $0.seconds } ?? 0
      let isNext = time == next || (next == start && time <= start && time + seconds > start)
      #expect(isNext, "\(time) \(tier as Any) instead of \(next)")
      let times = stride(from: max(time, start), to: time + seconds, by: Int(interval))
      let values = times.map { Double($0 / interval % 997) }
      let mean = values.reduce(0, +) / Double(values.count)
      // A mean of means of buckets of the same size; the first one has fewer rows.
      if time >= start, abs(query.real(2) - mean) > 1e-9 {
        Issue.record("\(time) \(tier as Any): \(query.real(2)) instead of \(mean)")
      }
      guard isNext else { break }
      next = time + seconds
    }
    return next
  }
}

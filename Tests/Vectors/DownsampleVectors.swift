import Foundation
import Model
import Platform
import Testing

@testable import History

/// What the original's maintenance made of databases, followed where no sample is lost by it.
@Suite struct DownsampleVectors {
  /// One maintenance: what there was, what was asked for, and what the original left.
  struct Case: CustomTestStringConvertible {
    var name: String
    var now: Int64
    /// nil = no cleanup.
    var retentionDays: Int?
    var isLadder: Bool
    var before: [HistoryRow]
    var after: [HistoryRow]
    /// Aggregates per tier, and rows that were removed for their age; nil = not recorded.
    var aggregates: [Granularity: Int]?
    var expired: Int?

    var testDescription: String { name }
  }

  /// Where we differ from a recording, and why. What differs elsewhere is a mistake.
  private static let straddling = "the rows of a bucket that is not complete stay"
  private static let events = "events stay raw"
  private static let order = "aggregation comes before the cleanup"
  static let exceptions: [String: String] = [
    "g01 cutoff_edges": straddling, "g01 partial_bucket_lost": straddling,
    "g01 null_like_labels": events, "g01 levels_all": events, "g01 old_raw_cascades": events,
    "g01 mode_ties": events, "g01 startup": "\(straddling); \(events); \(order)",
    "ds m1_3d": straddling, "ds m5_12d_ret30": straddling,
    "ds m5_12d_ret7": "\(straddling); \(order)", "ds raw3h": "\(straddling); \(events)",
  ]

  static let cases = recorded() + databases()

  @Test func thereAreRecordings() {
    #expect(Self.cases.count == 28)
    let names = Set(Self.cases.map(\.name))
    #expect(Set(Self.exceptions.keys).subtracting(names).isEmpty)
  }

  @Test(arguments: cases)
  func maintenanceLeavesWhatTheOriginalLeft(_ recorded: Case) throws {
    let folder = try ScratchFolder()
    let database = try SQLiteConnection(path: folder.file("metrics.db"), access: .create)
    try HistoryRow.store(recorded.before, in: database)
    let pass = MaintenancePass(
      on: database, now: recorded.now, ladder: recorded.isLadder ? LadderStep.all : [],
      retentionDays: recorded.retentionDays, sliceTime: Milliseconds(10), clock: Clock.monotonic)
    while try pass.slice() {}
    let ours = try HistoryRow.all(of: database)

    let wanted = Self.adjusted(recorded)
    let differs = Set(wanted.map(\.place)) != Set(recorded.after.map(\.place))
    if let reason = Self.exceptions[recorded.name] {
      exclude(recorded.name, because: reason)
    } else {
      #expect(!differs, "an exception that is not listed")
      if let aggregates = recorded.aggregates { #expect(pass.result.aggregates == aggregates) }
      if let expired = recorded.expired { #expect(pass.result.expiredRows == expired) }
    }
    compare(ours, wanted, of: recorded)
  }

  /// The recorded rows with what we do instead.
  private static func adjusted(_ recorded: Case) -> [HistoryRow] {
    let expiry = recorded.retentionDays.map { recorded.now - Int64($0) * 86_400 } ?? .min
    var rows = recorded.after.filter { $0.timestamp >= expiry }
    guard recorded.isLadder else { return rows }
    // Events stay as they are; no average is made of them.
    let isOfEvents = Set(recorded.before.filter(\.isEvent).map(\.metric))
      .subtracting(recorded.before.filter { !$0.isEvent }.map(\.metric))
    rows.removeAll { isOfEvents.contains($0.metric) || $0.isEvent }
    rows += recorded.before.filter { $0.isEvent && $0.timestamp >= expiry }
    for step in LadderStep.all {
      let kept = step.end(at: recorded.now)..<(recorded.now - step.age)
      rows += recorded.before.filter {
        $0.granularity == step.from.rawValue && !$0.isEvent && kept.contains($0.timestamp)
          && $0.timestamp >= expiry
      }
    }
    return rows
  }

  private func compare(_ ours: [HistoryRow], _ wanted: [HistoryRow], of recorded: Case) {
    var labels: [String: Set<String?>] = [:]
    for row in recorded.before where !row.isEvent {
      labels[row.metric, default: []].insert(row.labels)
    }
    let apart = Set(labels.filter { $0.value.count > 1 }.keys)
    for metric in apart.sorted() {
      exclude("\(recorded.name) \(metric)", because: "series are kept per label")
    }
    func sorted(_ rows: [HistoryRow]) -> [HistoryRow] {
      rows.filter { !apart.contains($0.metric) || $0.isEvent }.sorted {
        ($0.place, $0.value) < ($1.place, $1.value)
      }
    }
    let before = Set(recorded.before)
    let (ours, wanted) = (sorted(ours), sorted(wanted))
    #expect(ours.map(\.place) == wanted.map(\.place))
    for (our, want) in zip(ours, wanted) {
      if our.value != want.value, abs(our.value - want.value) > 1e-12 * abs(want.value) {
        Issue.record("\(our) instead of \(want)")
      }
      // An aggregate has the label of its rows, where the original has none.
      let isAggregate = !before.contains(our)
      if our.labels != want.labels, !isAggregate || labels[our.metric] != [our.labels] {
        Issue.record("\(our) instead of \(want)")
      }
    }
  }

  // MARK: - Reading

  private static func recorded() -> [Case] {
    VectorFile.all("downsample", holding: "g01").flatMap(\.rows).compactMap { row in
      guard let input = row["in"] as? VectorFile.Object,
        let output = row["out"] as? VectorFile.Object, let name = input["case"] as? String,
        let operation = input["op"] as? String, let now = input["now"] as? NSNumber,
        let before = input["rows"] as? [[Any]], let after = output["rows"] as? [[Any]]
      else { return nil }
      let result = output["result"] as? VectorFile.Object ?? [:]
      return Case(
        name: "g01 \(name)", now: now.int64Value,
        retentionDays: (input["retention_days"] as? NSNumber)?.intValue,
        isLadder: operation != "retention", before: before.compactMap(HistoryRow.init),
        after: after.compactMap { HistoryRow(Array($0.dropFirst())) },
        aggregates: operation == "retention"
          ? nil : aggregates(result["downsampling"] as? VectorFile.Object ?? result),
        expired: ((result["cleanup_deleted"] ?? output["result"]) as? NSNumber)?.intValue)
    }
  }

  private static func databases() -> [Case] {
    let folder = VectorFile.folder.appending(path: "history/ds")
    func rows(_ name: String) -> [HistoryRow]? {
      (try? String(contentsOf: folder.appending(path: name), encoding: .utf8))?
        .split(separator: "\n").compactMap(HistoryRow.init(line:))
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted().compactMap { file in
      let name = String(file.dropLast(5))
      let shared = name.range(of: "_ret").map { String(name[..<$0.lowerBound]) } ?? name
      guard let text = try? String(contentsOf: folder.appending(path: file), encoding: .utf8),
        let object = VectorJSON.value(of: text.trimmingCharacters(in: .whitespacesAndNewlines))
          as? VectorFile.Object,
        let before = rows("\(name).in.tsv") ?? rows("\(shared).in.tsv"),
        let after = rows("\(name).out.tsv"), let now = object["now"] as? NSNumber,
        let days = object["retention_days"] as? NSNumber,
        let result = object["result"] as? VectorFile.Object,
        let counts = result["downsampling"] as? VectorFile.Object
      else { return nil }
      return Case(
        name: "ds \(name)", now: now.int64Value, retentionDays: days.intValue, isLadder: true,
        before: before, after: after, aggregates: aggregates(counts),
        expired: (result["cleanup_deleted"] as? NSNumber)?.intValue)
    }
  }

  private static func aggregates(_ counts: VectorFile.Object) -> [Granularity: Int] {
    var aggregates: [Granularity: Int] = [:]
    for step in LadderStep.all {
      let count = counts["\(step.from.rawValue)->\(step.to.rawValue)"] as? NSNumber
      aggregates[step.to] = count?.intValue
    }
    return aggregates
  }
}

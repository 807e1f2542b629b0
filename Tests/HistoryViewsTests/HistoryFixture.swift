import Foundation
import FoundationXML
import History
import Model
import TestSupport

@testable import HistoryViews

/// A database of some rows, and what is made of it.
struct HistoryFixture {
  static let now: Int64 = 1_795_200_000

  let folder: TemporaryFolder
  let path: String

  init(_ rows: [MetricRow]) throws {
    folder = try TemporaryFolder()
    path = folder.file("metrics.db")
    let connection = try SQLiteConnection(path: path, access: .create)
    try MetricsSchema.create(on: connection)
    let insertion = try MetricInsertion(on: connection)
    try connection.transaction { () throws(SQLiteError) in
      for row in rows { try insertion.insert(row) }
    }
  }

  init(_ history: EventfulHistory) throws {
    folder = try TemporaryFolder()
    path = folder.file("metrics.db")
    try history.write(to: path)
  }

  func reader() throws -> HistoryReader {
    try HistoryReader(SQLiteConnection(path: path, access: .readOnly))
  }

  /// - Parameter start: as Unix time.
  func survey(
    from start: Int64, slots: Int = 60, metrics: [MetricName] = HistoryPlot.defaultMetrics,
    wan: String? = nil, settings: [String: LineSettings] = [:]
  ) throws -> HistorySurvey {
    let axis = SlotAxis(HistoryRange(start: start, end: Self.now - 1), slots: slots)
    return try HistorySurvey(reader(), axis, metrics: metrics, wan: wan, settings: settings)
  }

  func report(
    from start: Int64, wan: String? = nil, clock: ClockZone = .utc,
    settings: [String: LineSettings] = [:]
  ) throws -> HistoryReport {
    try HistoryReport(
      reader(), range: HistoryRange(start: start, end: Self.now), wan: wan, settings: settings,
      clock: clock, source: path)
  }

  /// A cycle's rows at so many seconds before now.
  static func cycle(
    _ age: Int64, rtt: Double = 24, baseline: Double = 24, download: Double = 100,
    upload: Double = 10, zone: Zone = .green, tier: Granularity = .raw, wan: String = "wan1"
  ) -> [MetricRow] {
    func row(_ metric: MetricName, _ value: Double, _ labels: String? = nil) -> MetricRow {
      MetricRow(
        timestamp: now - age, wan: wan, metric: metric, value: value, labels: labels,
        granularity: tier)
    }
    return [
      row(.rtt, rtt), row(.baseline, baseline), row(.delta, rtt - baseline),
      row(.downloadRate, download), row(.uploadRate, upload),
      row(.state, Double(zone.rawValue), MetricLabels.direction(.download).text),
    ]
  }

  static func change(
    _ age: Int64, _ direction: Direction, _ zone: Zone, delta: Double = 20,
    threshold: String = "green", wan: String = "wan1"
  ) -> MetricRow {
    let reason = "RTT delta \(delta)ms exceeded \(threshold) threshold 15ms"
    return MetricRow(
      timestamp: now - age, wan: wan, metric: .state, value: Double(zone.rawValue),
      labels: MetricLabels.transition(direction, reason: reason).text)
  }

  static func start(_ age: Int64, wan: String = "wan1", ceiling: Int64 = 100) -> MetricRow {
    let autorate = MetricLabels([
      ("baseline_rtt_initial", .integer(24)), ("download_ceiling_mbps", .integer(ceiling)),
      ("upload_ceiling_mbps", .real(10.5)), ("target_bloat_ms", .integer(15)),
      ("warn_bloat_ms", .integer(45)),
    ])
    let labels = MetricLabels([
      ("trigger", .text("startup")), ("autorate", .object(autorate)), ("steering", .null),
    ])
    return MetricRow(
      timestamp: now - age, wan: wan, metric: .configSnapshot, value: Double(now - age),
      labels: labels.text)
  }
}

/// Reads a document with the system's XML parser: our pages are well-formed XML as well as HTML.
final class ParsedMarkup: NSObject, XMLParserDelegate {
  private(set) var texts: [String] = []
  private(set) var elements: [String: Int] = [:]
  private(set) var attributes: [(element: String, name: String, value: String)] = []
  private(set) var problem: String?

  init(_ text: String) {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.shouldResolveExternalEntities = false
    parser.delegate = self
    if !parser.parse() {
      problem = "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "no error")"
    }
  }

  var text: String { texts.joined() }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes values: [String: String]
  ) {
    elements[name, default: 0] += 1
    attributes += values.map { (name, $0.key, $0.value) }
    texts.append(" ")
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { texts.append(string) }
}

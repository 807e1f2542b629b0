import Config
import Control
import Foundation
import History
import Model
import Testing

/// The rows that the original's loop stored in each cycle.
@Suite struct HistoryRowVectors {
  static let files = VectorFile.all("downsample", holding: "autorate_rows")

  @Test func thereAreRecordings() {
    #expect(Self.files.count == 1)
  }

  @Test(arguments: files)
  func cyclesGiveTheRecordedRows(file: VectorFile) throws {
    let text = try #require(file.header["config"] as? String)
    let result = ConfigFile.load(
      text: text.utf8, path: "\(file.name).yaml", environment: ["ROUTER_PASSWORD": "secret"])
    let settings = try #require(result.settings, "\(result.diagnostics)")
    var controller = WANController(settings.control)
    for row in file.rows {
      guard let input = row["in"] as? VectorFile.Object,
        let output = row["out"] as? VectorFile.Object,
        let recorded = output["rows"] as? [[Any]]
      else { continue }
      let time = UnixTime(seconds: Recorded.number(input, "wall"))
      let decision =
        if let rtt = input["rtt"] as? NSNumber {
          controller.step(Measurement(rtt: Milliseconds(rtt.doubleValue)), at: time)
        } else {
          controller.held(at: time)
        }
      var ours: [MetricRow] = []
      HistoryEntry.cycle(wan: settings.wan, decision).forEachRow { ours.append($0) }
      #expect(ours == recorded.compactMap(Self.row), "cycle \(row["i"] ?? "?")")
    }
  }

  /// Labels are recorded as objects; their text is the contract of another test.
  private static func row(_ values: [Any]) -> MetricRow? {
    guard values.count == 6, let timestamp = values[0] as? NSNumber, let wan = values[1] as? String,
      let metric = values[2] as? String, let value = values[3] as? NSNumber
    else { return nil }
    var labels: MetricLabels?
    if let object = values[4] as? [String: String] {
      labels = MetricLabels(
        ["direction", "source", "reason"].compactMap { key in
          object[key].map { (key, MetricLabels.Value.text($0)) }
        })
    }
    return MetricRow(
      timestamp: timestamp.int64Value, wan: wan, metric: MetricName(metric),
      value: value.doubleValue, labels: labels?.text)
  }
}

import Foundation
import Model
import TestSupport
import Testing

@testable import Web

/// Examples/prometheus: rules that Prometheus accepts and that fire when they should, and a
/// dashboard, both of metrics that there are.
@Suite struct ExamplesTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Examples/prometheus").standardized

  private func text(_ name: String) throws -> String {
    try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
  }

  @Test func rulesFireWhenTheyShould() throws {
    let (status, output) = try Program.result(
      ["promtool", "test", "rules", Self.folder.path + "/wanctl.rules.test.yml"])
    #expect(status == 0, "\(output)")
  }

  @Test func everyAlertIsTested() throws {
    let rules = try text("wanctl.rules.yml").components(separatedBy: "- alert: ").dropFirst()
    let tests = try text("wanctl.rules.test.yml")
    for rule in rules {
      let name = rule.prefix { $0 != "\n" }
      #expect(tests.contains("alertname: \(name)\n        exp_alerts:"), "\(name)")
    }
  }

  @Test func everyMetricIsOneThatWeServe() throws {
    var status = try sampleStatus(isReachable: true)
    status.storage = StorageStatus()
    status.wans[0].snapshot.router.identity = RouterDescription(
      version: "7", board: "b", sectorsWritten: 1)
    status.wans[0].snapshot.router.budget = WriteBudgetLevel(
      tokens: 1, burst: 1, perMinute: 1, at: status.time)
    status.wans[0].snapshot.router.confirmed.download = BitsPerSecond(1)
    status.wans[0].snapshot.router.throughput.download = BitsPerSecond(1)
    let served = Set(
      (LoopMetrics.text(status) + SteeringMetrics.text(sampleSteering())).split(separator: "\n")
        .filter { !$0.hasPrefix("#") }.map { String($0.prefix { $0 != "{" && $0 != " " }) })
    for file in ["wanctl.rules.yml", "grafana-dashboard.json"] {
      let words = try text(file).split { !$0.isLetter && $0 != "_" }.map(String.init)
      let names = Set(words.filter { $0.hasPrefix("wanctl_") })
      #expect(!names.isEmpty)
      #expect(names.subtracting(served).isEmpty, "\(file): \(names.subtracting(served))")
    }
  }

  /// docs/http.md names every metric, and none that is not there.
  @Test func theDocumentNamesEveryMetric() throws {
    let page = try String(
      contentsOf: Self.folder.appendingPathComponent("../../docs/http.md").standardized,
      encoding: .utf8)
    let documented = Set(
      page.split { !$0.isLetter && $0 != "_" }.map(String.init).filter {
        $0.hasPrefix("wanctl_")
      })
    var status = try sampleStatus()
    status.storage = StorageStatus()
    let texts = LoopMetrics.text(status) + SteeringMetrics.text(sampleSteering())
    let served = Set(
      texts.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map {
        String($0.split(separator: " ")[2])
      })
    #expect(documented.subtracting(served).isEmpty)
    let undocumented = served.subtracting(documented)
    #expect(undocumented.isEmpty, "\(undocumented)")
  }

  @Test func theDashboardIsJSONWithoutAnythingOfAHost() throws {
    let text = try text("grafana-dashboard.json")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect((object["panels"] as? [Any])?.isEmpty == false)
    #expect(object["id"] is NSNull)
    #expect(!text.contains("http://") && !text.contains("https://"))
  }
}

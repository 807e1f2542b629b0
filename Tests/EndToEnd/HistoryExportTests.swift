import Foundation
import History
import Model
import TestSupport
import Testing

/// A week of history in a real metrics server.
@Suite(.enabled(if: PrometheusServer.isInstalled, "needs prometheus and promtool"))
struct HistoryExportTests {
  private static let now: Int64 = 1_795_200_000

  private func run(_ words: [String], in folder: TemporaryFolder) throws -> ChildProcess {
    let child = try ChildProcess(words, folder: URL(filePath: folder.path))
    #expect(child.waitUntilExit(within: 60) == 0, "\(words): \(child.remarks)")
    return child
  }

  /// What the database has of a metric: how many samples, and their sum.
  private func stored(
    _ path: String, _ metric: String, labels: String?
  ) throws -> (count: Double, sum: Double) {
    let database = try SQLiteConnection(path: path, access: .readOnly)
    let query = try database.prepare(
      """
      SELECT count(*), sum(value) FROM metrics
      WHERE wan_name = 'wan1' AND metric_name = ? AND labels IS ?
      """)
    try query.bind(metric, at: 1)
    try query.bind(labels, at: 2)
    #expect(try query.step())
    return (query.real(0), query.real(1))
  }

  @Test func aWeekIsTakenInWhole() throws {
    let folder = try TemporaryFolder()
    let database = folder.file("metrics.db")
    // Two rows in each second of the last hour, and averages up to ten days back.
    try SyntheticHistory(
      .ladder, now: Self.now, wans: ["wan1"], rate: 2, retentionDays: 10
    ).write(to: database)
    let export = try run(
      [Binaries.tool("wanctl-history"), "export", "--db", database], in: folder)
    #expect(export.remarks == "")
    try folder.write(export.output, to: "history.txt")
    _ = try run(
      [
        "promtool", "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=480h",
        folder.file("history.txt"), folder.file("data"),
      ], in: folder)
    let server = try PrometheusServer(in: folder)

    let direction = #"{"direction": "download"}"#
    for (metric, labels) in [
      ("wanctl_rtt_ms", nil), ("wanctl_rtt_delta_ms", nil), ("wanctl_rate_download_mbps", nil),
      ("wanctl_state", direction),
    ] {
      let wanted = try stored(database, metric, labels: labels)
      let selector = labels == nil ? "{wan=\"wan1\"}" : "{wan=\"wan1\",direction=\"download\"}"
      func value(_ function: String) throws -> Double {
        try server.value(of: "\(function)(\(metric)\(selector)[11d])", at: Self.now + 1)
      }
      #expect(try value("count_over_time") == wanted.count, "\(metric)")
      let sum = try value("sum_over_time")
      #expect(abs(sum - wanted.sum) <= 1e-9 * wanted.sum, "\(metric): \(sum) not \(wanted.sum)")
    }
    // Two rows of a second are half a second apart.
    let times = try server.times(of: "wanctl_rtt_ms[2s]", at: Self.now)
    #expect(times.suffix(2).map { $0.truncatingRemainder(dividingBy: 1) } == [0.5, 0])
  }
}

/// A Prometheus on a port of its own choice, with the data folder `data`.
final class PrometheusServer {
  private let child: ChildProcess
  private let address: String

  static let isInstalled = ["prometheus", "promtool"].allSatisfy { name in
    ["/usr/bin", "/usr/local/bin"].contains { access("\($0)/\(name)", X_OK) == 0 }
  }

  struct Failure: Error { var message: String }

  init(in folder: TemporaryFolder) throws {
    try folder.write("global: {}\n", to: "prometheus.yml")
    child = try ChildProcess(
      [
        "prometheus", "--config.file=\(folder.file("prometheus.yml"))",
        "--storage.tsdb.path=\(folder.file("data"))", "--web.listen-address=127.0.0.1:0",
        // The samples are as old as the test's clock says.
        "--storage.tsdb.retention.time=100y",
      ], folder: URL(filePath: folder.path))
    let child = child
    guard eventually(within: 30, { child.remarks.contains("ready to receive web requests") }),
      let line = child.remarks.split(separator: "\n").first(where: {
        $0.contains("\"Listening on\"")
      }),
      let place = line.range(of: "address=")
    else { throw Failure(message: child.remarks) }
    address = String(line[place.upperBound...].prefix { $0 != " " })
  }

  /// The one value of an expression.
  func value(of expression: String, at time: Int64) throws -> Double {
    let results = try results(of: expression, at: time)
    guard results.count == 1, let pair = results[0]["value"] as? [Any], pair.count == 2,
      let text = pair[1] as? String, let value = Double(text)
    else { throw Failure(message: "\(expression): \(results)") }
    return value
  }

  /// The times of the samples of the one series of an expression.
  func times(of expression: String, at time: Int64) throws -> [Double] {
    let results = try results(of: expression, at: time)
    guard results.count == 1, let pairs = results[0]["values"] as? [[Any]] else {
      throw Failure(message: "\(expression): \(results)")
    }
    return pairs.compactMap { ($0.first as? NSNumber)?.doubleValue }
  }

  private func results(of expression: String, at time: Int64) throws -> [[String: Any]] {
    let query = expression.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let body = try get("/api/v1/query?time=\(time)&query=\(query)")
    let answer = try JSONSerialization.jsonObject(with: body) as? [String: Any]
    let data = answer?["data"] as? [String: Any]
    guard let results = data?["result"] as? [[String: Any]] else {
      throw Failure(message: String(decoding: body, as: UTF8.self))
    }
    return results
  }

  /// The body of an answer, by HTTP 1.0.
  private func get(_ path: String) throws -> Data {
    guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }) else {
      throw Failure(message: address)
    }
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var peer = sockaddr_in()
    peer.sin_family = sa_family_t(AF_INET)
    peer.sin_port = port.bigEndian
    peer.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &peer) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    let request = Array("GET \(path) HTTP/1.0\r\nHost: localhost\r\n\r\n".utf8)
    guard connected == 0, write(descriptor, request, request.count) == request.count else {
      throw Failure(message: "\(address): errno \(errno)")
    }
    var answer = Data()
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      guard count > 0 else { break }
      answer += chunk[..<count]
    }
    guard let end = answer.range(of: Data("\r\n\r\n".utf8)) else {
      throw Failure(message: String(decoding: answer, as: UTF8.self))
    }
    return answer[end.upperBound...]
  }
}

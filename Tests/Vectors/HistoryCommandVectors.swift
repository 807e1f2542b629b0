import Foundation
import History
import Testing

/// Runs of the original's `wanctl-history`, and requests to its history server, on its databases.
@Suite struct HistoryCommandVectors {
  private static let tool =
    (Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }?
    .deletingLastPathComponent() ?? Bundle.main.bundleURL).appending(path: "wanctl-history")

  private static let noExponent = "whole values stand in full, without an exponent"
  private static let origins = "a block per origin of a state; events are no samples"
  /// The cases of which only a part is compared, and why.
  private static let exceptions = [
    "00": noExponent, "01": noExponent, "02": noExponent, "13": origins, "25": origins,
    "27": origins, "28": "the summary covers the whole range, by the minute",
    "35": "the newest 40 minutes are there", "37": "the newest 40 minutes are there",
  ]

  private func run(
    _ arguments: [String], zone: String, in folder: URL
  ) throws -> (status: Int, output: String, remarks: String) {
    let process = Process()
    process.executableURL = Self.tool
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(["TZ": zone]) { $1 }
    let scratch = try ScratchFolder()
    let files = ["out", "err"].map { URL(fileURLWithPath: "\(scratch.path)/\($0)") }
    for file in files { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
    return (Int(process.terminationStatus), texts[0], texts[1])
  }

  @Test func commandsAnswerAsRecorded() throws {
    let folder = try RecordedHistory.folder.get()
    let cases = RecordedHistory.cases("cli")
    #expect(!cases.isEmpty)
    for recorded in cases {
      let name = try #require(recorded["name"] as? String)
      let arguments = try #require(recorded["args"] as? [String])
      let expected = try #require(recorded["out"] as? String)
      let comment = Comment(rawValue: "case \(name): \(arguments.joined(separator: " "))")
      let run = try run(arguments, zone: recorded["tz"] as? String ?? "UTC", in: folder)
      #expect(run.status == (recorded["rc"] as? NSNumber)?.intValue, comment)
      let remark = (recorded["err"] as? String ?? "").split(separator: "\n").last
      #expect(run.remarks.split(separator: "\n").last == remark, comment)
      if let reason = Self.exceptions[name] {
        exclude("history/cli \(name) (in part)", because: reason)
        comparePart(name, run.output, expected, comment)
      } else if arguments.contains("--summary"), !arguments.contains("--json") {
        #expect(
          RecordedHistory.comparable(summary: run.output, leavingOut: [])
            == RecordedHistory.comparable(summary: expected, leavingOut: []), comment)
      } else {
        #expect(run.output == expected, comment)
      }
    }
  }

  private func comparePart(
    _ name: String, _ output: String, _ expected: String, _ comment: Comment
  ) {
    switch name {
    case "00", "01", "02":
      func words(_ text: String) -> [[Substring]] {
        text.replacing("1.76935e+09", with: "1769350800").split(separator: "\n")
          .filter { !$0.hasPrefix("--") }.map { $0.split(separator: " ") }
      }
      #expect(words(output) == words(expected), comment)
    case "13", "25", "27":
      let severalLabels: Set = ["wanctl_state", "wanctl_steering_transition"]
      #expect(
        RecordedHistory.comparable(summary: output, leavingOut: severalLabels)
          == RecordedHistory.comparable(summary: expected, leavingOut: severalLabels), comment)
      #expect(output.contains("wanctl_state direction=download ("), comment)
      #expect(output.contains("wanctl_state source=steering ("), comment)
    case "28":
      // 12:41 to 18:39 of two WANs.
      #expect(output.contains("wanctl_rtt_ms (718 samples)"), comment)
    case "35":
      #expect(output.contains("wanctl_rtt_baseline_ms (336 samples)"), comment)
    case "37":
      let first = "[\n  {\n    \"timestamp\": 1795197600,\n"
      #expect(output.hasPrefix(first), comment)
      #expect(output.hasSuffix(expected.dropFirst(2)), comment)
    default: Issue.record(comment)
    }
  }

  @Test func requestsAreAnsweredAsRecorded() throws {
    let folder = try RecordedHistory.folder.get()
    for recorded in RecordedHistory.cases("http") {
      let name = try #require(recorded["name"] as? String)
      let path = try #require(recorded["path"] as? String)
      let body = try #require(recorded["body"] as? String)
      guard path.hasPrefix("/metrics/history") else {
        exclude("history/http \(name)", because: "the path is not that of history")
        continue
      }
      let query = path.split(separator: "?", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
      let database = folder.appending(path: try #require(recorded["db"] as? String)).path
      do throws(HistoryRequest.Invalid) {
        let request = try HistoryRequest(query: query, zone: .utc)
        let payload = try? HistoryReader(
          SQLiteConnection(path: database, access: .readOnly)
        ).payload(for: request, now: 1_795_200_000)
        if name == "17" {
          exclude("history/http 17 (in part)", because: "the newest 40 minutes are there")
          #expect(payload?.contains("\"timestamp\": \"2026-11-20T18:00:00+00:00\"") == true)
          #expect(payload?.contains("\"total_count\": 1177") == true)
        } else {
          #expect(payload == body, "http \(name)")
        }
      } catch {
        #expect((recorded["status"] as? NSNumber)?.intValue == 400, "http \(name)")
        #expect(body == "{\"error\": \(quoted(error.description))}", "http \(name)")
      }
    }
  }

  private func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

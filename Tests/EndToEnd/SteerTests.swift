import Foundation
import Testing

/// The real `wanctl-steer`.
@Suite struct SteerTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "steer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// A configuration from the example, filled in, with the edits made.
  private func configuration(_ edits: [String: String] = [:]) throws -> String {
    let examples = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Examples").standardizedFileURL
    var text = try String(contentsOf: examples.appending(path: "steering.yaml"), encoding: .utf8)
    for (old, new) in edits {
      #expect(text.contains(old), "\(old) is not in the example")
      text = text.replacingOccurrences(of: old, with: new)
    }
    text = text.replacingOccurrences(of: "CHANGE_ME", with: "r1")
      .replacingOccurrences(of: "/etc/wanctl/wan1.yaml", with: "wan1.yaml")
    try FileManager.default.copyItem(
      at: examples.appending(path: "cable.yaml"),
      to: folder.appending(path: "wan1.yaml"))
    let file = folder.appending(path: "steering.yaml")
    try Data(text.utf8).write(to: file)
    return file.path
  }

  private func run(_ arguments: String...) throws -> (
    status: Int32?, output: String, remarks: String
  ) {
    let child = try ChildProcess(
      [Binaries.tool("wanctl-steer")] + arguments, folder: folder,
      environment: ["ROUTER_PASSWORD": "hunter2"])
    defer { try? FileManager.default.removeItem(at: folder) }
    return (child.waitUntilExit(within: 30), child.output, child.remarks)
  }

  @Test func checkTellsWhatItComesTo() throws {
    let result = try run("check", "--config", try configuration())
    #expect(result.status == 0, "\(result.remarks)")
    #expect(result.output.contains("\n  steers      after 4 RED cycles in a row, 2 s\n"))
    #expect(!result.output.contains("hunter2"))
  }

  @Test func checkOfSeveralFilesAsJSON() throws {
    let file = try configuration(["ping_count: 1": "ping_count: 0"])
    let result = try run("check", "--json", "--config", file, "--config", "/nowhere/steering.yaml")
    #expect(result.status == 78)
    let objects = try result.output.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(objects.count == 2)
    #expect(objects.allSatisfy { $0["valid"] as? Bool == false })
    let keys = (objects.first?["findings"] as? [[String: Any]])?.compactMap { $0["key"] as? String }
    #expect(keys?.contains("measurement.ping_count") == true)
  }

  @Test func validationKeepsTheStatusOfTheOriginal() throws {
    let result = try run("--validate-config", "--conf", try configuration())
    #expect(result.status == 0)
    #expect(result.output.contains("\n  Primary: wan1\n"))
  }

  @Test func validationOfAnInvalidFile() throws {
    let file = try configuration(["history_size: 240": "history_size: 0"])
    let result = try run("--config", file, "--validate")
    #expect(result.status == 1)
    #expect(result.output.hasPrefix("Configuration INVALID: "))
  }

  @Test func theDaemonRefusesWhatIsNotFilledIn() throws {
    let file = try configuration(["CHANGE_ME              #": "${NOT_SET}  #"])
    let result = try run("--config", file)
    #expect(result.status == 78)
    #expect(result.remarks.contains("NOT_SET"))
  }

  @Test func aMistakeOnTheCommandLine() throws {
    #expect(try run("--reset").status == 2)
  }
}

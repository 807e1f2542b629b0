import Foundation
import Model
import Platform
import Testing

@testable import Daemon

@Suite struct DecisionStreamTests {
  /// Runs a stream on `input` and gives what it wrote.
  private func run(
    _ input: String, verbose: Bool = false
  ) throws -> (output: [String], issues: [String]) {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "stream-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let inputFile = folder.appending(path: "in")
    let outputFile = folder.appending(path: "out")
    try Data(input.utf8).write(to: inputFile)
    let reading = try FileDescriptor(
      owning: systemCall("open") { open(inputFile.path, O_RDONLY) })
    let writing = try FileDescriptor(
      owning: systemCall("open") { open(outputFile.path, O_WRONLY | O_CREAT, 0o600) })
    var stream = DecisionStream(
      settings: try cableSettings(), restoring: nil, verbose: verbose, output: writing.rawValue)
    var issues: [String] = []
    try stream.run(on: reading.rawValue, flushing: .whenFull) { issues.append($0.description) }
    #expect(stream.issues == issues.count)
    let output = try String(contentsOf: outputFile, encoding: .utf8)
    return (output.split(separator: "\n").map(String.init), issues)
  }

  @Test func oneDecisionPerLineAndTheLastNeedsNoLineEnd() throws {
    let run = try run("{\"rtt_ms\":25}\n{\"rtt_ms\":60}")
    #expect(
      run.output[0].hasPrefix(#"{"type":"decision","t":0.000000,"wan":"cable","rtt_ms":25.0,"#))
    #expect(run.output[0].contains(#""load_rtt_ms":24.5,"baseline_rtt_ms":24.000999999999998,"#))
    #expect(run.output.count == 2)
    #expect(run.issues.isEmpty)
  }

  @Test func streaksAreToldWhenAskedFor() throws {
    let run = try run("{\"rtt_ms\":25}\n", verbose: true)
    #expect(run.output[0].contains(#""streaks":{"green":1,"soft_red":0,"red":0}"#))
  }

  @Test func aBadLineIsToldAndPassedOver() throws {
    let run = try run("{\"rtt_ms\":25}\nnonsense\n{\"rtt_ms\":25}\n")
    #expect(run.output.count == 2)
    #expect(run.issues.count == 1 && run.issues[0].hasPrefix("line 2: "))
  }

  @Test func manyLinesOutgrowEveryBuffer() throws {
    let run = try run(String(repeating: "{\"rtt_ms\":24}\n", count: 20_000))
    #expect(run.output.count == 20_000)
  }
}

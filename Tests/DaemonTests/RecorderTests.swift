import Foundation
import Model
import Platform
import Testing

@testable import Daemon

@Suite struct RecorderTests {
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: "recorder-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func record(_ seq: Int) -> Record {
    .rtt(RTTRecord(outcome(seq, rtt: 20), wan: "wan1", host: "192.0.2.1"))
  }

  private func lines(_ name: String) throws -> [Substring] {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(separator: "\n")
  }

  @Test func linesAreAppendedAndReadable() throws {
    let path = folder.appending(path: "recording").path
    for start in [0, 10] {
      let recorder = try Recorder(path: path)
      for seq in start..<start + 10 { recorder.append(record(seq)) }
      try recorder.flush()
      try recorder.flush()
    }
    let read = try lines("recording").map { try RecordReader().read(Array($0.utf8)) }
    let written: [RecordLine] = (0..<20).map { .record(record($0)) }
    #expect(read == written)
  }

  @Test func theFileIsRotatedBySize() throws {
    let recorder = try Recorder(path: folder.appending(path: "r").path, maximumBytes: 1000)
    for seq in 0..<120 {
      recorder.append(record(seq))
      try recorder.flush()
    }
    var all: [RecordLine] = []
    for name in ["r.8", "r.7", "r.6", "r.5", "r.4", "r.3", "r.2", "r.1", "r"] {
      guard let lines = try? lines(name) else { continue }
      all += try lines.map { try RecordReader().read(Array($0.utf8)) }
    }
    let newest: [RecordLine] = (120 - all.count..<120).map { .record(record($0)) }
    #expect(all == newest, "the oldest go, in order")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 9)
  }

  @Test func aFileThatCannotBeMadeIsAnErrorThatNamesIt() {
    let path = folder.appending(path: "missing/recording").path
    let error = #expect(throws: SystemError.self) { try Recorder(path: path) }
    #expect(error?.description.contains(path) == true)
  }

  @Test func linesThatCannotBeWrittenAreCounted() throws {
    let recorder = try Recorder(path: "/dev/full")
    recorder.append(record(0))
    recorder.append(record(1))
    #expect(throws: SystemError.self) { try recorder.flush() }
    #expect(recorder.lostLines == 2)
    try recorder.flush()
  }
}

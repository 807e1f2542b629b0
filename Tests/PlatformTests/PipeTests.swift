import Glibc
import Platform
import Synchronization
import Testing

/// A pipe of the system; the ends are closed with it.
final class Pipe: Sendable {
  private let readEnd: FileDescriptor
  private let writeEnd: FileDescriptor

  init() throws {
    var ends: [CInt] = [0, 0]
    try systemCall("pipe") { pipe(&ends) }
    readEnd = FileDescriptor(owning: ends[0])
    writeEnd = FileDescriptor(owning: ends[1])
  }

  var reader: CInt { readEnd.rawValue }
  var writer: CInt { writeEnd.rawValue }

  func write(_ text: String) throws {
    let bytes = Array(text.utf8)
    _ = try bytes.withUnsafeBufferPointer { bytes throws(SystemError) in
      try writeAll(bytes, to: writer)
    }
  }
}

@Suite struct PipeTests {
  @Test func everythingIsWritten() throws {
    let pipe = try Pipe()
    // More than a pipe holds: the writer has to wait for the reader, several times.
    let bytes = [UInt8]((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
    let writing = try Thread(name: "writer") {
      _ = bytes.withUnsafeBufferPointer { try? writeAll($0, to: pipe.writer) }
    }
    var received: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while received.count < bytes.count {
      let count = try systemCall("read") { read(pipe.reader, &chunk, chunk.count) }
      received += chunk[..<count]
    }
    writing.join()
    #expect(received == bytes)
  }

  @Test func aClosedReaderIsAnError() throws {
    // Without this the first write would end the test.
    _ = signal(SIGPIPE, SIG_IGN)
    var ends: [CInt] = [0, 0]
    try systemCall("pipe") { pipe(&ends) }
    close(ends[0])
    let writer = FileDescriptor(owning: ends[1])
    let text: [UInt8] = [1]
    #expect(throws: SystemError("write", code: EPIPE)) {
      _ = try text.withUnsafeBufferPointer { bytes throws(SystemError) in
        try writeAll(bytes, to: writer.rawValue)
      }
    }
  }

  private func lines(of reader: inout LineReader) throws -> (lines: [String], goesOn: Bool) {
    var lines: [String] = []
    let goesOn = try reader.read { lines.append(String(decoding: $0, as: UTF8.self)) }
    return (lines, goesOn)
  }

  @Test func linesComeWhenTheyAreComplete() throws {
    var pipe: Pipe? = try Pipe()
    let descriptor = dup(pipe!.reader)
    var reader = LineReader(descriptor: descriptor)
    try pipe?.write("one\ntwo\nthr")
    #expect(try lines(of: &reader) == (["one", "two"], true))
    try pipe?.write("ee")
    #expect(try lines(of: &reader) == ([], true))
    try pipe?.write("\n\nlast")
    #expect(try lines(of: &reader) == (["three", ""], true))
    pipe = nil
    #expect(try lines(of: &reader) == (["last"], false))
    #expect(try lines(of: &reader) == ([], false))
    close(descriptor)
    #expect(throws: SystemError.self) { _ = try reader.read { _ in } }
  }

  @Test func aLineWithoutEndDoesNotFillTheMemory() throws {
    let pipe = try Pipe()
    let writing = try Thread(name: "writer") {
      try? pipe.write(String(repeating: "x", count: 2 * LineReader.maximumLineBytes) + "\n")
    }
    var reader = LineReader(descriptor: pipe.reader)
    var sizes: [Int] = []
    while sizes.reduce(0, +) < 2 * LineReader.maximumLineBytes {
      _ = try reader.read { sizes.append($0.count) }
    }
    writing.join()
    #expect(sizes.count > 1)
    #expect(sizes.allSatisfy { $0 < LineReader.maximumLineBytes + 65_536 })
  }
}

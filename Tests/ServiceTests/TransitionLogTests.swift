import Foundation
import Model
import Platform
import TestSupport
import Testing

@testable import Service

@Suite struct TransitionLogTests {
  let folder: TemporaryFolder
  let log: TransitionLog

  init() throws {
    folder = try TemporaryFolder()
    log = TransitionLog(path: folder.file("new/transitions.jsonl"))
  }

  private static let day = Milliseconds(seconds: 86_400)

  private func transition(_ number: Int, at time: UnixTime? = nil) -> SteeringTransition {
    SteeringTransition(
      time: time ?? UnixTime(seconds: 1_780_000_000 + Double(number)), wan: "wan1",
      from: "WAN1_GOOD", to: "WAN1_DEGRADED", action: .enable, reason: .hysteresis, applied: true,
      target: "wan2", figures: SteeringTransition.Figures(queuedPackets: Int64(number)))
  }

  private func numbers(_ log: TransitionLog) throws -> [Int64] {
    var numbers: [Int64] = []
    try log.forEach { numbers.append($0.figures?.queuedPackets ?? -1) }
    return numbers
  }

  private func size(_ path: String) throws -> Int {
    try #require(
      try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
  }

  @Test func whatIsAppendedIsReadBackInOrder() throws {
    #expect(try numbers(log) == [])
    for number in 1...5 { try log.append(transition(number)) }
    #expect(try numbers(log) == [1, 2, 3, 4, 5])
    #expect(try log.newest(2) == [transition(4), transition(5)])
    #expect(try log.newest(0) == [])
    let attributes = try FileManager.default.attributesOfItem(atPath: log.path)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    #expect(try folder.names() == ["new"])
  }

  @Test func newestOfManyAreTheLast() throws {
    for number in 1...300 { try log.append(transition(number)) }
    #expect(try log.newest(3).map { $0.figures?.queuedPackets } == [298, 299, 300])
    #expect(try log.newest(1000).count == 300)
  }

  /// A crash may leave any part of the last line.
  @Test func aTornLineCostsNothingElse() throws {
    try log.append(transition(1))
    let whole = try Data(contentsOf: URL(filePath: log.path))
    try log.append(transition(2))
    let both = try Data(contentsOf: URL(filePath: log.path))
    for length in stride(from: whole.count, through: both.count, by: 7) {
      try both.prefix(length).write(to: URL(filePath: log.path))
      try log.append(transition(3))
      let found = try numbers(log)
      #expect(found.first == 1 && found.last == 3, "\(length) bytes")
      #expect(found.count == (length >= both.count - 1 ? 3 : 2), "\(length) bytes: \(found)")
    }
    // A line that only lacks its end is there for the reader, too.
    try both.dropLast().write(to: URL(filePath: log.path))
    #expect(try numbers(log) == [1, 2])
  }

  @Test func linesOfOthersArePassedOver() throws {
    try log.append(transition(1))
    let handle = try #require(FileHandle(forWritingAtPath: log.path))
    try handle.seekToEnd()
    try handle.write(
      contentsOf: Data("garbage\n\n{\"type\":\"steer\"}\n".utf8)
        + Data(repeating: UInt8(ascii: "x"), count: 200_000) + Data("\n".utf8))
    try handle.close()
    try log.append(transition(2))
    var found: [Int64?] = []
    let damaged = try log.forEach { found.append($0.figures?.queuedPackets) }
    #expect(found == [1, 2] && damaged == 3)
  }

  @Test func theFileStaysWithinItsBound() throws {
    let bounded = TransitionLog(path: folder.file("bounded.jsonl"), maximumBytes: 4096)
    for number in 1...200 {
      try bounded.append(transition(number))
      #expect(try size(bounded.path) <= 4096)
    }
    let found = try numbers(bounded)
    #expect(found.last == 200 && found.count >= 4)
    #expect(found == Array((201 - Int64(found.count))...200), "the newest, without a gap")
    #expect(try folder.names() == ["bounded.jsonl"])
  }

  @Test func whatIsOlderThanNinetyDaysGoes() throws {
    let now = UnixTime(seconds: 1_780_000_000)
    func old(_ days: Double) -> UnixTime { now - Milliseconds(days * Self.day.rawValue) }
    for days in [120, 100, 90.5, 89.5, 1] {
      try log.append(transition(Int(days), at: old(days)))
    }
    #expect(try numbers(log) == [90, 89, 1])
    // Not for every line that is a bit too old: once a day.
    try log.append(transition(0, at: now))
    #expect(try numbers(log) == [90, 89, 1, 0])
    try log.append(transition(7, at: now + Self.day))
    #expect(try numbers(log) == [1, 0, 7])
    try log.append(transition(8, at: now + Self.day + Self.day))
    #expect(try numbers(log) == [1, 0, 7, 8])
  }

  /// Two processes: the daemon, and a command that somebody typed.
  @Test func severalWritersLoseNothing() throws {
    let path = folder.file("shared.jsonl")
    let threads = try (0..<4).map { writer in
      try Thread(name: "writer") {
        let log = TransitionLog(path: path, maximumBytes: 200_000)
        for number in 0..<50 {
          let time = UnixTime(seconds: 1_780_000_000)
          try? log.append(transition(writer * 100 + number, at: time))
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(try numbers(TransitionLog(path: path)).count == 200)
  }

  /// Somebody types a command as root, and the daemon goes on as who it is.
  @Test(.enabled(if: geteuid() == 0)) func whatRootMakesBelongsToTheFoldersOwner() throws {
    let path = folder.file("theirs")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try #require(chown(path, 4711, 4712) == 0)
    let log = TransitionLog(path: path + "/log.jsonl", maximumBytes: 2048)
    for number in 0..<20 { try log.append(transition(number)) }
    try SteeringStateFile(path: path + "/state.json").save(SteeringState(name: "WAN1_GOOD"))
    for name in ["log.jsonl", "state.json"] {
      let found = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
      #expect(found[.ownerAccountID] as? Int == 4711 && found[.groupOwnerAccountID] as? Int == 4712)
    }
  }

  @Test func whatCannotBeWrittenIsSaid() throws {
    try folder.write("", to: "file")
    let error = #expect(throws: SystemError.self) {
      try TransitionLog(path: folder.file("file/log.jsonl")).append(transition(1))
    }
    #expect(error?.code == ENOTDIR)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: "file")
    #expect(throws: SystemError.self) {
      try TransitionLog(path: folder.file("link")).append(transition(1))
    }
  }
}

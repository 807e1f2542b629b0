import Logging
import Model
import Platform
import Testing

@testable import Service

@Suite struct LogTailTests {
  @Test func linesAreKeptAndCountedByWANAndLevel() {
    let tail = LogTail(capacity: 3)
    let first = Logger(label: "wan1") { LogTailHandler(tail, wan: $0) }
    let second = Logger(label: "wan2") { LogTailHandler(tail, wan: $0) }
    first.debug("not kept")
    first.info("one")
    first.warning("two")
    second.error("three")
    second.critical("four")
    first.info("five")
    #expect(tail.lines.elements().elements.map(\.message) == ["three", "four", "five"])
    #expect(tail.counts(wan: "wan1") == LogTail.Counts(warnings: 1, errors: 0))
    #expect(tail.counts(wan: "wan2") == LogTail.Counts(warnings: 0, errors: 2))
    #expect(tail.counts(wan: "wan3") == LogTail.Counts())
    #expect(tail.lastError?.message == "four" && tail.lastError?.level == .error)
    #expect(tail.lastError?.wan == "wan2")
  }
}

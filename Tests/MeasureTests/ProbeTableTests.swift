import Model
import Testing

@testable import Measure

/// A table that `#expect` can look into, which takes nothing that cannot be copied.
private final class Table {
  private var table: ProbeTable

  init(capacity: Int) { table = ProbeTable(capacity: capacity) }

  var next: UInt64 { table.next }
  var isFull: Bool { table.isFull }
  subscript(number: UInt64) -> SentProbe? { table[number] }
  func first() -> SentProbe? { table.first() }
  func number(endingIn sequence: UInt16) -> UInt64? { table.number(endingIn: sequence) }
  func add(_ probe: SentProbe) { table.add(probe) }
  func end(_ number: UInt64, as state: SentProbe.State) { table.end(number, as: state) }
  func noteTransmission(of number: UInt64, at stamp: Int64) {
    table.noteTransmission(of: number, at: stamp)
  }
}

@Suite struct ProbeTableTests {
  private func probe(_ number: UInt64) -> SentProbe {
    SentProbe(
      number: number, target: 0, generation: 0, seq: Int(number), sentAt: UnixTime(seconds: 0),
      sentNow: MonotonicTime(nanoseconds: 0), deadline: MonotonicTime(nanoseconds: Int64(number)),
      wall: 0, monotonic: 0, offset: 0)
  }

  @Test func placesArePowersOfTwoWithinBounds() {
    for (wanted, got) in [(-1, 16), (0, 16), (17, 32), (1024, 1024), (1 << 20, 1 << 16)] {
      let table = ProbeTable(capacity: wanted)
      #expect(table.capacity == got)
    }
  }

  @Test func probesAreFoundUntilTheirPlaceIsNeeded() {
    let table = Table(capacity: 16)
    for number in 0..<UInt64(40) {
      #expect(table.next == number)
      #expect(!table.isFull)
      table.add(probe(number))
      #expect(table[number]?.seq == Int(number))
      #expect(table[number + 1] == nil)
      #expect(number < 16 || table[number - 16] == nil)
      table.end(number, as: .answered)
      #expect(table[number]?.state == .answered)
    }
  }

  @Test func aFullTableHoldsOnlyProbesUnderWay() {
    let table = Table(capacity: 16)
    for number in 0..<UInt64(16) { table.add(probe(number)) }
    #expect(table.isFull)
    table.end(3, as: .answered)
    #expect(table.isFull, "the oldest is still under way")
    table.end(0, as: .lost)
    #expect(!table.isFull)
    #expect(table.first()?.number == 1)
    table.add(probe(16))
    #expect(table.isFull)
    #expect(table[0] == nil)
  }

  @Test func theOldestComesFirst() {
    let table = Table(capacity: 16)
    #expect(table.first() == nil)
    for number in 0..<UInt64(5) { table.add(probe(number)) }
    table.end(0, as: .answered)
    table.end(2, as: .answered)
    #expect(table.first()?.number == 1)
    table.end(1, as: .lost)
    #expect(table.first()?.number == 3)
    table.end(3, as: .lost)
    table.end(4, as: .lost)
    #expect(table.first() == nil)
  }

  @Test func sequencesNameTheNewestProbe() {
    let table = Table(capacity: 16)
    #expect(table.number(endingIn: 0) == nil)
    for number in 0..<UInt64(70_000) {
      table.add(probe(number))
      table.end(number, as: .answered)
    }
    #expect(table.number(endingIn: UInt16(69_999 - 65_536)) == 69_999)
    #expect(table.number(endingIn: UInt16(69_990 - 65_536)) == 69_990)
    #expect(table.number(endingIn: 65_535) == 65_535)
    #expect(table.number(endingIn: UInt16(70_000 - 65_536)) == 70_000 - 65_536)
  }

  @Test func transmissionsAreNoted() {
    let table = Table(capacity: 16)
    table.add(probe(0))
    table.noteTransmission(of: 0, at: 5)
    table.noteTransmission(of: 1, at: 6)
    #expect(table[0]?.transmitted == 5)
    #expect(table[1] == nil)
  }
}

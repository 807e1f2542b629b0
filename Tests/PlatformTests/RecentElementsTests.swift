import Platform
import Testing

@Suite struct RecentElementsTests {
  @Test func aReaderGetsWhatItHasNotSeen() {
    let recent = RecentElements<Int>(capacity: 4)
    #expect(recent.elements().elements.isEmpty && recent.last == nil)
    for number in 1...3 { recent.append(number) }
    var part = recent.elements()
    #expect(part.elements == [1, 2, 3] && part.end == 3)
    #expect(recent.elements(from: part.end).elements.isEmpty)
    for number in 4...9 { recent.append(number) }
    part = recent.elements(from: part.end)
    #expect(part.elements == [6, 7, 8, 9], "the others are gone")
    #expect(part.end == 9 && recent.last == 9)
    #expect(recent.elements(from: 8).elements == [9])
    #expect(recent.elements(from: 100).elements.isEmpty)
    #expect(recent.elements(from: -5).elements == [6, 7, 8, 9])
  }
}

import Glibc
import Model

/// Text in the making, as bytes: the rows of a long range are too many for a string each.
extension [UInt8] {
  mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(decimal number: Int64) {
    if number < 0 { append(UInt8(ascii: "-")) }
    append(digits: number.magnitude, atLeast: 1)
  }

  /// - Parameter atLeast: how many digits; zeros go before a shorter number.
  mutating func append(digits number: UInt64, atLeast: Int) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
      var place = 20
      var rest = number
      while rest > 0 || 20 - place < atLeast, place > 0 {
        place -= 1
        buffer[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      }
      append(contentsOf: UnsafeBufferPointer(rebasing: buffer[place..<20]))
    }
  }

  mutating func append(blanks count: Int) {
    guard count > 0 else { return }
    append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
  }
}

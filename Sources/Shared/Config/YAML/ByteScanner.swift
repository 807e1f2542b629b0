/// Walks over the bytes of a short ASCII text.
struct ByteScanner {
  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { position == bytes.count }

  /// Goes past `text` when it comes next.
  mutating func take(_ text: StaticString) -> Bool {
    let end = position + text.utf8CodeUnitCount
    guard end <= bytes.count else { return false }
    for offset in 0..<text.utf8CodeUnitCount
    where bytes[position + offset] != text.utf8Start[offset] { return false }
    position = end
    return true
  }

  /// Goes past a sign; true for minus.
  mutating func sign() -> Bool {
    if take("-") { return true }
    _ = take("+")
    return false
  }

  /// The longest run of characters of `set`; nil when there is none.
  mutating func takeAll(of set: StaticString) -> String? {
    let start = position
    let allowed = UnsafeBufferPointer(start: set.utf8Start, count: set.utf8CodeUnitCount)
    while position < bytes.count, allowed.contains(bytes[position]) { position += 1 }
    return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
  }

  /// Goes past so many digits as `count` allows, or stays.
  mutating func digits(_ count: ClosedRange<Int>) -> Bool {
    let start = position
    while position < bytes.count, position - start < count.upperBound, digit(at: position) != nil {
      position += 1
    }
    if count.contains(position - start) { return true }
    position = start
    return false
  }

  /// A further place of a number in base 60: a colon and 0 to 59.
  mutating func sexagesimal() -> Int? {
    guard position < bytes.count, bytes[position] == UInt8(ascii: ":"),
      let first = digit(at: position + 1)
    else { return nil }
    if let second = digit(at: position + 2) {
      guard first <= 5 else { return nil }
      position += 3
      return first * 10 + second
    }
    position += 2
    return first
  }

  /// An exponent with its sign, `e+3`.
  mutating func exponent() -> String? {
    let start = position
    guard take("e") || take("E"), take("-") || take("+"), takeAll(of: "0123456789") != nil else {
      position = start
      return nil
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private func digit(at index: Int) -> Int? {
    guard index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) else {
      return nil
    }
    return Int(bytes[index] - UInt8(ascii: "0"))
  }
}

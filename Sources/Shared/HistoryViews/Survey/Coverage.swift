/// Which seconds of a stretch of time there are rows of.
public struct Coverage: Sendable, Equatable {
  /// A bit at least this many seconds long keeps it below 512 KiB.
  private static let maximumBits: Int64 = 1 << 22

  public let start: Int64
  public let end: Int64
  /// Seconds of a bit.
  public let resolution: Int64
  private var words: [UInt64]

  init(start: Int64, end: Int64) {
    self.start = start
    self.end = max(end, start + 1)
    resolution = (self.end - start + Self.maximumBits - 1) / Self.maximumBits
    words = Array(repeating: 0, count: Int((self.end - start) / resolution / 64) + 1)
  }

  /// Notes rows of `from..<to`.
  mutating func mark(from: Int64, to: Int64) {
    for (word, mask) in Self.masks(bits(from: from, to: to)) { words[word] |= mask }
  }

  /// How many seconds of `from..<to` there are rows of.
  public func observed(from: Int64, to: Int64) -> Double {
    let from = max(from, start)
    let to = min(to, end)
    var bits = 0
    for (word, mask) in Self.masks(self.bits(from: from, to: to)) {
      bits += (words[word] & mask).nonzeroBitCount
    }
    return min(Double(bits) * Double(resolution), Double(max(to - from, 0)))
  }

  public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// The first second with rows; nil without any.
  public var first: Int64? {
    words.firstIndex { $0 != 0 }.map { word in
      start + Int64(word * 64 + words[word].trailingZeroBitCount) * resolution
    }
  }

  /// The second behind the last one with rows; nil without any.
  public var last: Int64? { last(before: end) }

  /// The second behind the last one with rows before `time`.
  public func last(before time: Int64) -> Int64? {
    let bits = bits(from: start, to: time)
    for (word, mask) in Self.masks(bits).reversed() where words[word] & mask != 0 {
      let bit = word * 64 + 63 - (words[word] & mask).leadingZeroBitCount
      return min(start + Int64(bit + 1) * resolution, end)
    }
    return nil
  }

  /// Hands out the stretches without rows between the first and the last one, those at least this
  /// long, in order.
  func forEachGap(ofAtLeast seconds: Int64, _ body: (_ from: Int64, _ to: Int64) -> Void) {
    guard let first, let last else { return }
    var begin = first
    for bit in bits(from: first, to: last) {
      let time = start + Int64(bit) * resolution
      if words[bit / 64] & 1 << UInt64(bit % 64) != 0 {
        if time - begin >= seconds { body(begin, time) }
        begin = time + resolution
      }
    }
  }

  private func bits(from: Int64, to: Int64) -> Range<Int> {
    let from = max(from, start)
    let to = min(to, end)
    guard from < to else { return 0..<0 }
    return Int((from - start) / resolution)..<Int((to - 1 - start) / resolution) + 1
  }

  private static func masks(_ bits: Range<Int>) -> [(word: Int, mask: UInt64)] {
    guard !bits.isEmpty else { return [] }
    return (bits.lowerBound / 64...(bits.upperBound - 1) / 64).map { word in
      let low = UInt64(max(bits.lowerBound - word * 64, 0))
      let high = UInt64(min(bits.upperBound - word * 64, 64))
      let below: UInt64 = high == 64 ? .max : (1 << high) - 1
      return (word, below & ~((1 << low) - 1))
    }
  }
}

/// A rate in bits per second, a whole number as RouterOS stores it. `0` means unlimited there.
public struct BitsPerSecond: RawRepresentable, Sendable, Hashable, Comparable {
  public var rawValue: Int64

  public init(rawValue: Int64) { self.rawValue = rawValue }
  public init(_ value: Int64) { self.rawValue = value }

  public static let zero = BitsPerSecond(0)

  /// The rate in units of 1 000 000 bit/s.
  public var megabits: Double { Double(rawValue) / 1e6 }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension BitsPerSecond {
  /// Reads `612000000`, `612M`, `1.5G`, `0`: digits, an optional fraction, and one of RouterOS's
  /// decimal suffixes `k`, `M`, `G` in either case, with or without `bps` behind it.
  ///
  /// Returns nil for anything else: a sign, an empty text, a fraction of a bit, or a rate above
  /// 2^63 - 1.
  public init?(parsing text: some StringProtocol) {
    var bytes = Array(text.utf8)[...]
    if bytes.count > 3, bytes.suffix(3).elementsEqual("bps".utf8) { bytes = bytes.dropLast(3) }
    var exponent = 0
    switch bytes.last {
    case UInt8(ascii: "k"), UInt8(ascii: "K"): exponent = 3
    case UInt8(ascii: "m"), UInt8(ascii: "M"): exponent = 6
    case UInt8(ascii: "g"), UInt8(ascii: "G"): exponent = 9
    default: break
    }
    if exponent > 0 { bytes = bytes.dropLast() }
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = parts.first, !whole.isEmpty else { return nil }
    var fraction = parts.count == 2 ? Array(parts[1]) : []
    if parts.count == 2, fraction.isEmpty { return nil }
    while fraction.count > exponent, fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
    guard fraction.count <= exponent else { return nil }
    fraction += Array(repeating: UInt8(ascii: "0"), count: exponent - fraction.count)
    var value: Int64 = 0
    for byte in Array(whole) + fraction {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = shifted.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
      guard !overflow, !carry else { return nil }
      value = sum
    }
    self.init(value)
  }
}

extension BitsPerSecond: CustomStringConvertible {
  /// The shortest exact text with a RouterOS suffix: `612M`, `35500k`, `1G`, `799999999`.
  public var description: String {
    for (scale, suffix) in [(1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")]
      as [(Int64, String)]
    where rawValue != 0 && rawValue % scale == 0 {
      return "\(rawValue / scale)\(suffix)"
    }
    return "\(rawValue)"
  }
}

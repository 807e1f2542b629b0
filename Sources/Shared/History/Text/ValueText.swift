import Model

/// A value as tables show it, taken apart: a whole value in full, another one with at most three
/// decimals and no zeros at their end: `463.75`, `-0`, `0.002`.
struct ValueText {
  private var isNegative: Bool
  /// The number without its point.
  private var digits: UInt64
  /// How many of the digits stand behind the point; 0 = there is no point.
  private(set) var decimals: Int
  /// A value that is not told by the digits.
  private var text: String?

  init(_ value: Double) {
    isNegative = false
    digits = 0
    decimals = 0
    // 2^53: whole numbers beyond are rare here, and printed by the C library.
    let magnitude = value.magnitude
    if magnitude.rounded(.towardZero) == magnitude {
      guard magnitude < 0x1p53 else {
        text = HistoryText.slowText(of: value)
        return
      }
      isNegative = value < 0
      digits = UInt64(magnitude)
      return
    }
    let thousandths = magnitude * 1000
    let rounded = thousandths.rounded(.toNearestOrEven)
    // Rounding is right by the exact binary value only: near a tie the product may lie on the wrong
    // side of it. Its error is below 2^-13 here.
    guard magnitude < 1e9, (thousandths - rounded).magnitude < 0.499 else {
      text = HistoryText.slowText(of: value)
      return
    }
    isNegative = value < 0
    digits = UInt64(rounded)
    decimals = 3
    while decimals > 0, digits % 10 == 0 {
      digits /= 10
      decimals -= 1
    }
  }

  /// Characters behind the point, -1 without one; as columns are aligned by it.
  var alignment: Int {
    if let text { return TableColumn.decimals(text) }
    return decimals == 0 ? -1 : decimals
  }

  /// Characters in all.
  var length: Int {
    if let text { return text.utf8.count }
    var count = 1
    var limit: UInt64 = 10
    while digits >= limit {
      count += 1
      limit *= 10
    }
    // A number below 1 has a zero before its point.
    return max(count, decimals + 1) + (decimals > 0 ? 1 : 0) + (isNegative ? 1 : 0)
  }

  func append(to bytes: inout [UInt8]) {
    if let text { return bytes.append(contentsOf: text.utf8) }
    if isNegative { bytes.append(UInt8(ascii: "-")) }
    guard decimals > 0 else { return bytes.append(digits: digits, atLeast: 1) }
    let scale: UInt64 = decimals == 1 ? 10 : decimals == 2 ? 100 : 1000
    bytes.append(digits: digits / scale, atLeast: 1)
    bytes.append(UInt8(ascii: "."))
    bytes.append(digits: digits % scale, atLeast: decimals)
  }
}

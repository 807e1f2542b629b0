import Glibc

/// `value` with `digits` decimals, correctly rounded (ties to even on the exact binary value), as
/// C's `%.nf` and Python print it. Locale independent as long as nobody calls `setlocale`.
public func fixed(_ value: Double, digits: Int) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
    let length = withVaList([Int32(digits), value]) { arguments in
      vsnprintf(buffer.baseAddress, buffer.count, "%.*f", arguments)
    }
    guard length > 0, Int(length) < buffer.count else { return "\(value)" }
    return buffer.withMemoryRebound(to: UInt8.self) {
      String(decoding: $0.prefix(Int(length)), as: UTF8.self)
    }
  }
}

/// The shortest text that reads back as `value`, with a point: `23.1`, `45.0`, `1e-07`.
///
/// It is Python's `repr`, which the original's files hold. Swift's own text differs from it only
/// between 2^53 and 10^16, where Swift already writes an exponent.
public func shortest(_ value: Double) -> String {
  guard value.isFinite else {
    return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
  }
  if abs(value) >= 0x1p53, abs(value) < 1e16 { return "\(Int64(value)).0" }
  return value.description
}

/// `value` as a whole number where it is one that a double holds exactly, else as `shortest`.
public func shortestInteger(_ value: Double) -> String {
  guard let whole = Int64(exactly: value) else { return shortest(value) }
  return "\(whole)"
}

/// A row of values as bars of eighths: ▁▂▃▄▅▆▇█.
public enum Sparkline {
  /// `count` characters for `values`, oldest first. More values than characters are put together
  /// by their maximum, so that no peak disappears; fewer stand at the right.
  ///
  /// - Parameters:
  ///   - values: nil and what is not finite is a gap.
  ///   - range: what the lowest and the highest bar stand for; nil = that of the values.
  public static func text(
    _ values: [Double?], columns count: Int, range: ClosedRange<Double>? = nil
  ) -> String {
    let values = condensed(values, to: count)
    let known = values.compactMap { $0 }
    guard let low = range?.lowerBound ?? known.min(), let high = range?.upperBound ?? known.max()
    else { return String(repeating: " ", count: max(count, 0)) }
    let span = high - low
    return String(
      values.map { value -> Character in
        guard let value else { return " " }
        let share = span > 0 ? (value - low) / span : 0
        return block(eighths: 1 + Int((min(max(share, 0), 1) * 7).rounded()))
      })
  }

  /// Exactly `count` values: the maxima of even pieces, with gaps at the left if there are fewer.
  static func condensed(_ values: [Double?], to count: Int) -> [Double?] {
    guard count > 0 else { return [] }
    let values = values.map { value in value.flatMap { $0.isFinite ? $0 : nil } }
    guard values.count > count else {
      return Array(repeating: nil, count: count - values.count) + values
    }
    return (0..<count).map { column in
      values[column * values.count / count..<(column + 1) * values.count / count]
        .compactMap { $0 }.max()
    }
  }

  /// The block that fills its place to so many eighths, 0...8.
  static func block(eighths: Int) -> Character {
    let eighths = min(max(eighths, 0), 8)
    guard eighths > 0, let scalar = Unicode.Scalar(0x2580 + UInt32(eighths)) else { return " " }
    return Character(scalar)
  }
}

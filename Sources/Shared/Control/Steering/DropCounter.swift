/// Turns a router's count of drops since its start into drops since the reading before.
struct DropCounter: Sendable {
  /// nil before the first reading, which tells no change.
  private var previous: Int64?

  /// - Parameter countsFirstReading: the first reading is a change since 0, as the original has it:
  ///   only recordings are read so.
  init(countsFirstReading: Bool) { previous = countsFirstReading ? 0 : nil }

  /// A count that fell began anew at 0.
  /// - Parameter count: at least 0.
  mutating func change(to count: Int64) -> Int64 {
    defer { previous = count }
    guard let previous else { return 0 }
    return count >= previous ? count - previous : count
  }

  /// The counts are not to be had any more: the next one tells no change.
  mutating func lose() { previous = nil }
}

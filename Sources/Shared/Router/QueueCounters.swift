public import Model

/// Makes `queue` records of the rows that a router tells: what changed since the reading before.
///
/// The first reading has no change, and neither has one after which nobody can tell it: a counter
/// is smaller, the row is another one, or the router was restarted.
public struct QueueCounters: Sendable {
  private var last: [String: (row: QueueRow?, at: UnixTime)] = [:]

  public init() {}

  /// The record of a row that was read at `time`.
  public mutating func record(
    _ row: QueueRow, wan: String?, at time: UnixTime
  ) -> QueueRecord {
    defer { last[row.name] = (row, time) }
    var record = QueueRecord(time: time, wan: wan, row: row)
    guard let (before, beforeAt) = last[row.name] else { return record }
    record.interval = time - beforeAt
    if let before { record.change = Self.change(before, row) }
    return record
  }

  /// The router was restarted: the counters that it has now are others.
  public mutating func forget() {
    for name in last.keys { last[name]?.row = nil }
  }

  private static func change(_ before: QueueRow, _ after: QueueRow) -> QueueRecord.Change? {
    if let old = before.id, let new = after.id, old != new { return nil }
    guard let bytes = growth(before.bytes, after.bytes),
      let packets = growth(before.packets, after.packets)
    else { return nil }
    let dropped = growth(before.dropped, after.dropped)
    if dropped == nil, after.dropped != nil, before.dropped != nil { return nil }
    return QueueRecord.Change(bytes: bytes, packets: packets, dropped: dropped)
  }

  private static func growth(_ before: Int64?, _ after: Int64?) -> Int64? {
    guard let before, let after, after >= before, before >= 0 else { return nil }
    return after - before
  }
}

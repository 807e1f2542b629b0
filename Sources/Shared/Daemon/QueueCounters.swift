import Model

/// Makes `queue` records of the rows that a router tells: what changed since the read before.
///
/// The first read has no change, and neither has one after which a counter is smaller: the router
/// was restarted, or somebody reset the counters.
struct QueueCounters {
  private var last: [String: (row: QueueRow, at: UnixTime)] = [:]

  mutating func record(_ row: QueueRow, wan: String, at time: UnixTime) -> QueueRecord {
    defer { last[row.name] = (row, time) }
    var record = QueueRecord(time: time, wan: wan, row: row)
    guard let (before, beforeAt) = last[row.name] else { return record }
    record.interval = time - beforeAt
    guard let bytes = Self.growth(before.bytes, row.bytes),
      let packets = Self.growth(before.packets, row.packets)
    else { return record }
    let dropped = Self.growth(before.dropped, row.dropped)
    if dropped == nil, row.dropped != nil, before.dropped != nil { return record }
    record.change = QueueRecord.Change(bytes: bytes, packets: packets, dropped: dropped)
    return record
  }

  private static func growth(_ before: Int64?, _ after: Int64?) -> Int64? {
    guard let before, let after, after >= before, before >= 0 else { return nil }
    return after - before
  }
}

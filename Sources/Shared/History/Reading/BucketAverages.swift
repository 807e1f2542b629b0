/// Makes the buckets of a tier that are not stored, of the rows of a finer tier.
struct BucketAverages {
  private struct Key: Hashable {
    var bucket: Int64
    /// The joined series.
    var series: Int
  }

  /// The bucket that a series was in last: most often that of its next row too.
  private struct Place {
    var bucket: Int64
    /// In `buckets`; nil where there is nothing to add.
    var index: Int?
  }

  private let tier: Granularity
  private var stored: Set<Key> = []
  /// By WAN and metric: the original averaged all origins into one row without a label, beside which
  /// there is nothing to add.
  private var storedWhole: Set<Key> = []
  private var places: [Place?] = []
  private var indices: [Key: Int] = [:]
  /// With the series of the first row, for its labels.
  private var buckets: [(time: Int64, series: Int, value: BucketValue)] = []

  init(_ tier: Granularity, stored rows: [HistoryRow], in table: SeriesTable) {
    self.tier = tier
    for row in rows {
      stored.insert(Key(bucket: row.timestamp, series: table.joined[row.series]))
      guard table[row.series].labels == nil else { continue }
      storedWhole.insert(Key(bucket: row.timestamp, series: table.ofMetric[row.series]))
    }
  }

  /// Takes a sample; events are none.
  mutating func add(_ row: HistoryRow, in table: SeriesTable) {
    let time = tier.bucket(of: row.timestamp)
    while places.count <= row.series { places.append(nil) }
    let index: Int?
    if let place = places[row.series], place.bucket == time {
      index = place.index
    } else {
      index = self.index(of: time, row.series, in: table)
      places[row.series] = Place(bucket: time, index: index)
    }
    if let index { buckets[index].value.add(row.value) }
  }

  private mutating func index(of time: Int64, _ number: Int, in table: SeriesTable) -> Int? {
    let series = table[number]
    guard !series.isEvent else { return nil }
    let key = Key(bucket: time, series: table.joined[number])
    let whole = Key(bucket: time, series: table.ofMetric[number])
    guard !stored.contains(key), !storedWhole.contains(whole) else { return nil }
    if let index = indices[key] { return index }
    buckets.append(
      (time, number, BucketValue(isState: MetricName(series.metric).isState)))
    indices[key] = buckets.count - 1
    return buckets.count - 1
  }

  var rows: [HistoryRow] {
    buckets.map { bucket in
      HistoryRow(
        timestamp: bucket.time, series: bucket.series, value: bucket.value.value,
        granularity: tier)
    }
  }
}

/// Makes the buckets of a tier that are not stored, of the rows of a finer tier.
struct BucketAverages {
  private struct Key: Hashable {
    var bucket: Int64
    /// The joined series.
    var series: Int
  }

  fileprivate struct Bucket {
    /// Of the first row, for its labels.
    var series: Int
    var sum = 0.0
    var count = 0
    /// How often each value came, of a state.
    var values: [Double: Int] = [:]
  }

  private let tier: Granularity
  private var stored: Set<Key> = []
  /// By WAN and metric: the original averaged all origins into one row without a label, beside which
  /// there is nothing to add.
  private var storedWhole: Set<Key> = []
  private var buckets: [Key: Bucket] = [:]

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
    let series = table[row.series]
    guard !series.isEvent else { return }
    let key = Key(bucket: tier.bucket(of: row.timestamp), series: table.joined[row.series])
    let whole = Key(bucket: key.bucket, series: table.ofMetric[row.series])
    guard !stored.contains(key), !storedWhole.contains(whole) else { return }
    buckets[key, default: Bucket(series: row.series)].add(
      row.value, isState: MetricName(series.metric).isState)
  }

  /// The buckets: means, of states the most frequent value and of equally frequent ones the
  /// greatest.
  var rows: [HistoryRow] {
    buckets.map { key, bucket in
      HistoryRow(
        timestamp: key.bucket, series: bucket.series, value: bucket.value, granularity: tier)
    }
  }
}

extension BucketAverages.Bucket {
  fileprivate mutating func add(_ value: Double, isState: Bool) {
    if isState {
      values[value, default: 0] += 1
    } else {
      sum += value
      count += 1
    }
  }

  fileprivate var value: Double {
    if count > 0 { return sum / Double(count) }
    let best = values.max { ($0.value, $0.key) < ($1.value, $1.key) }
    return best?.key ?? 0
  }
}

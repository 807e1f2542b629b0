import Foundation
import History
import Model

/// A row of a recorded or of our database, without its `id`.
struct HistoryRow: Hashable {
  var granularity: String?
  var timestamp: Int64
  var wan: String
  var metric: String
  var value: Double
  var labels: String?

  /// What a row is, whatever its value and labels.
  struct Place: Hashable, Comparable {
    var granularity: String
    var timestamp: Int64
    var wan: String
    var metric: String

    static func < (left: Self, right: Self) -> Bool {
      (left.granularity, left.timestamp, left.wan, left.metric)
        < (right.granularity, right.timestamp, right.wan, right.metric)
    }
  }

  var place: Place {
    Place(granularity: granularity ?? "", timestamp: timestamp, wan: wan, metric: metric)
  }

  var isEvent: Bool {
    ["wanctl_config_snapshot", "wanctl_steering_transition"].contains(metric)
      || labels?.contains(#""reason":"#) == true
  }

  /// A row of a vector: `[timestamp, wan, metric, value, labels, granularity]`.
  init?(_ values: [Any]) {
    guard values.count == 6, let timestamp = values[0] as? NSNumber, let wan = values[1] as? String,
      let metric = values[2] as? String, let value = values[3] as? NSNumber
    else { return nil }
    self.init(
      granularity: values[5] as? String, timestamp: timestamp.int64Value, wan: wan, metric: metric,
      value: value.doubleValue, labels: values[4] as? String)
  }

  /// A line of a table: granularity, timestamp, wan, metric, value, labels; empty = NULL.
  init?(line: Substring) {
    let values = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard values.count == 6, let timestamp = Int64(values[1]), let value = Double(values[4]) else {
      return nil
    }
    self.init(
      granularity: values[0].isEmpty ? nil : values[0], timestamp: timestamp, wan: values[2],
      metric: values[3], value: value, labels: values[5].isEmpty ? nil : values[5])
  }

  init(
    granularity: String?, timestamp: Int64, wan: String, metric: String, value: Double,
    labels: String?
  ) {
    self.granularity = granularity
    self.timestamp = timestamp
    self.wan = wan
    self.metric = metric
    self.value = value
    self.labels = labels
  }

  /// Fills an empty database in the order of the rows.
  static func store(_ rows: [HistoryRow], in database: SQLiteConnection) throws {
    try MetricsSchema.create(on: database)
    let insertion = try database.prepare(
      """
      INSERT INTO metrics (timestamp, wan_name, metric_name, value, labels, granularity)
      VALUES (?, ?, ?, ?, ?, ?)
      """)
    try database.transaction { () throws(SQLiteError) in
      for row in rows {
        try insertion.bind(row.timestamp, at: 1)
        try insertion.bind(row.wan, at: 2)
        try insertion.bind(row.metric, at: 3)
        try insertion.bind(row.value, at: 4)
        try insertion.bind(row.labels, at: 5)
        try insertion.bind(row.granularity, at: 6)
        try insertion.run()
      }
    }
  }

  /// All rows in order of `id`.
  static func all(of database: SQLiteConnection) throws -> [HistoryRow] {
    let query = try database.prepare(
      "SELECT granularity, timestamp, wan_name, metric_name, value, labels FROM metrics ORDER BY id"
    )
    var rows: [HistoryRow] = []
    while try query.step() {
      rows.append(
        HistoryRow(
          granularity: query.text(0), timestamp: query.integer(1), wan: query.text(2) ?? "",
          metric: query.text(3) ?? "", value: query.real(4), labels: query.text(5)))
    }
    return rows
  }
}

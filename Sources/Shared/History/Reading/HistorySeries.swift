import Glibc

/// What a row of history is about.
public struct HistorySeries: Sendable, Equatable {
  public var wan: String
  public var metric: String
  /// The text as it is stored.
  public var labels: String?

  public init(wan: String, metric: String, labels: String?) {
    self.wan = wan
    self.metric = metric
    self.labels = labels
  }

  /// Whose value it is, such as `direction=download` or `source=steering`. Rows without a label
  /// belong to the download: that is what they were averaged from, mostly.
  public var origin: String {
    guard let labels else { return Self.unlabelled }
    for name in ["direction", "source"] {
      if let value = Self.value(of: name, in: labels) { return "\(name)=\(value)" }
    }
    return Self.unlabelled
  }

  /// An event and no sample: it is no part of an average or a summary.
  public var isEvent: Bool {
    metric == MetricName.configSnapshot.rawValue
      || metric == MetricName.steeringTransition.rawValue || hasReason
  }

  /// Whether the row tells of a change.
  var hasReason: Bool { labels.map { Self.value(of: "reason", in: $0) != nil } ?? false }

  private static let unlabelled = "direction=download"

  /// The text behind `"name": "`, which nothing within another text looks like: quotes are escaped
  /// there.
  private static func value(of name: String, in labels: String) -> Substring? {
    let key = "\"\(name)\": \""
    let text = labels.utf8
    var start = text.startIndex
    while let place = text[start...].firstIndex(of: UInt8(ascii: "\"")) {
      if text[place...].starts(with: key.utf8) {
        let value = text.index(place, offsetBy: key.utf8.count)
        let end = text[value...].firstIndex(of: UInt8(ascii: "\"")) ?? text.endIndex
        return labels[value..<end]
      }
      start = text.index(after: place)
    }
    return nil
  }
}

/// The series that a reader has met, each with a number.
public struct SeriesTable {
  private(set) var all: [HistorySeries] = []
  /// For each series the number of the one whose samples it joins when they are averaged.
  private(set) var joined: [Int] = []
  /// For each series the number of the first one of the same WAN and metric.
  private(set) var ofMetric: [Int] = []
  private var numbers: [UInt64: [Int]] = [:]
  /// The texts of each series as they are compared.
  private var texts: [Texts] = []
  /// For each series the one that came after it: the rows of cycles come in the same order.
  private var following: [Int] = []
  private var last: Int?
  private var firsts: [Key: Int] = [:]

  private struct Key: Hashable {
    var wan: String
    var metric: String
    /// nil: whichever.
    var origin: String?
  }

  private struct Texts {
    var wan: [UInt8]
    var metric: [UInt8]
    var labels: [UInt8]?
  }

  /// Those of a statement that hold the texts.
  private struct Columns {
    var statement: SQLiteStatement
    var wan: Int
    var metric: Int
    var labels: Int

    func hold(_ texts: Texts) -> Bool {
      statement.holds(texts.metric, metric) && statement.holds(texts.wan, wan)
        && statement.holds(texts.labels, labels)
    }
  }

  public subscript(number: Int) -> HistorySeries { all[number] }

  /// The number of the series whose texts the statement's columns hold.
  mutating func number(
    of statement: SQLiteStatement, wan: Int, metric: Int, labels: Int
  ) -> Int {
    let columns = Columns(statement: statement, wan: wan, metric: metric, labels: labels)
    if let last, columns.hold(texts[following[last]]) {
      self.last = following[last]
      return following[last]
    }
    let number = number(of: columns)
    if let last { following[last] = number }
    last = number
    return number
  }

  private mutating func number(of columns: Columns) -> Int {
    let (statement, wan, metric, labels) =
      (columns.statement, columns.wan, columns.metric, columns.labels)
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func mix(_ bytes: UnsafeBufferPointer<UInt8>?) {
      // FNV-1a; the lengths part the texts.
      guard let bytes else { return hash = (hash ^ 0x1FF) &* 0x100_0000_01B3 }
      for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      hash = (hash ^ 0x100) &* 0x100_0000_01B3
    }
    for column in [wan, metric, labels] { statement.withText(column, mix) }
    if let number = numbers[hash]?.first(where: { columns.hold(texts[$0]) }) { return number }
    let series = HistorySeries(
      wan: statement.text(wan) ?? "", metric: statement.text(metric) ?? "",
      labels: statement.text(labels))
    all.append(series)
    texts.append(
      Texts(
        wan: statement.bytes(wan) ?? [], metric: statement.bytes(metric) ?? [],
        labels: statement.bytes(labels)))
    let number = all.count - 1
    following.append(number)
    numbers[hash, default: []].append(number)
    joined.append(first(Key(wan: series.wan, metric: series.metric, origin: series.origin), number))
    ofMetric.append(first(Key(wan: series.wan, metric: series.metric, origin: nil), number))
    return number
  }

  /// The first number with this key, `number` if it is that.
  private mutating func first(_ key: Key, _ number: Int) -> Int {
    if let first = firsts[key] { return first }
    firsts[key] = number
    return number
  }
}

extension SQLiteStatement {
  fileprivate func bytes(_ column: Int) -> [UInt8]? { withText(column) { $0.map(Array.init) } }

  /// Whether a column holds this text, nil = NULL.
  fileprivate func holds(_ text: [UInt8]?, _ column: Int) -> Bool {
    withText(column) { bytes in
      guard let bytes, let text else { return bytes == nil && text == nil }
      guard bytes.count == text.count else { return false }
      return text.withUnsafeBufferPointer { known in
        guard let start = bytes.baseAddress, let knownStart = known.baseAddress else { return true }
        return memcmp(knownStart, start, bytes.count) == 0
      }
    }
  }
}

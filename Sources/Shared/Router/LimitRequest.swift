public import Model

/// A limit that somebody asks for by name: `WAN-Download-1=612M`.
public struct LimitRequest: Sendable, Equatable {
  public var queue: Identifier
  public var limit: BitsPerSecond

  public init(queue: Identifier, limit: BitsPerSecond) {
    self.queue = queue
    self.limit = limit
  }

  /// Why a text asks for nothing that can be done.
  public struct Invalid: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
  }

  /// Reads `QUEUE=RATE`; the rate as `BitsPerSecond(parsing:)` takes it.
  public init(parsing text: String) throws(Invalid) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw Invalid(description: "'\(text)' is not QUEUE=RATE, e.g. WAN-Download-1=612M")
    }
    guard let limit = BitsPerSecond(parsing: parts[1]) else {
      throw Invalid(
        description: "'\(parts[1])' is no rate: digits, with k, M or G behind them, e.g. 612M")
    }
    self.init(queue: try Self.name(String(parts[0])), limit: limit)
  }

  static func name(_ text: String) throws(Invalid) -> Identifier {
    do {
      return try Identifier(text)
    } catch {
      let reason =
        switch error {
        case .empty: "it is empty"
        case .tooLong(let count): "it has \(count) characters, \(Identifier.maximumLength) at most"
        case .invalidCharacters: "only A-Z a-z 0-9 _ . - may stand in it"
        }
      throw Invalid(description: "'\(text)' cannot be a queue's name: \(reason)")
    }
  }
}

/// Takes the limits out of the lines of a stream of records.
struct LimitLines {
  /// The WAN whose decisions count, and its queues.
  var wan: Identifier
  var queues: PerDirection<Identifier>
  private let reader = RecordReader()

  init(wan: Identifier, queues: PerDirection<Identifier>) {
    self.wan = wan
    self.queues = queues
  }

  /// What a line asks for: `set` and `decision` records do, the other records do not.
  func requests(in line: some Collection<UInt8>) throws(LimitRequest.Invalid) -> [LimitRequest] {
    let content: RecordLine
    do {
      content = try reader.read(line)
    } catch {
      throw LimitRequest.Invalid(description: error.message)
    }
    switch content {
    case .record(.set(let record)):
      return [try request(try LimitRequest.name(record.queue), record.maxLimit)]
    case .record(.decision(let record)):
      if let other = record.wan, other != wan.text {
        throw LimitRequest.Invalid(
          description: "a decision about WAN '\(other)', not about '\(wan)'")
      }
      var result: [LimitRequest] = []
      for direction in Direction.allCases {
        result.append(try request(queues[direction], record.directions[direction].rate))
      }
      return result
    case .record(.rtt), .record(.queue), .record(.transport), .record(.start), .record(.steer),
      .unknown:
      return []
    case .bareRTT, .bareHosts:
      throw LimitRequest.Invalid(description: "a measurement; a decision or set record is wanted")
    }
  }

  private func request(
    _ queue: Identifier, _ limit: BitsPerSecond
  ) throws(LimitRequest.Invalid) -> LimitRequest {
    guard limit >= .zero else {
      throw LimitRequest.Invalid(description: "\(limit.rawValue) bit/s is no rate")
    }
    return LimitRequest(queue: queue, limit: limit)
  }
}

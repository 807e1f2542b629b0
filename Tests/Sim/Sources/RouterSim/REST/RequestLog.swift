/// One request as the control port reports it. The password is not kept. A line of SSH has the
/// method `EXEC` and is its own body.
final class RequestRecord {
  var number = 0
  var arrived: Nanoseconds = 0
  var user = ""
  var connection = 0
  var service = ""
  var method = ""
  var path = ""
  var query = ""
  var body = ""
  var status: Int?
  /// `pending`, `answered`, `aborted` (the client left), or what a fault did.
  var outcome = "pending"
  var finished: Nanoseconds?
  var faults: [String] = []

  var json: JSON {
    [
      "n": .int(number), "t": .double(arrived.inSeconds), "user": .string(user),
      "connection": .int(connection), "service": .string(service), "method": .string(method),
      "path": .string(path), "query": .string(query), "body": .string(body),
      "status": status.map { .int($0) } ?? .null, "outcome": .string(outcome),
      "latency_ms": finished.map { .double(($0 - arrived).inMilliseconds) } ?? .null,
      "faults": .array(faults.map { .string($0) }),
    ]
  }
}

/// Every request since the start, so that tests can count them. The oldest are forgotten.
final class RequestLog {
  private static let capacity = 200_000
  private static let longestBody = 4096
  private(set) var last = 0
  private var records: [RequestRecord] = []

  /// Fills in a record and keeps it.
  func note(
    _ record: RequestRecord, of request: Request, connection: Int, service: ServiceName,
    at now: Nanoseconds
  ) {
    last += 1
    record.number = last
    record.arrived = now
    record.user = request.user ?? ""
    record.connection = connection
    record.service = service.rawValue
    record.method = request.method
    if service != .ssh {
      record.path = String(request.path)
      record.query = String(request.query)
    }
    record.body = String(decoding: request.body.prefix(Self.longestBody), as: UTF8.self)
    if records.count == Self.capacity { records.removeFirst(Self.capacity / 2) }
    records.append(record)
  }

  func since(_ number: Int) -> [RequestRecord] {
    Array(records[records.partitioningIndex { $0.number > number }...])
  }
}

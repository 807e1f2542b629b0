/// Why a line of a stream is no record.
public struct RecordError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, naming the key where there is one: `rtt_ms: expected a number`.
  public var message: String

  public init(_ message: String) { self.message = message }

  public var description: String { message }
}

/// A line of one of our streams, read.
public enum RecordLine: Sendable, Equatable {
  case record(Record)
  /// `{"rtt_ms":…}`: a measurement already aggregated, or a lost cycle. `t` is optional.
  case bareRTT(Milliseconds?, time: UnixTime?)
  /// `{"hosts":[…]}`: one value per reflector in configured order.
  case bareHosts([Milliseconds?], time: UnixTime?)
  /// A record of a type that this version does not know.
  case unknown(type: String)
}

/// Reads records, one line at a time. Never traps, whatever the bytes.
public struct RecordReader: Sendable {
  /// A longer line is refused unread.
  public static let maximumLineBytes = 1 << 20

  public init() {}

  public func read(_ line: some Collection<UInt8>) throws(RecordError) -> RecordLine {
    guard line.count <= Self.maximumLineBytes else {
      throw RecordError("the line is longer than \(Self.maximumLineBytes) bytes")
    }
    let fields: RecordFields
    do {
      fields = try RecordFields(Array(line))
    } catch {
      throw RecordError(error)
    }
    return try fields.recordLine()
  }
}

extension RecordError {
  /// `state.download is missing`, `hosts.1: expected a number`, `not valid JSON`.
  init(_ fault: JSONScanner.Fault) {
    let path = fault.path.joined(separator: ".")
    if path.isEmpty {
      self.init(fault.message)
    } else if fault.message.hasSuffix(" is missing") {
      self.init("\(path).\(fault.message)")
    } else {
      self.init("\(path): \(fault.message)")
    }
  }
}

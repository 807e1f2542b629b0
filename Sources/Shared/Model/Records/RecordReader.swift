import FoundationEssentials

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
    do {
      return try JSONDecoder().decode(RecordFields.self, from: Data(line)).recordLine()
    } catch let error as RecordError {
      throw error
    } catch let error as DecodingError {
      throw RecordError(Self.explain(error))
    } catch {
      throw RecordError("not a JSON object")
    }
  }

  private static func explain(_ error: DecodingError) -> String {
    func path(_ context: DecodingError.Context) -> String {
      context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(
        separator: ".")
    }
    switch error {
    case .typeMismatch(let type, let context):
      let wanted =
        type is Double.Type || type is Int.Type || type is Int64.Type
        ? "a number" : type is String.Type ? "a text" : type is Bool.Type ? "true or false" : nil
      let place = path(context)
      return place.isEmpty
        ? "not a JSON object" : "\(place): expected \(wanted ?? "another kind of value")"
    case .keyNotFound(let key, _): return "\(key.stringValue) is missing"
    case .valueNotFound(_, let context): return "\(path(context)): null is not allowed"
    case .dataCorrupted(let context):
      let place = path(context)
      return place.isEmpty ? "not valid JSON" : "\(place): \(context.debugDescription)"
    @unknown default: return "not a record"
    }
  }
}

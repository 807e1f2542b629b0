import FoundationEssentials
import Glibc
public import Model
public import Platform

/// The limits that a router had before a calibration changed them, in a file that outlives a crash:
/// whoever finds it puts them back.
public struct LimitJournal: Sendable, Equatable, Codable {
  public struct Queue: Sendable, Equatable, Codable {
    public var name: String
    public var maxLimit: Int64

    enum CodingKeys: String, CodingKey {
      case name
      case maxLimit = "max_limit_bps"
    }
  }

  public var host: String
  public var queues: [Queue]

  public init(host: String, limits: [(queue: Identifier, limit: BitsPerSecond)]) {
    self.host = host
    queues = limits.map { Queue(name: $0.queue.text, maxLimit: $0.limit.rawValue) }
  }

  /// What is to be set again; a name or a limit that no router can have is left out.
  public var limits: [(queue: Identifier, limit: BitsPerSecond)] {
    queues.compactMap { queue in
      guard let name = try? Identifier(queue.name), queue.maxLimit >= 0 else { return nil }
      return (name, BitsPerSecond(queue.maxLimit))
    }
  }

  /// Beside the lock: `/run/wanctl/wan1.lock`, `/run/wanctl/wan1_calibration.journal`.
  public static func path(besideLock lockFile: String) -> String {
    let state = LoopSettings.stateFile(besideLock: lockFile)
    return String(state.dropLast("_state.json".count)) + "_calibration.journal"
  }

  /// Writes it, and returns when it is on the disk. Fails with `EEXIST` when there is one already.
  public func write(to path: String) throws(SystemError) {
    var json = JSONWriter()
    json.beginObject()
    json.field("host", host)
    json.key("queues")
    json.beginArray()
    for queue in queues {
      json.beginObject()
      json.field("name", queue.name)
      json.field("max_limit_bps", queue.maxLimit)
      json.endObject()
    }
    json.endArray()
    json.endObject()
    try NewFile.write(json.text + "\n", to: path, mode: 0o644)
  }

  /// nil when there is none, or none that can be understood.
  public static func read(_ path: String) -> LimitJournal? {
    guard let text = try? FileText.read(path, limit: 1 << 16) else { return nil }
    return try? JSONDecoder().decode(LimitJournal.self, from: Data(text.utf8))
  }

  public static func exists(_ path: String) -> Bool { FileFacts.at(path) != nil }

  public static func remove(_ path: String) throws(SystemError) {
    try systemCall("unlink \(path)") { unlink(path) }
  }
}

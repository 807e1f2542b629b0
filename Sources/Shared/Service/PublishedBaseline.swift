import Glibc
public import Model
import Platform

/// What steering takes from the state file of a WAN's loop: the RTT of the idle line, and when the
/// loop was last alive.
public struct PublishedBaseline: Sendable, Equatable {
  /// `ewma.baseline_rtt`; whether it lies within bounds is for the reader to judge.
  public var baseline: Milliseconds
  /// `timestamp`; where that is missing or none, when the file was written.
  public var writtenAt: UnixTime

  /// Why there is none: one line for people.
  public struct Obstacle: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
  }

  /// Reads the file, and leaves it as it is. Blocks for as long as the disk does.
  public static func read(stateFile path: String) throws(Obstacle) -> PublishedBaseline {
    let bytes: [UInt8]
    let modified: UnixTime
    do throws(SystemError) {
      let file = try File(path, flags: O_RDONLY | O_NONBLOCK)
      modified = try file.modified()
      bytes = try file.read(limit: StoredState.maximumBytes + 1)
    } catch {
      throw Obstacle(description: "\(path): \(error.reason)")
    }
    let root: JSONValue
    do throws(JSONValue.SyntaxError) {
      root = try JSONValue(parsing: bytes)
    } catch {
      throw Obstacle(description: "\(path): \(error)")
    }
    guard let baseline = root["ewma"]?["baseline_rtt"]?.number, baseline.isFinite else {
      throw Obstacle(description: "\(path) has no number as ewma.baseline_rtt")
    }
    var writtenAt = modified
    if case .string(let text)? = root["timestamp"], let time = LocalTime.time(of: text) {
      writtenAt = time
    }
    return PublishedBaseline(baseline: Milliseconds(baseline), writtenAt: writtenAt)
  }
}

extension JSONValue {
  /// A number, also as a text: the original converts both.
  fileprivate var number: Double? {
    if case .string(let text) = self { Double(text) } else { double }
  }
}

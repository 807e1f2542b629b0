import Glibc
public import Model
public import Platform

/// Where one WAN keeps what a restart goes on from.
///
/// Only the holder of the `InstanceLock` may write. Reading and writing block for as long as the
/// disk does: neither belongs on the control thread.
public struct StateFile: Sendable {
  /// A state and how it was come by.
  public struct Loaded: Sendable, Equatable {
    /// The defaults, with whatever the file holds of use in their place.
    public var state: LoopState
    /// Whether anything was restored; false for a fresh start.
    public var isRestored: Bool
    /// What was wrong, for one line of the log each. A missing file is not.
    public var findings: [StateFileFinding]
  }

  /// A larger file is not ours.
  static let maximumBytes = 1 << 20

  public let path: String

  public init(path: String) { self.path = path }

  /// Reads the file, else the version before.
  ///
  /// A file that is no state file is moved to `<path>.corrupt`; one that cannot be read is left.
  /// - Parameter defaults: the state of a fresh start, for everything that the file does not give.
  public func load(defaults: LoopState) -> Loaded {
    switch read(path) {
    case .none: return Loaded(state: defaults, isRestored: false, findings: [])
    case .unreadable(let reason):
      return Loaded(
        state: defaults, isRestored: false, findings: [.unreadable(path: path, reason: reason)])
    case .bytes(let bytes):
      do throws(JSONValue.SyntaxError) {
        let (state, findings) = try StateFileText.decode(bytes, defaults: defaults)
        return Loaded(state: state, isRestored: true, findings: findings)
      } catch {
        return loadPrevious(defaults: defaults, damage: error.description)
      }
    }
  }

  /// Reads the file as `load` does, but leaves everything as it is: a damaged file is neither moved
  /// nor replaced by the version before.
  public func peek(defaults: LoopState) -> Loaded {
    switch read(path) {
    case .none:
      let finding = StateFileFinding.unreadable(path: path, reason: "there is no such file")
      return Loaded(state: defaults, isRestored: false, findings: [finding])
    case .unreadable(let reason):
      return Loaded(
        state: defaults, isRestored: false, findings: [.unreadable(path: path, reason: reason)])
    case .bytes(let bytes):
      do throws(JSONValue.SyntaxError) {
        let (state, findings) = try StateFileText.decode(bytes, defaults: defaults)
        return Loaded(state: state, isRestored: true, findings: findings)
      } catch {
        let finding = StateFileFinding.damaged(
          path: path, reason: error.description, keptAs: nil)
        return Loaded(state: defaults, isRestored: false, findings: [finding])
      }
    }
  }

  /// Writes `state`, with `time` as its timestamp. The version before is kept as `<path>.backup`.
  public func save(_ state: LoopState, at time: UnixTime) throws(SystemError) {
    try AtomicReplacement(path: path, mode: 0o600).run(StateFileText.encode(state, at: time))
  }

  private func loadPrevious(defaults: LoopState, damage: String) -> Loaded {
    let corrupt = path + ".corrupt"
    let isKept = (try? File.rename(path, to: corrupt)) != nil
    var findings = [
      StateFileFinding.damaged(path: path, reason: damage, keptAs: isKept ? corrupt : nil)
    ]
    let backup = path + ".backup"
    if case .bytes(let bytes) = read(backup),
      let (state, fields) = try? StateFileText.decode(bytes, defaults: defaults)
    {
      findings.append(.usedBackup(path: backup))
      return Loaded(state: state, isRestored: true, findings: findings + fields)
    }
    return Loaded(state: defaults, isRestored: false, findings: findings)
  }

  private enum Content {
    case none
    case unreadable(String)
    case bytes([UInt8])
  }

  private func read(_ path: String) -> Content {
    do throws(SystemError) {
      let file = try File(path, flags: O_RDONLY | O_NONBLOCK)
      return .bytes(try file.read(limit: Self.maximumBytes + 1))
    } catch {
      return error.code == ENOENT ? .none : .unreadable(error.reason)
    }
  }
}

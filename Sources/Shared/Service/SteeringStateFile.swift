import Glibc
public import Model
public import Platform

/// Where steering keeps what a restart goes on from: the original's file, with its keys.
///
/// Only the holder of the `InstanceLock` may write. Reading and writing block for as long as the
/// disk does: neither belongs on the control thread.
public struct SteeringStateFile: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  /// Reads the file, else the version before, also when the file itself is missing.
  ///
  /// A file that is no state file is moved to `<path>.corrupt`; one that cannot be read is left.
  /// - Parameter defaults: the state of a fresh start, for everything that the file does not give.
  public func load(defaults: SteeringState) -> LoadedState<SteeringState> {
    StoredState(path: path).load(
      defaults: defaults, replacesMissing: true, decode: SteeringStateText.decode)
  }

  /// Reads the file as `load` does, but leaves everything as it is: a damaged file is neither moved
  /// nor replaced by the version before.
  public func peek(defaults: SteeringState) -> LoadedState<SteeringState> {
    StoredState(path: path).peek(defaults: defaults, decode: SteeringStateText.decode)
  }

  /// When it was saved last; nil when there is no file. While steering lives it is at most 15 s ago.
  public var savedAt: UnixTime? {
    try? File(path, flags: O_RDONLY | O_NONBLOCK).modified()
  }

  /// Writes `state`, into a folder that is made where it is missing. The version before is kept as
  /// `<path>.backup`.
  public func save(_ state: SteeringState) throws(SystemError) {
    try File.makeFolders(to: path)
    try AtomicReplacement(path: path, mode: 0o600).run(SteeringStateText.encode(state))
  }
}

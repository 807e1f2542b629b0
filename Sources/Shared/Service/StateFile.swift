public import Model
public import Platform

/// A state and how it was come by.
public struct LoadedState<State: Sendable & Equatable>: Sendable, Equatable {
  /// The defaults, with whatever the file holds of use in their place.
  public var state: State
  /// Whether anything was restored; false for a fresh start.
  public var isRestored: Bool
  /// What was wrong, for one line of the log each. A missing file is not.
  public var findings: [StateFileFinding]
}

/// Where one WAN keeps what a restart goes on from.
///
/// Only the holder of the `InstanceLock` may write. Reading and writing block for as long as the
/// disk does: neither belongs on the control thread.
public struct StateFile: Sendable {
  public typealias Loaded = LoadedState<LoopState>

  public let path: String

  public init(path: String) { self.path = path }

  /// Reads the file, else the version before.
  ///
  /// A file that is no state file is moved to `<path>.corrupt`; one that cannot be read is left.
  /// - Parameter defaults: the state of a fresh start, for everything that the file does not give.
  public func load(defaults: LoopState) -> Loaded {
    StoredState(path: path).load(defaults: defaults, decode: StateFileText.decode)
  }

  /// Reads the file as `load` does, but leaves everything as it is: a damaged file is neither moved
  /// nor replaced by the version before.
  public func peek(defaults: LoopState) -> Loaded {
    StoredState(path: path).peek(defaults: defaults, decode: StateFileText.decode)
  }

  /// Writes `state`, with `time` as its timestamp. The version before is kept as `<path>.backup`.
  public func save(_ state: LoopState, at time: UnixTime) throws(SystemError) {
    try AtomicReplacement(path: path, mode: 0o600).run(StateFileText.encode(state, at: time))
  }
}

public import Model
import Synchronization

/// Where steering's control thread pins up what readers may look at.
///
/// The writer never waits: while a reader holds the board it leaves the old snapshot there and
/// tries again in the next cycle.
public final class SteeringBoard: Sendable {
  private let snapshot = Mutex<SteeringSnapshot?>(nil)

  public init() {}

  /// The newest snapshot; nil before the start.
  public func read() -> SteeringSnapshot? { snapshot.withLock { $0 } }

  func publish(_ new: SteeringSnapshot) {
    _ = snapshot.withLockIfAvailable { $0 = new }
  }
}

public import Model
import Synchronization

/// Where the control thread pins up what readers may look at.
///
/// The writer never waits: while a reader holds the board it leaves the old snapshot there and
/// tries again in the next cycle, 50 ms later.
public final class SnapshotBoard: Sendable {
  private let snapshots: Mutex<[WANSnapshot?]>
  private let loopTicks = Mutex(LoopTicks())

  public init(wans: Int) {
    snapshots = Mutex(Array(repeating: nil, count: wans))
  }

  /// The newest snapshot of each WAN; nil before its first cycle.
  public func read() -> [WANSnapshot?] {
    // Copied one by one: an array that a reader shares would be copied by the writer.
    snapshots.withLock { snapshots in snapshots.map { $0 } }
  }

  /// How the control thread keeps its time.
  public var ticks: LoopTicks { loopTicks.withLock { $0 } }

  func publish(_ snapshot: WANSnapshot, wan: Int) {
    _ = snapshots.withLockIfAvailable { $0[wan] = snapshot }
  }

  func publish(_ ticks: LoopTicks) {
    _ = loopTicks.withLockIfAvailable { $0 = ticks }
  }
}

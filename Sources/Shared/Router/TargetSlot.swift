import Model
import Synchronization

/// The newest target of one queue, handed from one thread to another without a lock: the writer
/// never waits, and a reader that comes in its way finds nothing and comes again.
final class TargetSlot: Sendable {
  /// Even while the two values belong together; 0 before the first.
  private let version = Atomic<Int>(0)
  private let target = Atomic<Int64>(0)
  private let decidedAt = Atomic<Int64>(0)

  /// Called by one thread only.
  ///
  /// - Returns: false when the slot had this target already.
  func store(_ target: BitsPerSecond, decidedAt: MonotonicTime) -> Bool {
    let version = version.load(ordering: .relaxed)
    if version != 0, self.target.load(ordering: .relaxed) == target.rawValue { return false }
    self.version.store(version &+ 1, ordering: .relaxed)
    atomicMemoryFence(ordering: .acquiringAndReleasing)
    self.target.store(target.rawValue, ordering: .relaxed)
    self.decidedAt.store(decidedAt.rawValue, ordering: .relaxed)
    self.version.store(version &+ 2, ordering: .releasing)
    return true
  }

  /// - Parameter seen: the version that the caller has; becomes that of the result.
  /// - Returns: what was stored since; nil when there is nothing new, or when it is just being
  ///   stored.
  func load(since seen: inout Int) -> (target: BitsPerSecond, decidedAt: MonotonicTime)? {
    let before = version.load(ordering: .acquiring)
    guard before != seen, before & 1 == 0 else { return nil }
    let target = target.load(ordering: .relaxed)
    let decidedAt = decidedAt.load(ordering: .relaxed)
    atomicMemoryFence(ordering: .acquiringAndReleasing)
    guard version.load(ordering: .relaxed) == before else { return nil }
    seen = before
    return (BitsPerSecond(target), MonotonicTime(rawValue: decidedAt))
  }
}

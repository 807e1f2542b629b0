import CAllocationCount
import Glibc

/// What one operation costs on this thread.
struct Cost: Sendable {
  /// CPU time in nanoseconds: median, lowest and highest of the repeats.
  var median: Double
  var lowest: Double
  var highest: Double
  /// Calls of malloc and its kin, the fewest of the repeats.
  var allocations: Double

  /// Repeats `body` after one round of warming up. It does `operations` operations in each round
  /// and returns something that depends on all of them, so that none is optimised away.
  static func measure(
    repeats: Int = 15, operations: Int, _ body: () throws -> some Any
  ) rethrows -> Cost {
    var times: [Double] = []
    var allocations: [Double] = []
    times.reserveCapacity(repeats)
    allocations.reserveCapacity(repeats)
    for repetition in 0...repeats {
      let allocationsBefore = allocation_count()
      let before = threadNanoseconds()
      let result = try body()
      let after = threadNanoseconds()
      let allocated = allocation_count() - allocationsBefore
      withExtendedLifetime(result) {}
      guard repetition > 0 else { continue }
      times.append(Double(after - before) / Double(operations))
      allocations.append(Double(allocated) / Double(operations))
    }
    times.sort()
    return Cost(
      median: times[times.count / 2], lowest: times[0], highest: times[times.count - 1],
      allocations: allocations.min() ?? 0)
  }

  private static func threadNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

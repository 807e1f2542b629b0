import Model
import Platform
import Synchronization

/// The thread for answers that wait for a disk, one after the other.
final class DeferredWork: Sendable {
  private struct Queue {
    var jobs: [@Sendable () -> Void] = []
    var isStopped = false
    var isBusy = false
  }

  private let capacity: Int
  private let queue = Mutex(Queue())
  private let wakeUp: WakeUp

  init(capacity: Int) throws(SystemError) {
    self.capacity = capacity
    wakeUp = try WakeUp()
  }

  /// - Returns: false when too many wait already.
  func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
    let isTaken = queue.withLock { queue in
      guard !queue.isStopped, queue.jobs.count < capacity else { return false }
      queue.jobs.append(job)
      return true
    }
    if isTaken { wakeUp.notify() }
    return isTaken
  }

  /// Whether nothing waits and nothing is under way.
  var isIdle: Bool { queue.withLock { $0.jobs.isEmpty && !$0.isBusy } }

  /// The body of the thread.
  func run() {
    while true {
      let (job, isStopped) = queue.withLock { queue in
        queue.isBusy = !queue.jobs.isEmpty
        return (queue.jobs.isEmpty ? nil : queue.jobs.removeFirst(), queue.isStopped)
      }
      if let job {
        job()
      } else if isStopped {
        return
      } else {
        wakeUp.wait(upTo: nil)
      }
    }
  }

  /// Lets the thread end after what waits.
  func stop() {
    queue.withLock { $0.isStopped = true }
    wakeUp.notify()
  }
}

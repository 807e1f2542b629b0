import Model
import Platform
import Service
import Synchronization

/// Reads the state files of the loops again and again for their baselines, on a thread of its own:
/// a disk may hang.
final class BaselineWatcher: Sendable {
  /// What has changed.
  struct News: Sendable {
    /// 0 = the primary; else the index of the target plus 1.
    var line: Int
    var result: Result<PublishedBaseline, PublishedBaseline.Obstacle>
  }

  static let interval = Milliseconds(seconds: 1)

  /// By line; nil where there is none to be read.
  private let stateFiles: [String?]
  private let ring = EventRing<News>(capacity: 64)
  private let news: WakeUp
  private let work: WakeUp
  private let isStopping = Atomic<Bool>(false)

  init(stateFiles: [String?]) throws(SystemError) {
    self.stateFiles = stateFiles
    news = try WakeUp()
    work = try WakeUp()
  }

  /// For the control thread's poller: readable while there are news.
  var eventDescriptor: CInt { news.rawValue }

  /// The control thread's side: hands out what has changed, in order.
  func drain(_ body: (News) -> Void) {
    news.drain()
    while let element = ring.pop() { body(element) }
  }

  /// The thread's work. It ends at its next wake-up after `stop`; nobody waits for it, because a
  /// disk may hold it.
  func run() {
    var told: [Result<PublishedBaseline, PublishedBaseline.Obstacle>?] = Array(
      repeating: nil, count: stateFiles.count)
    while !isStopping.load(ordering: .acquiring) {
      for (line, path) in stateFiles.enumerated() {
        guard let path else { continue }
        let result = Self.read(path)
        guard result != told[line] else { continue }
        told[line] = result
        ring.push(News(line: line, result: result))
        news.notify()
      }
      work.wait(upTo: Self.interval)
    }
  }

  func stop() {
    isStopping.store(true, ordering: .releasing)
    work.notify()
  }

  private static func read(
    _ path: String
  ) -> Result<PublishedBaseline, PublishedBaseline.Obstacle> {
    do throws(PublishedBaseline.Obstacle) {
      return .success(try PublishedBaseline.read(stateFile: path))
    } catch {
      return .failure(error)
    }
  }
}

import LineModel
import Model
import Synchronization

/// The line in real time, shared by the thread that answers packets and the one that asks the
/// router for its limits.
final class SharedLine: Sendable {
  private let line: Mutex<Line>
  private let start: Int64

  init(_ line: Line, start: Int64) {
    self.line = Mutex(line)
    self.start = start
  }

  /// Brings the line to `now` and hands it out.
  func at<Result: Sendable>(_ now: Int64, _ body: (inout Line) -> Result) -> Result {
    line.withLock { line in
      line.advance(to: Milliseconds(nanoseconds: now - start))
      return body(&line)
    }
  }
}

import Synchronization

/// One client that listens to events: bytes go in as they come up, and out as the client takes them.
///
/// A client that does not keep up is cut off: when it comes back it gets the whole picture, and here
/// no backlog grows.
final class EventStream: Sendable {
  /// What the server's thread is to do next.
  enum Next {
    case bytes(Int)
    case sleep
    case end
  }

  /// More than a first picture needs.
  static let capacity = 1 << 19

  private struct State {
    var pending: [UInt8] = []
    var sent = 0
    var isSleeping = false
    var hasEnded = false
  }

  private let state = Mutex(State())
  let headers = [
    HTTPResponse.Header(name: "Content-Type", value: "text/event-stream; charset=utf-8"),
    HTTPResponse.Header(name: "X-Accel-Buffering", value: "no"),
  ]

  /// Adds an event.
  ///
  /// - Parameter wake: called when the connection sleeps; never at the same time as another one.
  /// - Returns: false when the client does not keep up, and its stream ends.
  @discardableResult
  func send(_ event: [UInt8], wake: () -> Void = {}) -> Bool {
    state.withLock { state in
      guard !state.hasEnded else { return false }
      let waiting = state.pending.count - state.sent
      guard waiting + event.count <= Self.capacity else {
        state.hasEnded = true
        return false
      }
      if state.sent > 0, state.sent == state.pending.count {
        state.pending.removeAll(keepingCapacity: state.sent < 65_536)
        state.sent = 0
      }
      state.pending.append(contentsOf: event)
      if state.isSleeping {
        state.isSleeping = false
        wake()
      }
      return true
    }
  }

  /// Lets the answer end after what waits.
  func finish(wake: () -> Void) {
    state.withLock { state in
      state.hasEnded = true
      if state.isSleeping {
        state.isSleeping = false
        wake()
      }
    }
  }

  /// For the server's thread: copies what waits.
  ///
  /// - Parameter sleep: called when nothing does, before anybody can wake the connection.
  func take(into buffer: UnsafeMutableRawBufferPointer, sleep: () -> Void) -> Next {
    state.withLock { state in
      let count = min(buffer.count, state.pending.count - state.sent)
      if count > 0 {
        state.pending.withUnsafeBytes {
          buffer.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: $0[state.sent..<(state.sent + count)]))
        }
        state.sent += count
        return .bytes(count)
      }
      if state.hasEnded { return .end }
      state.isSleeping = true
      sleep()
      return .sleep
    }
  }
}

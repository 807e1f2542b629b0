import CPlatform
import Glibc

/// A thread of the operating system, for work that may block. No executor, no queue.
public final class Thread: Sendable {
  private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  private let handle: pthread_t

  /// Starts at once.
  ///
  /// - Parameters:
  ///   - name: as `top -H` shows it; cut after 15 bytes.
  ///   - body: what it does; the thread ends when it returns.
  public init(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    var handle = pthread_t()
    let code = pthread_create(
      &handle, nil,
      { pointer in
        guard let pointer else { return nil }
        let start = Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue()
        _ = String(start.name.prefix(15)).withCString { wanctl_name_thread($0) }
        start.body()
        return nil
      }, start.toOpaque())
    guard code == 0 else {
      start.release()
      throw SystemError("pthread_create", code: code)
    }
    self.handle = handle
  }

  /// Waits until the thread has ended. Once only, and not after `detach`.
  public func join() { pthread_join(handle, nil) }

  /// Lets the thread end whenever it does: nobody will join it. Once only.
  public func detach() { pthread_detach(handle) }
}

import CPlatform
import Glibc
public import Model

/// The one wait of a thread: `epoll`, level-triggered, with a buffer that is reused.
public final class Poller {
  /// A descriptor that is ready.
  public struct Ready: Sendable {
    /// What `add` was told.
    public var token: UInt64
    /// Reading it will not block; also set when the other side is gone.
    public var isReadable: Bool
    public var isWritable: Bool
    /// There is an error to be read off it (`EPOLLERR`, `EPOLLHUP`).
    public var hasError: Bool
  }

  /// What is waited for.
  public struct Interest: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let read = Interest(rawValue: EPOLLIN.rawValue)
    public static let write = Interest(rawValue: EPOLLOUT.rawValue)
  }

  private let epoll: FileDescriptor
  private let events: UnsafeMutableBufferPointer<epoll_event>

  /// - Parameter capacity: how many descriptors one wait can report; more are reported by the next.
  public init(capacity: Int = 64) throws(SystemError) {
    epoll = FileDescriptor(
      owning: try systemCall("epoll_create1") { epoll_create1(CInt(EPOLL_CLOEXEC)) })
    events = .allocate(capacity: capacity)
    events.initialize(repeating: epoll_event())
  }

  deinit { events.deallocate() }

  /// Waits for a descriptor from now on; closing it ends that.
  public func add(
    _ descriptor: CInt, token: UInt64, interest: Interest = .read
  ) throws(SystemError) {
    try control(EPOLL_CTL_ADD, descriptor, token: token, interest: interest)
  }

  /// As `add`, but a descriptor that is waited for already stays as it is.
  public func addIfNew(_ descriptor: CInt, token: UInt64) throws(SystemError) {
    do throws(SystemError) {
      try add(descriptor, token: token)
    } catch {
      guard error.code == EEXIST else { throw error }
    }
  }

  public func modify(
    _ descriptor: CInt, token: UInt64, interest: Interest
  ) throws(SystemError) {
    try control(EPOLL_CTL_MOD, descriptor, token: token, interest: interest)
  }

  public func remove(_ descriptor: CInt) throws(SystemError) {
    try control(EPOLL_CTL_DEL, descriptor, token: 0, interest: [])
  }

  /// Waits until something is ready or the time is up.
  ///
  /// - Parameter patience: nil = for ever. The kernel counts in milliseconds; what is less is
  ///   rounded up, so that a deadline has passed when the wait ends.
  /// - Returns: how many descriptors are ready; `subscript` tells of each.
  public func wait(upTo patience: Milliseconds?) throws(SystemError) -> Int {
    let timeout: CInt =
      if let patience {
        CInt(min(max(patience.rawValue, 0).rounded(.up), Double(CInt.max)))
      } else {
        -1
      }
    // A signal ends the wait early; the caller looks at its clock in any case.
    let count = epoll_wait(epoll.rawValue, events.baseAddress, CInt(events.count), timeout)
    if count >= 0 { return Int(count) }
    let code = errno
    if code == EINTR { return 0 }
    throw SystemError("epoll_wait", code: code)
  }

  /// One of the descriptors that the last wait found ready.
  public subscript(index: Int) -> Ready {
    let event = events[index]
    let failure = EPOLLERR.rawValue | EPOLLHUP.rawValue
    return Ready(
      token: event.data.u64,
      isReadable: event.events & (EPOLLIN.rawValue | failure) != 0,
      isWritable: event.events & EPOLLOUT.rawValue != 0,
      hasError: event.events & failure != 0)
  }

  private func control(
    _ operation: CInt, _ descriptor: CInt, token: UInt64, interest: Interest
  ) throws(SystemError) {
    var event = epoll_event()
    event.events = interest.rawValue
    event.data.u64 = token
    try systemCall("epoll_ctl") { epoll_ctl(epoll.rawValue, operation, descriptor, &event) }
  }
}

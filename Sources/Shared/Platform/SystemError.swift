import Glibc

/// A system call that failed: which one, and the kernel's reason.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The call's C name, with what it was about where that helps: `open /run/wanctl/wan1.lock`.
  public var call: String
  /// `errno` after the call.
  public var code: CInt

  public init(_ call: String, code: CInt) {
    self.call = call
    self.code = code
  }

  /// `sendto: Network is unreachable (errno 101)`.
  public var description: String { "\(call): \(reason) (errno \(code))" }

  /// The kernel's reason alone.
  public var reason: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
      guard let base = buffer.baseAddress, strerror_r(code, base, buffer.count) == 0 else {
        return "unknown error"
      }
      return String(cString: base)
    }
  }
}

/// Makes a system call: the only place that knows of EINTR, and that turns -1 into an error.
///
/// - Parameter name: the call's C name; more may follow, it is only read when the call fails.
@discardableResult
public func systemCall<Result: SignedInteger>(
  _ name: @autoclosure () -> String, _ body: () -> Result
) throws(SystemError) -> Result {
  while true {
    let result = body()
    if result != -1 { return result }
    let code = errno
    if code != EINTR { throw SystemError(name(), code: code) }
  }
}

/// As `systemCall`, for a descriptor that does not block: nil when there is nothing to do now.
public func nonBlockingCall<Result: SignedInteger>(
  _ name: @autoclosure () -> String, _ body: () -> Result
) throws(SystemError) -> Result? {
  while true {
    let result = body()
    if result != -1 { return result }
    let code = errno
    if code == EAGAIN || code == EWOULDBLOCK { return nil }
    if code != EINTR { throw SystemError(name(), code: code) }
  }
}

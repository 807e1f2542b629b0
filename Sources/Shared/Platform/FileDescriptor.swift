import Glibc

/// A descriptor that is ours: it is closed when its owner goes.
public struct FileDescriptor: ~Copyable, Sendable {
  public let rawValue: CInt

  /// Takes over an open descriptor.
  public init(owning rawValue: CInt) {
    self.rawValue = rawValue
  }

  deinit {
    // Linux frees the descriptor even when close reports an error; trying again could hit another.
    close(rawValue)
  }
}

/// Writes all of `bytes`, however many calls that takes.
///
/// - Parameter name: what an error names.
/// - Returns: how many bytes that were.
@discardableResult
public func writeAll(
  _ bytes: UnsafeBufferPointer<UInt8>, to descriptor: CInt,
  name: @autoclosure () -> String = "write"
) throws(SystemError) -> Int {
  var written = 0
  while written < bytes.count {
    written += try systemCall(name()) {
      write(descriptor, bytes.baseAddress! + written, bytes.count - written)
    }
  }
  return written
}

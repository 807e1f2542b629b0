import Glibc

/// Reads lines from a descriptor as they come: a partial line waits for its end, a whole one is
/// handed out at once, so that a pipeline decides without delay.
public struct LineReader: ~Copyable {
  /// A line longer than this is handed out in pieces of this size: it is no record of ours, and
  /// memory stays bounded.
  public static let maximumLineBytes = (1 << 20) + 1

  private let descriptor: Int32
  private var pending: [UInt8] = []
  private var chunk = [UInt8](repeating: 0, count: 1 << 16)

  /// - Parameter descriptor: is only read, and closed by whoever opened it.
  public init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Reads once and hands out the lines that are complete, without their line ends.
  ///
  /// - Returns: false at the end of the input; a last line without its end was handed out then.
  public mutating func read(
    _ body: (ArraySlice<UInt8>) -> Void
  ) throws(SystemError) -> Bool {
    let count = try systemCall("read") { Glibc.read(descriptor, &chunk, chunk.count) }
    guard count > 0 else {
      if !pending.isEmpty { body(pending[...]) }
      pending.removeAll()
      return false
    }
    var rest = chunk[..<count]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      if pending.isEmpty {
        body(rest[..<end])
      } else {
        pending += rest[..<end]
        body(pending[...])
        pending.removeAll(keepingCapacity: true)
      }
      rest = rest[(end + 1)...]
    }
    pending += rest
    if pending.count >= Self.maximumLineBytes {
      body(pending[...])
      pending.removeAll()
    }
    return true
  }
}

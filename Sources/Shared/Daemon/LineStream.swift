import Glibc
import Model
import Platform

/// Takes lines from a descriptor and writes what is made of them to another one.
public struct LineStream: ~Copyable {
  /// When output leaves.
  public enum Flushing: Sendable {
    /// After each read of the input, for a pipeline that acts on it.
    case eachRead
    /// When there is much, for a file.
    case whenFull
  }

  private static let fullBytes = 1 << 16

  private let output: CInt
  private var json = JSONWriter(reserving: 2 * fullBytes)
  /// Lines that were not understood.
  private(set) var issues = 0

  init(output: CInt) { self.output = output }

  /// Works until the end of the input.
  ///
  /// - Parameters:
  ///   - remark: told of each line that is not understood; the next one is taken all the same.
  ///   - take: makes output of one line.
  mutating func run(
    on input: CInt, flushing: Flushing, remark: (ReplayIssue) -> Void,
    take: (ArraySlice<UInt8>, inout JSONWriter) throws(ReplayIssue) -> Void
  ) throws(SystemError) {
    var lines = LineReader(descriptor: input)
    var isOpen = true
    while isOpen {
      isOpen = try lines.read { line in
        do throws(ReplayIssue) {
          try take(line, &json)
        } catch {
          issues += 1
          remark(error)
        }
      }
      if flushing == .eachRead || !isOpen || json.count >= Self.fullBytes { try flush() }
    }
  }

  private mutating func flush() throws(SystemError) {
    let output = output
    _ = try json.withBytes { bytes throws(SystemError) in try writeAll(bytes, to: output) }
    json.removeAll()
  }
}

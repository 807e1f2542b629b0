import Glibc
public import Model
public import Platform

/// Lines of samples in, lines of decisions out: what `replay` and `decide` do.
public struct DecisionStream: ~Copyable {
  /// When decisions leave.
  public enum Flushing: Sendable {
    /// After each read of the input, for a pipeline that acts on them.
    case eachRead
    /// When there are many, for a file.
    case whenFull
  }

  private static let fullBytes = 1 << 16

  private var replay: Replay
  private let wan: String
  private let verbose: Bool
  private let output: CInt
  private var json = JSONWriter(reserving: 2 * fullBytes)
  /// Lines that were not understood.
  public private(set) var issues = 0

  /// - Parameters:
  ///   - state: what a state file restores; nil = begin fresh.
  ///   - verbose: whether decisions tell the streaks.
  ///   - output: where the decisions go.
  public init(
    settings: LoopSettings, restoring state: LoopState?, verbose: Bool,
    output: CInt = 1
  ) {
    replay = Replay(settings, restoring: state)
    wan = settings.wan.text
    self.verbose = verbose
    self.output = output
  }

  /// Works until the end of the input.
  ///
  /// - Parameter remark: told of each line that is not understood; the next one is taken all the
  ///   same.
  public mutating func run(
    on input: CInt, flushing: Flushing, remark: (ReplayIssue) -> Void
  ) throws(SystemError) {
    var lines = LineReader(descriptor: input)
    var isOpen = true
    while isOpen {
      isOpen = try lines.read { line in
        do throws(ReplayIssue) {
          try replay.take(line: line) { decision in
            DecisionRecord(decision, wan: wan, verbose: verbose).write(to: &json)
            json.newline()
          }
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

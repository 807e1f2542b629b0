public import Model
public import Platform

/// Lines of samples in, lines of decisions out: what `replay` and `decide` do.
public struct DecisionStream: ~Copyable {
  private var replay: Replay
  private let wan: String
  private let verbose: Bool
  private var lines: LineStream
  /// Lines that were not understood.
  public var issues: Int { lines.issues }

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
    lines = LineStream(output: output)
  }

  /// Works until the end of the input.
  ///
  /// - Parameter remark: told of each line that is not understood; the next one is taken all the
  ///   same.
  public mutating func run(
    on input: CInt, flushing: LineStream.Flushing, remark: (ReplayIssue) -> Void
  ) throws(SystemError) {
    try lines.run(on: input, flushing: flushing, remark: remark) {
      (line, json) throws(ReplayIssue) in
      try replay.take(line: line) { decision in
        DecisionRecord(decision, wan: wan, verbose: verbose).write(to: &json)
        json.newline()
      }
    }
  }
}

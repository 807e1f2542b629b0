import Control
public import Model
public import Platform

/// Decides on recorded cycles of steering, in their own time: the work of `wanctl-steer replay`.
///
/// One line in, one decision out. Commands to the router end as the line says, at once.
public struct SteeringReplay: Sendable {
  private let settings: SteeringControlSettings
  private var controller: SteeringController
  private var previous: UnixTime?
  private var lines = 0

  /// - Parameter state: what a state file restores; nil = begin fresh.
  public init(_ settings: SteeringControlSettings, restoring state: SteeringState? = nil) {
    self.settings = settings
    controller = SteeringController(settings, restoring: state, countsFirstReading: true)
  }

  /// Takes one line without its line end; an empty one says nothing and decides nothing.
  ///
  /// - Throws: what is wrong with the line; the next line can be taken all the same.
  public mutating func take(
    line: some Collection<UInt8>
  ) throws(ReplayIssue) -> SteeringDecision? {
    lines += 1
    if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { return nil }
    do {
      return step(try SteeringLine(line))
    } catch {
      throw ReplayIssue(line: lines, message: error.message)
    }
  }

  private mutating func step(_ line: SteeringLine) -> SteeringDecision {
    let time = line.time ?? previous.map { $0 + settings.interval } ?? UnixTime(microseconds: 0)
    // Nobody probed in a gap: it says nothing of the line.
    let gap = max(settings.interval.rawValue * 3, settings.deadAfter.rawValue)
    if let previous, (time - previous).rawValue > gap { controller.noteInterruption(at: time) }
    previous = time
    controller.noteProbe(answered: line.primary.rtt != nil, at: time)
    let input = SteeringInput(
      primary: line.primary, targets: settings.targets.map { line.targets[$0.name] })
    let decision = controller.step(input, at: time)
    guard decision.action != nil else { return decision }
    return controller.ruleCommandEnded(succeeded: line.ruleSucceeds, at: time)
  }
}

/// Lines of cycles in, `steer` records out.
public struct SteeringStream: ~Copyable {
  private var replay: SteeringReplay
  private let settings: SteeringControlSettings
  private var lines: LineStream
  /// Lines that were not understood.
  public var issues: Int { lines.issues }

  /// - Parameters:
  ///   - state: what a state file restores; nil = begin fresh.
  ///   - output: where the records go.
  public init(
    settings: SteeringControlSettings, restoring state: SteeringState?, output: CInt = 1
  ) {
    replay = SteeringReplay(settings, restoring: state)
    self.settings = settings
    lines = LineStream(output: output)
  }

  /// Works until the end of the input.
  ///
  /// - Parameter remark: told of each line that is not understood; the next one is taken all the
  ///   same.
  public mutating func run(
    on input: CInt, remark: (ReplayIssue) -> Void
  ) throws(SystemError) {
    try lines.run(on: input, flushing: .whenFull, remark: remark) {
      (line, json) throws(ReplayIssue) in
      guard let decision = try replay.take(line: line) else { return }
      SteerRecord(decision, settings: settings).write(to: &json)
      json.newline()
    }
  }
}

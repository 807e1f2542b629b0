import Control
import Model
import Router

/// What steering decides by: answers, baselines, readings of queues and the ends of commands go in,
/// decisions and orders come out.
///
/// The same engine serves the daemon and steering within the loop, in the time of what it is told;
/// that is why they decide the same. It holds no thread, socket or file.
struct SteeringEngine: Sendable {
  /// What is to be done, in order.
  enum Effect: Sendable, Equatable {
    /// A reading of the queues is wanted; `take(queue:)` brings it.
    case readQueues
    /// A cycle is complete.
    case cycle(SteeringDecision)
    /// Something was decided between two cycles.
    case decision(SteeringDecision)
    /// The router shall do this; `actionEnded` tells how it ended.
    case act(SteeringAction)
    /// The decision that asked for an action, with how that ended.
    case ended(SteeringDecision)
    /// The state follows the rules as the router has them.
    case adopted(target: Int?, SteeringDecision)
    /// These rules are on beside the one in use.
    case disable([Int])
  }

  /// A state file of the loop that is older says nothing of now. A running original may write only
  /// once a minute.
  static let baselineMaximumAge = Milliseconds(seconds: 90)
  /// A cycle waits so long for its reading of the queue, or for an interval where that is longer.
  static let readingPatience = Milliseconds(seconds: 1)

  private(set) var controller: SteeringController
  private(set) var lines: [LineFeed]
  private(set) var missedCycles = 0
  /// Nothing answered in the last cycle: the RTT before stood in.
  private(set) var isReplayed = false
  /// False while no reading is to be had: cycles do not wait for one then.
  var isRouterReachable = true
  /// When the cycle under way began; it waits for its reading.
  private var openSince: UnixTime?
  private var isReadingOrdered = false
  /// A reading that came when no cycle waited for it.
  private var isReadingSpare = false
  /// The controller has been asked what to do about a primary that died.
  private var hasReacted = false

  /// - Parameters:
  ///   - windows: one per line, that of the primary first; nil where nothing is measured.
  init(
    _ settings: SteeringControlSettings, windows: [AnswerWindow?],
    restoring state: SteeringState? = nil
  ) {
    controller = SteeringController(settings, restoring: state)
    lines = windows.map { LineFeed(window: $0) }
  }

  var settings: SteeringControlSettings { controller.settings }

  /// When `advance` is to be called if nothing comes.
  var nextDeadline: UnixTime? {
    let patience = openSince.map { $0 + readingPatience }
    return [patience, controller.deathDeadline].compactMap { $0 }.min()
  }

  private var readingPatience: Milliseconds { max(Self.readingPatience, settings.interval) }

  // MARK: - Time

  /// A cycle is due.
  mutating func tick(at time: UnixTime, tell: (Effect) -> Void) {
    advance(to: time, tell: tell)
    guard openSince == nil else {
      missedCycles += 1
      return
    }
    openSince = time
    guard settings.isCAKEAware, isRouterReachable, !isReadingSpare else {
      return complete(at: time, tell: tell)
    }
    guard !isReadingOrdered else { return }
    isReadingOrdered = true
    tell(.readQueues)
  }

  /// Does what is due by `time`.
  mutating func advance(to time: UnixTime, tell: (Effect) -> Void) {
    // At once and not with the next cycle, but once: what does not work is tried again by cycles.
    let reaction = hasReacted ? nil : controller.react(at: time)
    hasReacted = controller.isPrimaryDead
    if let reaction { decided(reaction, isCycle: false, tell: tell) }
    if let since = openSince, time - since >= readingPatience { complete(at: time, tell: tell) }
  }

  private mutating func complete(at time: UnixTime, tell: (Effect) -> Void) {
    openSince = nil
    isReadingSpare = false
    var input = SteeringInput(
      primary: lines[0].sample(at: time), isBaselineStale: isBaselineStale(at: time))
    isReplayed = input.primary.rtt == nil
    lines[0].queue = nil
    if hasMeasuredTargets {
      for index in lines.indices.dropFirst() { input.targets.append(targetSample(index, at: time)) }
    }
    decided(controller.step(input, at: time), isCycle: true, tell: tell)
  }

  private var hasMeasuredTargets: Bool { lines.dropFirst().contains(where: \.isMeasured) }

  private mutating func targetSample(_ index: Int, at time: UnixTime) -> LineSample? {
    // Of a target whose loop is dead nobody knows what is normal.
    guard lines[index].isMeasured, !lines[index].isStale(at: time) else { return nil }
    return lines[index].sample(at: time)
  }

  private func decided(_ decision: SteeringDecision, isCycle: Bool, tell: (Effect) -> Void) {
    tell(isCycle ? .cycle(decision) : .decision(decision))
    if let action = decision.action { tell(.act(action)) }
  }

  /// Whether the primary's loop has told nothing for so long that nobody knows what is normal.
  func isBaselineStale(at time: UnixTime) -> Bool { lines[0].isStale(at: time) }

  /// This process was not on time: what it lost meanwhile says nothing of the line.
  mutating func noteInterruption(at time: UnixTime) { controller.noteInterruption(at: time) }

  /// The clock was set, and what was measured by it before cannot be compared.
  mutating func restart(at time: UnixTime) {
    for index in lines.indices { lines[index].window?.clear() }
    openSince = nil
    controller.noteInterruption(at: time)
  }

  // MARK: - What is measured

  /// A probe was answered.
  ///
  /// - Parameter line: 0 = the primary; else the index of the target plus 1.
  mutating func take(
    answer rtt: Milliseconds, of line: Int, at time: UnixTime, tell: (Effect) -> Void
  ) {
    guard lines.indices.contains(line) else { return }
    if line == 0 { controller.noteProbe(answered: true, at: time) }
    lines[line].window?.add(rtt, at: time)
    lines[line].lastAnswer = time
    lines[line].answers += 1
    advance(to: time, tell: tell)
  }

  /// A probe was lost.
  mutating func take(lossOf line: Int, at time: UnixTime, tell: (Effect) -> Void) {
    guard lines.indices.contains(line) else { return }
    if line == 0 { controller.noteProbe(answered: false, at: time) }
    lines[line].losses += 1
    advance(to: time, tell: tell)
  }

  /// What a loop told of its line.
  ///
  /// - Parameter writtenAt: when it did.
  mutating func take(baseline: Milliseconds, writtenAt: UnixTime, of line: Int) {
    guard lines.indices.contains(line) else { return }
    lines[line].baseline = baseline
    lines[line].baselineWrittenAt = writtenAt
  }

  /// A reading of a line's queue has ended; nil when it failed. That of the primary completes the
  /// cycle that waits for it, so that those of the targets come first.
  mutating func take(
    queue: QueueReading?, of line: Int, at time: UnixTime, tell: (Effect) -> Void
  ) {
    guard lines.indices.contains(line) else { return }
    lines[line].queue = queue
    guard line == 0 else { return }
    isReadingOrdered = false
    guard openSince != nil else {
      isReadingSpare = true
      return
    }
    complete(at: time, tell: tell)
  }

  // MARK: - What the router does

  mutating func actionEnded(succeeded: Bool, at time: UnixTime, tell: (Effect) -> Void) {
    tell(.ended(controller.ruleCommandEnded(succeeded: succeeded, at: time)))
  }

  /// The rules as the router has them, in the order of the targets.
  ///
  /// The router is right: a crash between a command and the saving of the state, or a hand at the
  /// router, is followed. A rule that is missing or has a twin says nothing, and is left alone. Of
  /// several that are on that of the target in use stays on, else the first.
  mutating func take(rules: [RuleStatus], at time: UnixTime, tell: (Effect) -> Void) {
    // The end of the action will tell.
    guard !controller.isActing else { return }
    let active = controller.isDegraded ? controller.decision.target : nil
    let enabled = rules.indices.filter { rules[$0] == .enabled }
    guard let first = enabled.first else {
      if let active, rules.indices.contains(active), rules[active] == .disabled {
        adopt(nil, at: time, tell: tell)
      }
      return
    }
    let kept = active.flatMap { enabled.contains($0) ? $0 : nil } ?? first
    if kept != active { adopt(kept, at: time, tell: tell) }
    let others = enabled.filter { $0 != kept }
    if !others.isEmpty { tell(.disable(others)) }
  }

  private mutating func adopt(_ target: Int?, at time: UnixTime, tell: (Effect) -> Void) {
    controller.adopt(target: target, at: time)
    tell(.adopted(target: target, controller.decision))
  }

  /// Goes on under other settings; the state stays. Not while an action is under way.
  mutating func replaceSettings(
    _ settings: SteeringControlSettings, windows: [AnswerWindow?]
  ) {
    controller.replaceSettings(settings)
    for (line, window) in zip(lines.indices, windows) { lines[line].window = window }
  }
}

/// What has come in of one WAN's line.
struct LineFeed: Sendable {
  /// nil where nothing is measured.
  var window: AnswerWindow?
  var baseline: Milliseconds?
  var baselineWrittenAt: UnixTime?
  var queue: QueueReading?
  var lastAnswer: UnixTime?
  var answers = 0
  var losses = 0

  init(window: AnswerWindow?) { self.window = window }

  var isMeasured: Bool { window != nil }

  func isStale(at time: UnixTime) -> Bool {
    guard let baselineWrittenAt else { return true }
    return time - baselineWrittenAt > SteeringEngine.baselineMaximumAge
  }

  /// What a cycle goes by.
  mutating func sample(at time: UnixTime) -> LineSample {
    LineSample(baseline: baseline, rtt: window?.median(at: time), queue: queue)
  }
}

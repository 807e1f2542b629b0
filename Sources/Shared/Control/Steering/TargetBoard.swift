import Model

/// The WANs that can be steered to, and which of them is the best.
///
/// A target that nothing measures is always good enough, with a score of 0: with one such target,
/// the configuration of the original, this decides nothing.
struct TargetBoard: Sendable {
  /// What stands for the score of a target of which nothing is known.
  private static let unknownScore = 100

  fileprivate struct Entry: Sendable {
    var name: String
    /// nil when nothing measures it.
    var line: LineTracker?
    /// When its measurement was last complete.
    var completeAt: UnixTime?
    var score = 0
  }

  private var entries: [Entry]
  private var selection: SteeringControlSettings.Selection
  /// How long another target must be better, as long as a score must be high.
  private var sustain: Milliseconds
  private var challenger: (target: Int, since: UnixTime)?

  init(
    _ settings: SteeringControlSettings, countsFirstReading: Bool, restoring state: SteeringState?
  ) {
    selection = settings.selection
    sustain = Milliseconds(seconds: settings.confidence?.sustainSeconds ?? 2)
    entries = settings.targets.map { target in
      let line = target.thresholds.map { thresholds in
        LineTracker(
          thresholds: thresholds, usesQueue: settings.isCAKEAware && target.hasQueue,
          historySize: settings.historySize, countsFirstReading: countsFirstReading,
          restoring: state?.targets[target.name] ?? SteeringState.Line())
      }
      return Entry(name: target.name, line: line)
    }
  }

  mutating func take(_ samples: [LineSample?], at time: UnixTime) {
    for (index, sample) in zip(entries.indices, samples) {
      guard let sample else { continue }
      entries[index].take(sample, at: time)
    }
  }

  func name(_ target: Int) -> String? {
    entries.indices.contains(target) ? entries[target].name : nil
  }

  func index(of name: String?) -> Int? { entries.firstIndex { $0.name == name } }

  /// 0...100, higher = worse; nil when nothing is known of it.
  func score(_ target: Int, at time: UnixTime) -> Int? {
    guard entries.indices.contains(target) else { return nil }
    let entry = entries[target]
    guard entry.line != nil else { return 0 }
    guard let complete = entry.completeAt, time - complete <= selection.staleAfter else {
      return nil
    }
    return entry.score
  }

  func describe(_ target: Int, at time: UnixTime) -> SteeringSnapshot.Target {
    guard entries.indices.contains(target) else { return SteeringSnapshot.Target() }
    let line = entries[target].line
    return SteeringSnapshot.Target(
      rtt: line?.rtt, baseline: line?.baseline, delta: line?.delta, assessment: line?.zone,
      score: score(target, at: time))
  }

  private func isEligible(_ target: Int, at time: UnixTime) -> Bool {
    guard let score = score(target, at: time) else { return false }
    return entries[target].line?.isRED != true && Double(score) <= selection.maximumTargetScore
  }

  /// The eligible target with the lowest score, of equal ones the first; nil when there is none.
  func best(at time: UnixTime) -> Int? {
    lowest(at: time) { isEligible($0, at: time) }
  }

  /// What to steer to when the primary is dead: any target that answers is better than that, and
  /// one of which nothing is known may be.
  func bestOfAny(at time: UnixTime) -> Int? {
    best(at: time) ?? lowest(at: time) { _ in true }
  }

  private func lowest(at time: UnixTime, where isWanted: (Int) -> Bool) -> Int? {
    var best: (target: Int, score: Int)?
    for target in entries.indices where isWanted(target) {
      let score = score(target, at: time) ?? Self.unknownScore
      if best.map({ score < $0.score }) ?? true { best = (target, score) }
    }
    return best?.target
  }

  /// The target to move to, when one has been better by the minimum advantage for long enough.
  mutating func better(than current: Int, since: UnixTime, at time: UnixTime) -> Int? {
    let score = score(current, at: time) ?? Self.unknownScore
    guard let candidate = best(at: time), candidate != current,
      let candidateScore = self.score(candidate, at: time),
      Double(score - candidateScore) >= selection.minimumAdvantage
    else {
      challenger = nil
      return nil
    }
    if challenger?.target != candidate { challenger = (candidate, time) }
    guard let challenger, time - challenger.since >= sustain,
      time - since >= selection.minimumDwell
    else { return nil }
    return candidate
  }

  /// Another target is in use, or none.
  mutating func restartComparison() { challenger = nil }

  var states: [String: SteeringState.Line] {
    var states: [String: SteeringState.Line] = [:]
    for entry in entries {
      if let line = entry.line { states[entry.name] = line.state }
    }
    return states
  }
}

extension TargetBoard.Entry {
  fileprivate mutating func take(_ sample: LineSample, at time: UnixTime) {
    guard var line else { return }
    // Moved out, so that its histories are not copied.
    self.line = nil
    line.noteBaseline(sample.baseline)
    line.noteQueue(sample.queue)
    let isMeasured = line.noteRTT(sample.rtt)
    if isMeasured {
      if line.usesQueue { line.assess() }
      score = line.signals.score.value
      line.endCycle()
    }
    let answered = sample.rtt?.rawValue.isFinite == true
    if isMeasured, answered, !line.usesQueue || line.readFailures == 0 { completeAt = time }
    self.line = line
  }
}

extension LineTracker {
  /// RED, or what stands for it where the queue is not read.
  fileprivate var isRED: Bool {
    usesQueue ? zone == .red : (delta ?? .zero).rawValue > thresholds.bad.value
  }
}

import Model

/// Tells whether a line answers at all: the one thing that must not wait for samples to be counted.
///
/// It is dead when nothing has answered for the configured time and three probes in a row were
/// lost. It is alive again when answers have come for the same time without as many losses.
struct PrimaryLiveness: Sendable {
  /// Fewer can be lost on a line that is merely full.
  static let lossesOfDeath = 3

  /// Zero = never dead.
  var deadAfter: Milliseconds
  private(set) var isDead = false
  private var heard: UnixTime?
  private var lostInRow = 0
  /// The first of the answers that came without three losses between them.
  private var answeringSince: UnixTime?

  init(deadAfter: Milliseconds) { self.deadAfter = deadAfter }

  mutating func answered(at time: UnixTime) {
    heard = max(heard ?? time, time)
    lostInRow = 0
    let since = answeringSince ?? time
    answeringSince = since
    if isDead, time - since >= deadAfter { isDead = false }
  }

  mutating func lost(at time: UnixTime) {
    if heard == nil { heard = time }
    lostInRow = lostInRow.counted
    if lostInRow >= Self.lossesOfDeath { answeringSince = nil }
    check(at: time)
  }

  /// This process was not on time: what was lost meanwhile says nothing of the line.
  mutating func interrupted(at time: UnixTime) {
    heard = time
    lostInRow = 0
    answeringSince = nil
  }

  /// Time has come this far without an answer.
  mutating func check(at time: UnixTime) {
    guard deadAfter > .zero, lostInRow >= Self.lossesOfDeath, let heard,
      time - heard >= deadAfter
    else { return }
    isDead = true
  }

  /// When the line is dead if nothing answers till then; nil while too few probes are lost.
  var deadline: UnixTime? {
    guard deadAfter > .zero, !isDead, lostInRow >= Self.lossesOfDeath else { return nil }
    return heard.map { $0 + deadAfter }
  }
}

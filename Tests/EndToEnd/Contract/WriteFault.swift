import Model

/// Something that goes wrong while a limit is written, and what is to come of it.
struct WriteFault: Sendable {
  enum Preparation: Sendable {
    /// The connection is closed before.
    case loggedOut
    /// Operations end after a second over REST, after two over SSH.
    case hurried
  }

  /// What an operation failed with, if it did.
  struct Reaction: Sendable, Equatable {
    var failure: RouterFailure.Class?
    var outcome = RouterFailure.Outcome.notDone
    /// How long the router is left alone where there is no other way.
    var pause = Milliseconds.zero
    /// Whether the next request comes over another connection.
    var isReconnected = false
    /// What the router was asked where there is no other way.
    var alone = ""
    /// The same where there is one. It is not used when it says what `alone` does.
    var together = ""
  }

  /// As in docs/routersim.md.
  var id: String
  var way: Transport
  var injected: String
  /// `match`, `count` and `args` of the fault, as the control port takes them.
  var fault: String
  var preparation: Preparation?
  var expected: Reaction

  /// Somebody notices it.
  init(
    _ id: String, _ way: Transport, _ injected: String, _ fault: String = "",
    after preparation: Preparation? = nil,
    _ failure: RouterFailure.Class, _ outcome: RouterFailure.Outcome, pause: Double = 0,
    reconnects: Bool, alone: String, together: String? = nil
  ) {
    self.id = id
    self.way = way
    self.injected = injected
    self.fault = fault
    self.preparation = preparation
    expected = Reaction(
      failure: failure, outcome: outcome, pause: Milliseconds(seconds: pause),
      isReconnected: reconnects, alone: alone, together: together ?? alone)
  }

  /// Nobody notices it.
  init(
    _ id: String, _ way: Transport, _ injected: String, _ fault: String = "",
    after preparation: Preparation? = nil, reconnects: Bool = false, unnoticed trace: String
  ) {
    self.id = id
    self.way = way
    self.injected = injected
    self.fault = fault
    self.preparation = preparation
    expected = Reaction(isReconnected: reconnects, alone: trace, together: trace)
  }

  /// What the control port takes.
  var json: String { "{\"fault\":\"\(id)\"\(fault.isEmpty ? "" : ",")\(fault)}" }
}

extension WriteFault.Reaction {
  var failsOver: Bool { together != alone }

  /// Class, outcome and reaction in words.
  var sentence: String {
    guard let failure else {
      return "no failure" + (isReconnected ? "; a new connection" : "")
    }
    var parts = ["`\(failure.rawValue)`, \(outcome == .unknown ? "outcome unknown" : "not done")"]
    if isReconnected { parts.append("a new connection") }
    parts.append(
      pause > .zero ? "again after \(fixed(pause.seconds, digits: 1)) s" : "again at once")
    parts.append(failsOver ? "the fallback, if there is one" : "no fallback")
    return parts.joined(separator: "; ")
  }

  /// What the router was asked.
  var trace: String { failsOver ? "\(alone) — or: \(together)" : alone }
}

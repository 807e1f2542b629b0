import Model
import Platform
import Router
import Service

/// What steering's control thread tells its bookkeeper: log, state file, history and the log of
/// transitions are made of it.
enum SteeringEvent: Sendable {
  case started(at: UnixTime)
  /// A cycle is complete.
  case cycle(SteeringDecision, input: SteeringCycleFacts)
  /// Something was decided between two cycles.
  case decision(SteeringDecision)
  /// The decision that asked for an action, with how that ended.
  case ended(SteeringDecision, SteeringRouterEvent.ActionEnd)
  /// The state follows the rules on the router.
  case adopted(target: Int?, wasDegraded: Bool, SteeringDecision)
  case rules([RuleStatus])
  case router(SteeringRouterEvent)
  /// What the state file of a line's loop says now, or why it says nothing.
  case baseline(line: Int, Result<PublishedBaseline, PublishedBaseline.Obstacle>)
  /// To be saved.
  case state(SteeringState)
  case clockStepped(by: Milliseconds)
  /// The process was late by this much.
  case interrupted(Milliseconds)
  case reloadRequested
}

/// What is told of a cycle beside its decision.
struct SteeringCycleFacts: Sendable, Equatable {
  /// Consecutive failures to read the primary's queue.
  var readFailures: Int
  /// Cycles that could not decide, in a row.
  var consecutiveFailures: Int
  var isBaselineStale: Bool
  /// Nothing was measured: the RTT before stands in.
  var isReplayed: Bool
}

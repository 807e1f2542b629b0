public import Model

/// What steering's control thread orders of the thread that talks to the router.
public enum SteeringOrder: Sendable, Equatable {
  /// Read the queues, once. It is answered by exactly one `queuesRead`.
  case readQueues
  /// Carry an action out. It is answered by exactly one `actionEnded`.
  case act(SteeringAction, decidedAt: MonotonicTime)
  /// Switch off rules, by the index of their target, that are on beside the one in use.
  case disable([Int])
}

/// What happened at the router, in order. The thread that talks to it tells, the control thread
/// hears.
public enum SteeringRouterEvent: Sendable, Equatable {
  /// How an action ended.
  public struct ActionEnd: Sendable, Equatable {
    public var action: SteeringAction
    /// nil = the router has confirmed it.
    public var failure: RouterFailure?
    public var time: UnixTime
    /// From the decision to the end.
    public var age: Milliseconds

    public init(
      action: SteeringAction, failure: RouterFailure?, time: UnixTime, age: Milliseconds
    ) {
      self.action = action
      self.failure = failure
      self.time = time
      self.age = age
    }
  }

  /// In the order of the queues that were asked for; nil for one that the router lacks, or all nil
  /// when it could not be read.
  case queuesRead([QueueRow?])
  /// How the rules stand, in the order of the targets. Told at the start, after an outage, after an
  /// action that failed, and now and then.
  case rulesRead([RuleStatus])
  case actionEnded(ActionEnd)
  /// A rule that was on beside the one in use is off now.
  case ruleDisabled(target: Int)
  /// So many connections were removed, that they may begin anew on the new line.
  case connectionsFlushed(Int)
  /// They were not removed; those that exist stay where they are.
  case flushFailed(RouterFailure)
  /// Contact with the router and the way to it: `contactGained`, `contactLost`,
  /// `stillUnreachable`, `failedOver`, `returned`, `readFailed`.
  case router(RouterEvent)
}

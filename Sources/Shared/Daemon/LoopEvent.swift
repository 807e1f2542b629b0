import Model
import Platform
import Router

/// What the control thread tells the bookkeeper: log, recording and state file are made of it.
enum LoopEvent: Sendable {
  /// Rounds count on from `seq`; `state` is what was restored, nil when it went on.
  case started(wan: Int, seq: Int, at: UnixTime, state: LoopState?)
  /// What became of a probe, for the recording. `late` = the latency of an answer that came after
  /// its round was closed.
  case outcome(wan: Int, ProbeOutcome, late: Milliseconds?)
  case cycle(wan: Int, Cycle)
  /// `worker` = the index of the router's thread.
  case router(RouterEvent, worker: Int)
  /// A reading of both queues at the moment when the engine took it.
  case queues(wan: Int, PerDirection<QueueRow?>, at: UnixTime)
  /// The wall clock stepped by this much.
  case clockStepped(by: Milliseconds)
  /// This many ticks were missed and skipped.
  case ticksMissed(Int)
  /// A SIGHUP asks for the configuration to be read again.
  case reloadRequested
}

import Model

/// One operation on a router: what it is called in a failure, and until when it may take.
struct RouterCall {
  var transport: Transport
  var operation: String
  var isWrite: Bool
  var deadline: MonotonicTime

  func failure(
    _ failureClass: RouterFailure.Class, _ message: String,
    outcome: RouterFailure.Outcome = .notDone
  ) -> RouterFailure {
    RouterFailure(
      failureClass, transport: transport, operation: operation, message: message, outcome: outcome)
  }
}

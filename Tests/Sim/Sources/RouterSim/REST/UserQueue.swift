/// RouterOS runs the requests of one user strictly one after another, in the order in which they
/// came, over all connections. A request whose client has left runs all the same. What takes longer
/// than 60 s ends with `Session closed`, and so does everything that waits behind it.
final class UserQueue {
  /// One request on its way.
  final class Job {
    /// How long it takes; asked for when its turn comes.
    let serviceTime: () -> Nanoseconds
    let run: () -> Executor.Outcome
    let finish: (Reply) -> Void

    init(
      serviceTime: @escaping () -> Nanoseconds, run: @escaping () -> Executor.Outcome,
      finish: @escaping (Reply) -> Void
    ) {
      self.serviceTime = serviceTime
      self.run = run
      self.finish = finish
    }
  }

  static let limit = Nanoseconds.seconds(60)

  private let clock: Clock
  private var waiting: [Job] = []
  private var running: Job?
  private var limitTimer: Clock.Timer?

  init(clock: Clock) {
    self.clock = clock
  }

  func submit(_ job: Job) {
    waiting.append(job)
    startNext()
  }

  /// Keeps the user busy, as a request of somebody else with the same name would.
  func block(for span: Nanoseconds) {
    submit(Job(serviceTime: { span }, run: { .reply(Reply(status: 200)) }, finish: { _ in }))
  }

  /// Forgets everything, as a router does that loses its power.
  func clear() {
    limitTimer?.cancel()
    running = nil
    waiting = []
  }

  private func startNext() {
    guard running == nil, !waiting.isEmpty else { return }
    let job = waiting.removeFirst()
    running = job
    limitTimer = clock.after(Self.limit) { self.closeSession(after: job) }
    clock.after(job.serviceTime()) { self.turn(of: job) }
  }

  private func turn(of job: Job) {
    guard running === job else { return }
    switch job.run() {
    case .reply(let reply): finish(job, reply)
    case .later(let span, let reply): clock.after(span) { self.finish(job, reply) }
    case .endless: break
    }
  }

  private func finish(_ job: Job, _ reply: Reply) {
    guard running === job else { return }
    limitTimer?.cancel()
    running = nil
    job.finish(reply)
    startNext()
  }

  private func closeSession(after job: Job) {
    guard running === job else { return }
    let ended = [job] + waiting
    running = nil
    waiting = []
    for job in ended { job.finish(.refused(.sessionClosed)) }
  }
}

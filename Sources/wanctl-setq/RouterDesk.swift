import ArgumentParser
import Commands
import Model
import Platform
import Router

/// The parts of the library joined for one run of the tool.
struct RouterDesk {
  let port: any RouterPort
  let budget: SharedBudget
  let setter: LimitSetter
  private let queues: PerDirection<Identifier>

  init(_ settings: LoopSettings, isDryRun: Bool) {
    let rest = RESTRouter(settings.router, now: Clock.monotonic)
    port = isDryRun ? DryRunPort(rest) : rest
    // Pretended writes cost nothing.
    let file = SharedBudget.file(besideLock: settings.lockFile, host: settings.router.host)
    budget = SharedBudget(
      file: isDryRun ? nil : file, settings: settings.router.writeBudget)
    queues = settings.queues
    setter = LimitSetter(
      port: port, budget: budget,
      clock: RouterSession.Clock(monotonic: Clock.monotonic, wall: Clock.wall),
      sleep: Clock.sleep)
  }

  /// The rows of the WAN's two queues, with the kinds of their leaves.
  func rows() throws -> PerDirection<QueueRow> {
    do throws(LimitSetter.Failure) {
      let rows = try setter.read([queues.download, queues.upload])
      return PerDirection(
        download: try setter.completed(rows[0]), upload: try setter.completed(rows[1]))
    } catch { throw end(error) }
  }

  /// Says why nothing could be done.
  func end(_ failure: LimitSetter.Failure) -> ExitCode {
    switch failure {
    case .router(let failure): CommandEntry.writeRemark("wanctl-setq: \(failure)")
    case .unknownQueues(let queues): CommandEntry.writeRemark("wanctl-setq: \(queues)")
    }
    return .failure
  }
}

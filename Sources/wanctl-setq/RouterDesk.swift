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
  private let access: RouterAccess
  private let wan: String
  private let queues: PerDirection<Identifier>

  init(_ settings: LoopSettings, isDryRun: Bool) {
    access = RouterAccess(settings.router)
    let real = access.port(now: Clock.monotonic)
    port = isDryRun ? DryRunPort(real) : real
    // Pretended writes cost nothing.
    let file = SharedBudget.file(besideLock: settings.lockFile, host: settings.router.host)
    budget = SharedBudget(
      file: isDryRun ? nil : file, settings: settings.router.writeBudget)
    wan = settings.wan.text
    queues = settings.queues
    setter = LimitSetter(
      port: port, budget: budget,
      clock: RouterSession.Clock(monotonic: Clock.monotonic, wall: Clock.wall),
      sleep: Clock.sleep, remark: { CommandEntry.writeRemark("wanctl-setq: \($0)") })
  }

  /// The rows of the WAN's two queues, with the kinds of their leaves.
  func rows() throws -> PerDirection<QueueRow> {
    do throws(LimitSetter.Failure) {
      let rows = try setter.read([queues.download, queues.upload])
      return PerDirection(
        download: try setter.completed(rows[0]), upload: try setter.completed(rows[1]))
    } catch { throw end(error) }
  }

  /// The way that answered.
  var usedWay: TransportRecord {
    TransportRecord(
      time: Clock.wall(), wan: wan, transport: port.transport,
      isConfigured: port.transport == access.primary, isUsed: true, works: true)
  }

  /// How the way stands that did not answer, and the same in a sentence. Asks the router.
  func otherWay() -> (record: TransportRecord, sentence: String) {
    let other: Transport = port.transport == .rest ? .ssh : .rest
    var record = TransportRecord(
      time: Clock.wall(), wan: wan, transport: other, isConfigured: other == access.primary,
      isUsed: false, works: false)
    if let obstacle = access.obstacle(to: other) {
      record.error = obstacle
      return (record, "\(other.name) cannot be used: \(obstacle)")
    }
    // It has just been tried; a router that was slow is not asked again at once.
    if other == access.primary {
      record.error = setter.departure?.description
      return (record, "\(other.name) failed")
    }
    do throws(RouterFailure) {
      let identity = try access.port(over: other, now: Clock.monotonic).probe()
      record.works = true
      let version = identity.resource.version
      return (record, "\(other.name) works too: \(identity.name), RouterOS \(version)")
    } catch {
      record.error = error.description
      return (record, "\(other.name) fails: \(error)")
    }
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

public import Model
public import Router

/// Reads from one router, and from this host, what the checks look at. It changes nothing.
///
/// What the router refuses is kept as a failure, and the reading goes on; once the router is out of
/// reach nothing more is asked.
public final class FactsReader {
  /// A daemon's way to the router.
  public struct Login {
    public var user: String
    public var port: any RouterPort

    public init(user: String, port: any RouterPort) {
      self.user = user
      self.port = port
    }
  }

  /// The clocks; tests put virtual ones in their place.
  public struct Clock {
    public var monotonic: () -> MonotonicTime
    public var wall: () -> UnixTime
    public var sleep: (Milliseconds) -> Void

    public init(
      monotonic: @escaping () -> MonotonicTime, wall: @escaping () -> UnixTime,
      sleep: @escaping (Milliseconds) -> Void
    ) {
      self.monotonic = monotonic
      self.wall = wall
      self.sleep = sleep
    }
  }

  private let logins: [Login]
  private let clock: Clock
  /// The first port that answered, as long as it does.
  private var port: (any RouterPort)?

  /// - Parameter logins: each is tried; the first one that works is read through.
  public init(logins: [Login], clock: Clock) {
    self.logins = logins
    self.clock = clock
  }

  /// Fills in what can be read. `facts` has the settings, the WANs and steering already.
  ///
  /// - Parameter sampleTime: between the two samples; 0 = only one is taken.
  public func read(into facts: inout RouterFacts, sampleTime: Milliseconds) {
    contact(&facts)
    let began = clock.monotonic()
    for index in facts.wans.indices { facts.wans[index].readFiles(\.first) }
    let first = sample(&facts)
    (facts.queues.first, facts.interfaces.first, facts.resource.first) = first
    readOnce(&facts)
    if sampleTime > .zero, port != nil {
      let rest = sampleTime - (clock.monotonic() - began)
      if rest > .zero { clock.sleep(rest) }
      facts.interval = clock.monotonic() - began
      for index in facts.wans.indices { facts.wans[index].readFiles(\.last) }
      let last = sample(&facts)
      (facts.queues.last, facts.interfaces.last, facts.resource.last) = last
    }
    for login in logins { login.port.disconnect() }
  }

  private func contact(_ facts: inout RouterFacts) {
    for login in logins {
      waitUntilAllowed(login.port)
      do throws(RouterFailure) {
        let identity = try login.port.probe()
        facts.contacts.append(.init(login.port.transport, user: login.user))
        guard port == nil else { continue }
        port = login.port
        facts.identity = identity.name
      } catch {
        facts.contacts.append(.init(login.port.transport, user: login.user, failure: error))
      }
    }
  }

  /// What moves: it is read in the same order each time, so that the time between the readings of
  /// one thing is that between the samples.
  private func sample(
    _ facts: inout RouterFacts
  ) -> (Reading<[TreeQueue]>, Reading<[InterfaceCounters]>, Reading<RouterResourceFacts>) {
    (
      rows(.queueTree, TreeQueue.properties, &facts) { TreeQueue($0) },
      rows(.interfaces, InterfaceCounters.properties, &facts) { InterfaceCounters($0) },
      row(.resource, RouterResourceFacts.properties, &facts) { RouterResourceFacts($0) }
    )
  }

  private func readOnce(_ facts: inout RouterFacts) {
    let before = clock.wall()
    let time = row(.clock, ClockReading.properties, &facts) { ClockReading.time($0) }
    let took = clock.wall() - before
    facts.clock = time.map {
      ClockReading(router: $0, host: before + Milliseconds(took.rawValue / 2), took: took)
    }
    facts.queueTypes = rows(.queueType, QueueType.properties, &facts) { QueueType($0) }
    let rule = FirewallRule.properties
    facts.filterRules = rows(.firewallFilter, rule, &facts) { FirewallRule($0) }
    facts.mangleRules = rows(.mangle, rule + ["new-packet-mark"], &facts) { FirewallRule($0) }
    facts.users = rows(.users, RouterUser.properties, &facts) { RouterUser($0) }
    facts.groups = rows(.userGroups, UserGroup.properties, &facts) { UserGroup($0) }
  }

  private func row<Value>(
    _ menu: RouterMenu, _ properties: [String], _ facts: inout RouterFacts,
    _ value: (RouterRow) -> Value?
  ) -> Reading<Value> {
    switch rows(menu, properties, &facts, value) {
    case .read(let values): values.first.map { .read($0) } ?? .skipped
    case .skipped: .skipped
    case .failed(let failure): .failed(failure)
    }
  }

  private func rows<Value>(
    _ menu: RouterMenu, _ properties: [String], _ facts: inout RouterFacts,
    _ value: (RouterRow) -> Value?
  ) -> Reading<[Value]> {
    guard let port else { return .skipped }
    waitUntilAllowed(port)
    do throws(RouterFailure) {
      return .read(try port.readRows(menu, properties: properties).compactMap(value))
    } catch {
      guard error.failureClass.isUnreachable else { return .failed(error) }
      self.port = nil
      if let index = facts.contacts.firstIndex(where: { $0.failure == nil }) {
        facts.contacts[index].failure = error
      }
      return .skipped
    }
  }

  private func waitUntilAllowed(_ port: any RouterPort) {
    guard let time = port.notBefore else { return }
    let pause = time - clock.monotonic()
    if pause > .zero { clock.sleep(pause) }
  }
}

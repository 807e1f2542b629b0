public import Model
public import Platform

/// The servers of one daemon. A port that is taken is a warning: the loop runs without it.
public struct WebServices: Sendable {
  /// A request for history that waits for a disk longer than this does not delay the end.
  private static let patience = Milliseconds(200)

  private let servers: [HTTPServer]
  /// What they listen on, for the log: `health on 127.0.0.1:9101`.
  public let addresses: [String]

  public func stop() {
    for server in servers { server.stop(within: Self.patience) }
  }

  /// The health port of the loop and, where it is enabled, the original's port of metrics.
  ///
  /// - Parameters:
  ///   - status: everything, at this moment; must not wait.
  ///   - history: answers the part of a request for history behind the `?`; may wait for a disk. nil
  ///     where history is switched off.
  ///   - cycles: the newest cycles of all WANs, by the place of the WAN in `status`.
  ///   - log: the newest lines of the log.
  ///   - steering: that of the same process, which the dashboard shows too.
  ///   - warn: hears why a server does not listen.
  public static func loop(
    health: LoopSettings.Listener, metrics: LoopSettings.Listener,
    status: @escaping @Sendable () -> LoopStatus,
    history: (@Sendable (_ query: String) -> HistoryAnswer)?,
    cycles: RecentElements<CycleSample>, log: RecentElements<LogLine>,
    steering: (@Sendable () -> SteeringStatus)? = nil, warn: (String) -> Void
  ) -> WebServices {
    let feed = EventFeed(
      EventFeed.Sources(
        status: {
          let loop = [(name: "loop", body: LoopHealth.body(status()))]
          guard let steering else { return loop }
          return loop + [(name: "steering", body: SteeringHealth.body(steering()))]
        },
        wans: { status().wans.map(\.name.text) }, cycles: cycles, log: log))
    let site = LoopSite(
      status: status, history: history, feed: feed, token: BearerToken(health.token))
    var opening = Opening()
    opening.open("health", health, section: "health_check", feed: feed) { site.answer($0) }
    opening.open("metrics", metrics, section: "metrics") { site.answerMetrics($0) }
    opening.failures.forEach(warn)
    return WebServices(servers: opening.servers, addresses: opening.addresses)
  }

  /// The health port of steering.
  ///
  /// - Parameters:
  ///   - status: everything, at this moment; must not wait.
  ///   - log: the newest lines of the log.
  ///   - warn: hears why a server does not listen.
  public static func steering(
    health: LoopSettings.Listener, status: @escaping @Sendable () -> SteeringStatus,
    log: RecentElements<LogLine>, warn: (String) -> Void
  ) -> WebServices {
    let feed = EventFeed(
      EventFeed.Sources(
        status: { [("steering", SteeringHealth.body(status()))] }, wans: { [] },
        cycles: RecentElements(capacity: 1), log: log))
    let site = SteeringSite(status: status, feed: feed, token: BearerToken(health.token))
    var opening = Opening()
    opening.open("health", health, section: "health_check", feed: feed) { site.answer($0) }
    opening.failures.forEach(warn)
    return WebServices(servers: opening.servers, addresses: opening.addresses)
  }

  private struct Opening {
    var servers: [HTTPServer] = []
    var addresses: [String] = []
    var failures: [String] = []

    /// - Parameter section: of the configuration, that says where.
    mutating func open(
      _ name: String, _ listener: LoopSettings.Listener, section: String, feed: EventFeed? = nil,
      route: @escaping @Sendable (HTTPRequest) -> HTTPAnswer
    ) {
      guard listener.isEnabled else { return }
      do throws(HTTPListenerError) {
        let server = try HTTPServer(
          host: listener.host, port: UInt16(clamping: listener.port),
          tick: { server, _ in
            feed?.tick(hasListeners: server.streamCount > 0) { server.broadcast($0) }
          }, route: route)
        servers.append(server)
        addresses.append("\(name) on \(server.address)")
      } catch {
        failures.append(
          "\(name) is not served: \(error); \(section).host and \(section).port say where")
      }
    }
  }
}

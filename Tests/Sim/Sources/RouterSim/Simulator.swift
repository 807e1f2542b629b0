import NIOCore
import NIOSSL

/// The simulated router: one world, its listeners, and the control port that drives both.
/// Confined to one event loop; its listeners keep it alive as long as the process.
final class Simulator {
  let options: Options
  let eventLoop: any EventLoop
  let clock: Clock
  let world: World
  let server: RestServer
  let certificates: Certificates
  /// Nil unless it was asked for.
  private(set) var ssh: SSHServer?
  private(set) var listeners: [ServiceName: Listener] = [:]
  private var control: Listener?
  /// Done when every port that was to be opened is open.
  private(set) var opening: EventLoopFuture<Void>

  init(options: Options, eventLoop: any EventLoop) throws {
    self.options = options
    self.eventLoop = eventLoop
    opening = eventLoop.makeSucceededVoidFuture()
    clock = Clock(eventLoop: eventLoop, virtual: options.hasVirtualClock)
    world = World(clock: clock)
    server = RestServer(
      clock: clock, world: world, latency: Latency(name: options.profile, seed: options.seed))
    certificates = try Certificates(
      directory: options.directory)
    server.perform = { [unowned self] in perform($0) }
    try applyOptions()
  }

  private func applyOptions() throws {
    for (name, password) in options.passwords {
      var user = world.users[name] ?? User(name: name, policies: User.wanctlPolicies)
      user.password = password
      world.users[name] = user
    }
    for (name, path) in options.sshKeys {
      guard SSHAccounts.isName(name) else {
        throw Options.Invalid(message: "--ssh-key \(name): cannot be the name of a login")
      }
      var user = world.users[name] ?? User(name: name, policies: User.wanctlPolicies)
      let lines = String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n")
      user.publicKeys += lines.filter { !$0.hasPrefix("#") }.map(String.init)
      world.users[name] = user
    }
    for queue in options.queues {
      guard world.isParent(queue.parent), world.queueTypes.row(named: queue.type) != nil,
        world.queues.row(named: queue.name) == nil
      else {
        throw Options.Invalid(
          message: "--queue \(queue.name): its name must be new, parent and type must exist")
      }
      world.queues.rows.append(
        QueueMenus.queue(
          id: world.queues.freshID(), name: queue.name, parent: queue.parent, type: queue.type,
          limit: "0"))
    }
  }

  /// Opens all ports. The result is the line that tells where they are.
  func start() throws -> EventLoopFuture<String> {
    let control = Listener(
      eventLoop: eventLoop, port: options.controlPort,
      accept: .http { [self] _, input, _ in ControlPort(simulator: self).serve(input) })
    self.control = control
    let tls = try certificates.makeContext(options.certificate)
    let pin = try certificates.pin()
    listeners[.wwwSSL] = listener(.wwwSSL, port: options.httpsPort, tls: tls)
    if let port = options.httpPort { listeners[.www] = listener(.www, port: port, tls: nil) }
    var opening = [control.open()]
    if let port = options.sshPort { opening.append(try openSSH(port: port)) }
    opening += listeners.values.map { $0.open() }
    world.ports = listeners.mapValues(\.port)
    return EventLoopFuture.andAllSucceed(opening, on: eventLoop).assumeIsolated().map {
      JSON.object(
        [
          ("control", .int(control.port)),
          ("rest_http", self.listeners[.www].map { .int($0.port) } ?? .null),
          ("rest_https", .int(self.listeners[.wwwSSL]?.port ?? 0)),
          ("ca", .string(self.certificates.authorityPath)),
          ("pin_sha256", .string(pin)),
          ("ssh", self.listeners[.ssh].map { .int($0.port) } ?? .null),
          ("ssh_host_key", self.hostKey),
        ].map { JSON.Member(key: $0.0, value: $0.1) }
      ).encoded
    }.nonisolated()
  }

  private func listener(_ service: ServiceName, port: Int, tls: NIOSSLContext?) -> Listener {
    Listener(
      eventLoop: eventLoop, port: port, tls: tls,
      accept: .http { [self] wire, input, peer in
        server.accept(service: service, peer: peer, wire: wire, input: input)
      })
  }

  /// The host key that SSH clients see now.
  var hostKey: JSON {
    guard let ssh, let listener = listeners[.ssh] else { return .null }
    return ssh.hostKey.json(port: listener.port)
  }

  /// The result is done when lines can come in; the port itself opens with the others.
  private func openSSH(port: Int) throws -> EventLoopFuture<Void> {
    let ssh = try SSHServer(
      server: server, eventLoop: eventLoop, directory: options.directory + "/ssh",
      program: Files.sibling("RouterSim"), profile: options.sshProfile)
    self.ssh = ssh
    listeners[.ssh] = Listener(
      eventLoop: eventLoop, port: port,
      accept: .bytes { wire, stream, peer in ssh.accept(wire: wire, stream: stream, peer: peer) })
    return ssh.openConsole()
  }

  // MARK: Power

  /// The router goes down and comes back: first its ports are silent, then they refuse, then REST
  /// answers but knows little, then all is as the flash has it.
  func reboot(down: Nanoseconds, refusing: Nanoseconds) throws {
    let connections = server.openConnections
    server.losePower()
    for listener in listeners.values {
      if down > 0 { try listener.becomeDeaf() } else { listener.close() }
    }
    clock.after(down) { [self] in
      for connection in connections { connection.reset() }
      for listener in listeners.values { listener.close() }
      clock.after(refusing) { self.boot() }
    }
  }

  private func boot() {
    forgetCounters()
    world.resource.reboot(at: clock.now)
    world.isBooting = true
    openListeners()
    clock.after(.milliseconds(world.switches.bootWrongDataMs)) { self.world.isBooting = false }
  }

  func forgetCounters() {
    for queue in world.queues.rows {
      world.advance(queue)
      queue.flow?.resetCounters(at: clock.now)
      queue.flow?.dropBacklog()
    }
    world.connections.rows = []
    for table in [world.mangle, world.filter] { table.rows.forEach(world.resetCounters) }
  }

  /// Opens what the services of the world want open.
  func openListeners() {
    for (name, listener) in listeners where world.services[name]?.isEnabled ?? false {
      listener.isSilent = false
      let opened = listener.open()
      opened.whenFailure { error in
        Remark.write("port \(name.rawValue) does not open again: \(error)")
      }
      opening = opening.and(opened).map { _ in }
    }
  }

  func refuse(_ services: Set<ServiceName>) {
    for (name, listener) in listeners where services.contains(name) {
      listener.close()
      for connection in server.openConnections where connection.service == name {
        connection.reset()
      }
    }
  }

  func use(_ certificate: NIOSSLContext, endingConnections: Bool) {
    listeners[.wwwSSL]?.tls = certificate
    guard endingConnections else { return }
    for connection in server.openConnections where connection.service == .wwwSSL {
      connection.end()
    }
  }
}

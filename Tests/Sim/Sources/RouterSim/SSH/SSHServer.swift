import Glibc
import NIOCore
import NIOPosix

/// SSH of the router. The port is ours; each connection gets an sshd of its own, which speaks the
/// protocol over a socket pair and gives the lines of its client back to us (`ConsoleClient`).
/// So a connection can be delayed, silenced and reset like one of the web server, nothing but
/// this process has to be ended, and each sshd can be told something else.
final class SSHServer {
  let server: RestServer
  let eventLoop: any EventLoop
  /// What new connections negotiate.
  var profile: SSHProfile { didSet { tell() } }
  private(set) var hostKey: HostKey
  private let accounts: SSHAccounts
  private let directory: String
  private let program: String
  private var keysMade = 0
  private var console: (any Channel)?
  private var sessions: [Int: SSHSession] = [:]
  /// Processes that may still have to be waited for.
  private var children: Set<pid_t> = []

  /// - Parameters:
  ///   - directory: Where keys, users and logs go.
  ///   - program: RouterSim, as sshd can start it.
  init(
    server: RestServer, eventLoop: any EventLoop, directory: String, program: String,
    profile: SSHProfile
  ) throws(Files.Failure) {
    self.server = server
    self.eventLoop = eventLoop
    self.directory = directory
    self.program = program
    self.profile = profile
    accounts = try SSHAccounts(directory: directory, shell: program)
    keysMade = 1
    hostKey = try HostKey(directory: directory, number: 1, type: profile.hostKeyType)
    tell()
    try check()
  }

  /// Lets `/ip/ssh` show what clients find.
  private func tell() {
    server.world.sshSettings["host-key-type"] = hostKey.type.rawValue
    server.world.sshSettings["strong-crypto"] = profile.isStrong ? "true" : "false"
  }

  /// Finds out now, and not with the first connection, whether this machine lets sshd run.
  private func check() throws(Files.Failure) {
    let file = directory + "/sshd.conf"
    try Files.write(configuration(of: 0, faults: []), to: file)
    try accounts.write([], for: "", passwordRule: "no")
    let log = directory + "/sshd.log"
    do {
      try Files.run(program, arguments(file) + ["-t"], log: log)
    } catch {
      let text = (try? Files.read(log)).map { String(decoding: $0, as: UTF8.self) } ?? ""
      throw Files.Failure(message: "no SSH: \(error.message): \(text)")
    }
  }

  /// Takes lines from now on.
  func openConsole() -> EventLoopFuture<Void> {
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    let path = directory + "/" + ConsoleClient.socketName
    return ServerBootstrap(group: eventLoop)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let stream = ByteStream()
          try channel.pipeline.syncOperations.addHandler(stream)
          _ = SSHLine(server: bound.value, stream: stream)
        }
      }
      .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true)
      .assumeIsolated().map { self.console = $0 }.nonisolated()
  }

  /// Replaces the host key for new connections and ends those that are open.
  func changeHostKey(type: SSHProfile.KeyType) throws(Files.Failure) {
    keysMade += 1
    hostKey = try HostKey(directory: directory, number: keysMade, type: type)
    tell()
    for session in sessions.values { session.end() }
  }

  func session(_ number: Int) -> SSHSession? { sessions[number] }

  // MARK: Connections

  func accept(wire: Wire, stream: ByteStream, peer: String) {
    if let source = server.world.services[.ssh]?.availableFrom, source != peer {
      return wire.end()
    }
    let session = SSHSession(
      number: server.nextConnection(), peer: peer, wire: wire, stream: stream, server: server)
    session.ended = { [unowned self, unowned session] in forget(session) }
    sessions[session.number] = session
    server.note(session)
    let faults = server.faults.atLogin()
    let delay = server.latency.draw(.sshConnect, at: server.clock.now)
    server.clock.after(delay) { self.start(session, faults: faults) }
  }

  private func start(_ session: SSHSession, faults: [Fault]) {
    guard session.isOpen else { return }
    do {
      let world = server.world
      try accounts.write(
        world.users.values.sorted { $0.name < $1.name }, for: session.peer,
        passwordRule: world.sshSettings["password-authentication"] ?? "")
      let file = path(of: session, "conf")
      try Files.write(configuration(of: session.number, faults: faults), to: file)
      var pair: [Int32] = [-1, -1]
      guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0, &pair) == 0 else {
        throw IOError(errnoCode: errno, reason: "socketpair")
      }
      defer { close(pair[1]) }
      do {
        children.insert(
          try Files.start(
            program, arguments(file) + ["-i"], socket: pair[1], log: path(of: session, "log")))
      } catch {
        close(pair[0])
        throw error
      }
      join(session, to: pair[0])
    } catch {
      Remark.write("SSH connection \(session.number): \(error)")
      session.end()
    }
  }

  private func join(_ session: SSHSession, to socket: Int32) {
    let daemon = ByteStream()
    let bound = NIOLoopBound(daemon, eventLoop: eventLoop)
    ClientBootstrap(group: eventLoop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(bound.value)
        }
      }
      .withConnectedSocket(socket).assumeIsolated()
      .whenComplete { result in
        switch result {
        case .success: session.join(daemon)
        case .failure(let error):
          Remark.write("SSH connection \(session.number): \(error)")
          session.end()
        }
      }
  }

  private func forget(_ session: SSHSession) {
    sessions[session.number] = nil
    server.forget(session)
    reap(after: .milliseconds(20), note: session)
  }

  /// Waits for what has ended, and asks again as long as something has not. Then the log of the
  /// session is complete.
  private func reap(after delay: TimeAmount, note session: SSHSession) {
    eventLoop.assumeIsolated().scheduleTask(in: delay) { [self] in
      for child in children {
        var status: Int32 = 0
        if waitpid(child, &status, WNOHANG) != 0 { children.remove(child) }
      }
      let log = path(of: session, "log")
      if let bytes = try? Files.read(log) {
        session.noteLog(String(decoding: bytes, as: UTF8.self))
      }
      if delay < .seconds(1), !children.isEmpty {
        return reap(after: delay + delay, note: session)
      }
      Files.remove(log)
      Files.remove(path(of: session, "conf"))
    }
  }

  private func path(of session: SSHSession, _ suffix: String) -> String {
    "\(directory)/sshd-\(session.number).\(suffix)"
  }

  // MARK: sshd

  private func arguments(_ configuration: String) -> [String] {
    [SSHNamespace.option, accounts.passwd, accounts.shadow, "-e", "-f", configuration]
  }

  private func configuration(of session: Int, faults: [Fault]) -> String {
    var profile = profile
    for fault in faults where fault.code == .noCommonAlgorithm {
      profile = fault.args["profile"]?.text.flatMap(SSHProfile.init) ?? .nothing
    }
    let signatures = profile.hostSignatures(hostKey.type).joined(separator: ",")
    let lines =
      [
        "HostKey \"\(hostKey.path)\"", "HostKeyAlgorithms \(signatures)",
        "AuthorizedKeysFile \"\(accounts.keys)\"", "StrictModes no", "UsePAM no",
        "PidFile none", "KbdInteractiveAuthentication no", "PermitTTY no", "PrintMotd no",
        "PrintLastLog no", "DisableForwarding yes", "PermitUserRC no", "RequiredRSASize 1024",
        "SetEnv \(ConsoleClient.connectionVariable)=\(session)", "LogLevel INFO",
      ] + profile.configuration + faults.filter { $0.code == .loginRefused }.flatMap(refusal)
    return lines.map { $0 + "\n" }.joined()
  }

  /// What S1 adds: all ways of login are closed, or only that by key.
  private func refusal(_ fault: Fault) -> [String] {
    let scope =
      "Match User \(fault.match?.user.flatMap { SSHAccounts.isName($0) ? $0 : nil } ?? "*")"
    if fault.args["kind"] == "password" {
      return [scope, "  PubkeyAuthentication no", "  PasswordAuthentication yes"]
    }
    let none = "  AuthorizedKeysFile none"
    return fault.args["kind"] == "key"
      ? [scope, none] : [scope, none, "  PasswordAuthentication no"]
  }
}

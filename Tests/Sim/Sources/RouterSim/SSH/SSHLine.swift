import NIOCore

/// One command line of an SSH client, from its arrival to the end of its channel. The login shell of
/// the user (`ConsoleClient`) is at the other end of the stream.
final class SSHLine {
  private unowned let ssh: SSHServer
  private let stream: ByteStream
  private var received: [UInt8] = []
  private weak var session: SSHSession?
  private let record = RequestRecord()
  private var plan = FaultPlan()
  /// The client or its connection is gone.
  private var isLost = false
  private static let longest = 1 << 20

  private var server: RestServer { ssh.server }
  private var clock: Clock { ssh.server.clock }

  /// The stream keeps it alive.
  init(server: SSHServer, stream: ByteStream) {
    ssh = server
    self.stream = stream
    stream.closed = { self.lose() }
    stream.start { buffer in self.gather(buffer) }
  }

  private func gather(_ buffer: ByteBuffer) {
    received += buffer.readableBytesView
    guard received.count <= Self.longest else { return stream.end() }
    guard received.last == UInt8(ascii: "\n") else { return }
    stream.receive = { _ in }
    guard let message = try? JSONParser.parse(received), let user = message["user"]?.text,
      let line = message["line"]?.text,
      let session = message["connection"]?.whole.flatMap(ssh.session)
    else { return stream.end() }
    self.session = session
    begin(line, of: user, over: session)
  }

  private func begin(_ line: String, of user: String, over session: SSHSession) {
    let isReused = session.begin(self, of: user)
    let request = Request.line(line, of: user)
    server.requests.note(
      record, of: request, connection: session.number, service: .ssh, at: clock.now)
    plan = server.faults.plan(for: request, service: .ssh, isReused: isReused)
    record.faults = plan.codes
    if let withReset = plan.closesUnread {
      record.outcome = withReset ? "reset" : "closed"
      isLost = true
      return withReset ? session.reset() : session.end()
    }
    server.queue(of: user).submit(
      UserQueue.Job(
        serviceTime: { [self] in
          plan.extraDelay + server.latency.draw(.sshExec, at: clock.now)
        },
        run: { [self] in .reply(run(line, of: user)) },
        finish: { [self] reply in
          let delay = 2 * server.latency.networkDelay
          clock.after(.milliseconds(delay)) { self.deliver(reply) }
        }))
  }

  private func run(_ line: String, of user: String) -> Reply {
    for fault in plan.beforehand { server.perform?(fault) }
    if let substitute = plan.substitute { return substitute }
    guard let user = server.world.users[user] else { return Reply(status: 200) }
    let console = Console(
      world: server.world, user: user, withholdsWrites: plan.withholdsWrites,
      adjust: plan.edited)
    return Reply(status: 200, bytes: Array(console.run(line).utf8))
  }

  // MARK: The answer

  private func deliver(_ reply: Reply) {
    record.finished = clock.now
    if isLost { return }
    let reply = plan.replacement ?? reply
    let text = plan.spokenText ?? Self.text(of: reply)
    let output = text.isEmpty || text.hasSuffix("\r\n") ? text : text + "\r\n"
    let every: Nanoseconds
    var pieces: [String]
    switch plan.delivery {
    case .nothing: return unanswered()
    case .reset:
      record.outcome = "reset"
      isLost = true
      session?.reset()
      return
    case .cut(let count):
      let bytes = Array(output.utf8)
      pieces = [String(decoding: bytes.prefix(count ?? bytes.count / 2), as: UTF8.self)]
      say(pieces[0])
      record.outcome = "cut"
      // The end of the connection must not overtake what was said.
      clock.after(.milliseconds(100)) { self.session?.end() }
      return
    case .drip(let bytes, let time):
      pieces = Self.split(output, into: bytes)
      every = time
    case .whole:
      pieces = output.isEmpty ? [] : [output]
      every = 0
    }
    if plan.sshEnding == .silent { return unanswered() }
    if let splitting = plan.splitting {
      pieces = Self.split(Self.torn(output, splitting), into: splitting.bytes)
      return speak(pieces[...], every: splitting.every)
    }
    speak(pieces[...], every: every)
  }

  /// What a fault or a refusal of REST is on the console.
  private static func text(of reply: Reply) -> String {
    if let bytes = reply.bytes { return String(decoding: bytes, as: UTF8.self) }
    return reply.json?["detail"]?.text ?? ""
  }

  private static func torn(_ output: String, _ splitting: FaultPlan.Splitting) -> String {
    var lines = output.split(separator: "\r\n", omittingEmptySubsequences: false)
    if !splitting.hasFinalNewline {
      while lines.last?.isEmpty ?? false { lines.removeLast() }
    }
    return lines.joined(separator: splitting.hasCarriageReturns ? "\r\n" : "\n")
  }

  private static func split(_ output: String, into size: Int) -> [String] {
    var pieces: [String] = []
    var rest = output.unicodeScalars[...]
    while !rest.isEmpty {
      pieces.append(String(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    return pieces
  }

  private func unanswered() {
    record.outcome = "unanswered"
  }

  private func speak(_ pieces: ArraySlice<String>, every: Nanoseconds) {
    if isLost { return }
    guard let piece = pieces.first else { return finish() }
    say(piece)
    let rest = pieces.dropFirst()
    if rest.isEmpty { return finish() }
    clock.after(max(every, 1000)) { self.speak(rest, every: every) }
  }

  private func finish() {
    switch plan.sshEnding {
    case .exit: end("exit")
    case .noStatus: end("kill")
    case .hang, .silent: unanswered()
    }
  }

  private func say(_ text: String) {
    send(["out": .string(text)])
  }

  private func end(_ how: String) {
    record.status = 0
    record.outcome = "answered"
    send(["end": .string(how)])
    isLost = true
    session?.finished(self)
  }

  private func send(_ message: JSON) {
    stream.write(ByteBuffer(string: message.encoded + "\n"))
  }

  /// Nobody waits for the answer any more; the shell ends.
  func lose() {
    if isLost { return }
    isLost = true
    if record.outcome == "pending" { record.outcome = "aborted" }
    stream.end()
    session?.finished(self)
  }
}

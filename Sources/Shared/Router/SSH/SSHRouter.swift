public import Model
public import SSHClient

/// A router over SSH, by RouterOS's console (RouterOS 7, without a terminal).
///
/// The console reports failures as text in place of the answer, with exit status 0, and says
/// nothing at all where a write found nothing to change. So each write asks for the value that it
/// has set, in the same line, and only that value confirms it.
public final class SSHRouter: RouterPort {
  public let transport = Transport.ssh
  /// A command that was given up hinders no later one: it is on a connection of its own.
  public var notBefore: MonotonicTime? { nil }
  private let client: SSHClient
  private let failures: SSHFailures
  private let operationTimeout: Milliseconds
  private let now: () -> MonotonicTime
  /// The router does not know `as-value`: rows are read from what it prints for people.
  private var lacksAsValue = false
  /// The router has no `:serialize` (RouterOS before 7.13).
  var lacksSerialize = false

  /// - Parameters:
  ///   - now: the monotonic clock.
  ///   - knownHosts: where the router's key must be found.
  public init(
    _ settings: RouterSettings, now: @escaping () -> MonotonicTime,
    knownHosts: KnownHosts = .standard
  ) {
    client = SSHClient(SSHServer(settings, knownHosts: knownHosts))
    failures = SSHFailures(settings)
    operationTimeout = settings.operationTimeout
    self.now = now
  }

  public var interrupter: @Sendable () -> Void {
    let canceller = client.canceller
    return { canceller.cancel() }
  }

  public func disconnect() { client.disconnect() }

  public func probe() throws(RouterFailure) -> RouterIdentity {
    let call = begin("ask for the identity")
    let lines = try values(
      ["/system identity get name"] + Self.resourceValues, optional: 1, call)
    return RouterIdentity(name: lines[0], resource: Self.resource(lines[1...]))
  }

  public func readResource() throws(RouterFailure) -> RouterResource {
    Self.resource(
      try values(Self.resourceValues, optional: 1, begin("ask for the uptime"))[...])
  }

  /// The last one is missing on routers without flash.
  private static let resourceValues = [
    "version", "board-name", "uptime", "write-sect-since-reboot",
  ].map { "/system resource get \($0)" }

  private static func resource(_ lines: ArraySlice<String>) -> RouterResource {
    let values = Array(lines)
    return RouterResource(
      version: values[0], board: values[1], uptime: RouterOSText.duration(values[2]),
      sectorsWritten: values.count > 3 ? RouterOSText.counter(values[3]) : nil)
  }

  public func readQueues(_ names: [Identifier]) throws(RouterFailure) -> [QueueRow?] {
    guard !names.isEmpty else { return [] }
    let call = begin("read the queues")
    let rows = try queueRows(names.map { "where name=\"\($0)\"" }, call)
    var result: [QueueRow?] = []
    for name in names {
      guard let row = rows[name.text] else {
        result.append(nil)
        continue
      }
      guard let queueRow = QueueRow(properties: row) else {
        let limit = row["max-limit"].map { "'\($0)'" } ?? "none"
        throw call.failure(.protocolError, "max-limit of \(name) is no rate: \(limit)")
      }
      result.append(queueRow)
    }
    return result
  }

  public func queueNames() throws(RouterFailure) -> [String] {
    try queueRows([""], begin("list the queues")).keys.sorted()
  }

  public func leafKind(ofType queueType: String) throws(RouterFailure) -> String? {
    let call = begin("ask for the kind of queue type '\(queueType)'")
    guard let name = ConsoleText.quoted(queueType) else {
      throw call.failure(.rejected, "this name cannot be written in a command")
    }
    do {
      return try values(["/queue type get [find name=\(name)] kind"], call)[0]
    } catch let failure where failure.failureClass == .missing {
      return nil
    }
  }

  public func setLimit(_ limit: BitsPerSecond, of queue: Identifier) throws(RouterFailure) {
    let call = begin("set \(queue) to \(limit)", isWrite: true)
    guard limit >= .zero else {
      throw call.failure(.rejected, "a rate of \(limit.rawValue) bit/s cannot be")
    }
    do {
      try attemptLimit(limit, of: queue, call)
    } catch let failure where failure.failureClass == .verifyMismatch {
      // Nothing was done, or undone at once: once more.
      try attemptLimit(limit, of: queue, call)
    }
  }

  private func attemptLimit(
    _ limit: BitsPerSecond, of queue: Identifier, _ call: RouterCall
  ) throws(RouterFailure) {
    let found = "[find name=\"\(queue)\"]"
    let lines = try run(
      "/queue tree set \(found) max-limit=\(limit.rawValue); "
        + ":put [/queue tree get \(found) max-limit]", call)
    guard lines.count == 1, let line = lines.first, let confirmed = BitsPerSecond(parsing: line)
    else {
      let failure = self.failure(lines, call)
      guard failure.failureClass == .missing else { throw failure }
      throw call.failure(.missing, "the router has no queue '\(queue)'")
    }
    guard confirmed == limit else {
      throw call.failure(
        .verifyMismatch, "the router answers that max-limit is \(confirmed)", outcome: .unknown)
    }
  }
}

extension SSHRouter {
  /// The rows of `/queue tree` by name, settings and statistics together.
  ///
  /// - Parameter conditions: one per print.
  private func queueRows(
    _ conditions: [String], _ call: RouterCall
  ) throws(RouterFailure) -> [String: AsValueText.Row] {
    if !lacksAsValue {
      let prints = ["print as-value", "print as-value stats"]
      let lines = try run(
        conditions.flatMap { condition in
          prints.map { ":put [/queue tree \($0)\(condition.isEmpty ? "" : " ")\(condition)]" }
        }.joined(separator: "; "), call)
      if let rows = AsValueText.rows(lines.joined(separator: "\n")) { return Self.byName(rows) }
      let failure = self.failure(lines, call)
      guard failure.failureClass == .rejected else { throw failure }
    }
    let prints = ["print detail", "print stats detail"]
    let lines = try run(
      conditions.flatMap { condition in
        prints.map { "/queue tree \($0)\(condition.isEmpty ? "" : " ")\(condition)" }
      }.joined(separator: "; "), call)
    let rows = PrintText.rows(lines.joined(separator: "\n"))
    guard rows.allSatisfy({ $0.properties["name"] != nil }) else { throw failure(lines, call) }
    lacksAsValue = true
    return Self.byName(
      rows.map { row in
        row.properties.merging(
          ["disabled": "\(row.has("X"))", "invalid": "\(row.has("I"))"]) { $1 }
      })
  }

  private static func byName(_ rows: [AsValueText.Row]) -> [String: AsValueText.Row] {
    rows.reduce(into: [:]) { result, row in
      guard let name = row["name"] else { return }
      result[name, default: [:]].merge(row) { first, _ in first }
    }
  }
}

extension SSHRouter {
  func begin(_ operation: String, isWrite: Bool = false) -> RouterCall {
    RouterCall(
      transport: .ssh, operation: operation, isWrite: isWrite, deadline: now() + operationTimeout)
  }

  /// Runs one line.
  ///
  /// - Returns: the lines of the output, empty ones left out.
  func run(_ command: String, _ call: RouterCall) throws(RouterFailure) -> [String] {
    do {
      let reply = try client.execute(command, timeout: call.deadline - now())
      return ConsoleText.lines(reply.output)
    } catch {
      throw failures.failure(error, operation: call.operation, isWrite: call.isWrite)
    }
  }

  /// The values of expressions in brackets, in one line of commands.
  ///
  /// - Parameter optional: so many at the end may fail; then they are left out.
  private func values(
    _ expressions: [String], optional: Int = 0, _ call: RouterCall
  ) throws(RouterFailure) -> [String] {
    let lines = try run(expressions.map { ":put [\($0)]" }.joined(separator: "; "), call)
    // The console stops at the first failure.
    let isFailed = lines.last.map { ConsoleError.failureClass($0) != nil } ?? true
    let values = isFailed ? Array(lines.dropLast()) : lines
    guard values.count <= expressions.count, values.count >= expressions.count - optional else {
      throw failure(lines, call)
    }
    return values
  }

  /// The failure that an answer is which is not the expected one.
  func failure(_ lines: [String], _ call: RouterCall) -> RouterFailure {
    // Whatever a write prints beside what was asked for is a refusal, but of which part of it?
    let outcome = call.isWrite ? RouterFailure.Outcome.unknown : .notDone
    guard let line = lines.first(where: { ConsoleError.failureClass($0) != nil }) ?? lines.last
    else {
      return call.failure(.protocolError, "the router printed nothing", outcome: outcome)
    }
    let shown = "'\(line.prefix(120))'"
    switch ConsoleError.failureClass(line) {
    case .missing: return call.failure(.missing, "the router has no such record (\(shown))")
    case .permission:
      return call.failure(
        .permission,
        "user '\(failures.user)' may not do this (\(shown)): its group needs the policy "
          + "\(call.isWrite ? "write" : "read") (/user/group set)")
    case .busy: return call.failure(.busy, "the router gave up (\(shown))", outcome: outcome)
    case .rejected?:
      return call.failure(.rejected, "the router refuses this (\(shown))", outcome: outcome)
    default:
      return call.failure(
        .protocolError, "the answer is not what RouterOS says (\(shown))", outcome: outcome)
    }
  }
}

extension QueueRow {
  /// A row from its texts; nil without a name or a limit that can be read.
  init?(properties: [String: String]) {
    guard let name = properties["name"],
      let limit = properties["max-limit"].flatMap({ BitsPerSecond(parsing: $0) })
    else { return nil }
    func counter(_ name: String) -> Int64? { properties[name].flatMap(RouterOSText.counter) }
    func flag(_ name: String) -> Bool { properties[name].flatMap(RouterOSText.bool) ?? false }
    self.init(
      name: name, id: properties[".id"], maxLimit: limit,
      rate: properties["rate"].flatMap { BitsPerSecond(parsing: $0) },
      bytes: counter("bytes"), packets: counter("packets"), dropped: counter("dropped"),
      queuedBytes: counter("queued-bytes"), queuedPackets: counter("queued-packets"),
      isDisabled: flag("disabled"), isInvalid: flag("invalid"),
      parent: properties["parent"] ?? "", queueType: properties["queue"] ?? "")
  }
}

extension SSHServer {
  /// How a router's SSH service is reached and known.
  public init(_ settings: RouterSettings, knownHosts: KnownHosts = .standard) {
    self.init(
      host: settings.host, port: settings.sshPort, user: settings.user,
      keyFile: settings.sshKeyFile.isEmpty ? nil : settings.sshKeyFile,
      password: settings.sshPassword, knownHosts: knownHosts)
  }
}

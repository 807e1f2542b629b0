import Glibc
import HTTPClient
public import Model
import Platform
public import Router

/// Asks a router what the documentation of RouterOS leaves open. It only reads, unless a queue is
/// named for the test of writes.
public final class RouterProbe {
  /// The test of writes.
  public struct WriteTest: Sendable {
    public var queue: Identifier
    /// Of each of its two parts.
    public var writes: Int
    /// How long the flash counter is watched beside the writes.
    public var watch: Milliseconds

    public init(queue: Identifier, writes: Int = 100, watch: Milliseconds = Milliseconds(60_000)) {
      self.queue = queue
      self.writes = writes
      self.watch = watch
    }
  }

  /// What the probe wants of its surroundings.
  public struct Surroundings {
    /// Waits that long, less when the probe shall end.
    var wait: (Milliseconds) -> Void
    var isStopped: () -> Bool
    /// What is being done now.
    var tell: (String) -> Void

    public init(
      wait: @escaping (Milliseconds) -> Void, isStopped: @escaping () -> Bool,
      tell: @escaping (String) -> Void
    ) {
      self.wait = wait
      self.isStopped = isStopped
      self.tell = tell
    }
  }

  let settings: RouterSettings
  let queue: Identifier
  let writeTest: WriteTest?
  let surroundings: Surroundings
  var conversation: RESTConversation
  let console: SSHConversation
  /// Why the console is not asked; nil while nothing is known to hinder it.
  var consoleObstacle: String?
  var redaction = Redaction()
  var report: ProbeReport
  /// The queue type of the queue that is looked at.
  var leaf: String?
  /// Without writes; nil = not watched.
  var idleSectorsPerSecond: Double?

  /// - Parameter queue: the one that is looked at.
  public init(
    _ settings: RouterSettings, queue: Identifier, writeTest: WriteTest?,
    surroundings: Surroundings
  ) {
    self.settings = settings
    self.queue = queue
    self.writeTest = writeTest
    self.surroundings = surroundings
    conversation = RESTConversation(settings)
    console = SSHConversation(settings)
    report = ProbeReport(time: Clock.wall(), hasWriteTest: writeTest != nil)
    redaction.hide(settings.password.revealed, as: "(password)")
    redaction.hide(settings.sshPassword.revealed, as: "(password)")
    redaction.hide(settings.host, as: "(host)")
    redaction.hide(settings.user, as: "(user)")
  }

  /// Asks everything. Throws when the router cannot be used at all or lacks a queue; what fails
  /// later is part of the report.
  public func run() throws(LimitSetter.Failure) -> ProbeReport {
    try requireQueues()
    var questions: [() -> ProbeReport.Answer] = [
      askIdentity, askQueueRow, askQueueType, askDrops, askHeaders, askIDs, askUnknownID,
      askComments, askPlus, askFlash, askConsoleWidth, askConsoleLegend, askConsoleRates,
      askConsoleValues, askConsoleErrors, askIdleClose,
    ]
    if let writeTest {
      questions += [
        { self.testSameValue(writeTest) }, { self.testChangedValue(writeTest) },
        { self.testUnknownID() },
      ]
    }
    for question in questions {
      if surroundings.isStopped() { return report }
      report.answers.append(question())
    }
    report.isComplete = !surroundings.isStopped()
    return report
  }

  private func requireQueues() throws(LimitSetter.Failure) {
    let names = [queue, writeTest?.queue].compactMap { $0 }
    let port = RESTRouter(settings, now: Clock.monotonic)
    let missing: [Identifier]
    let known: [String]
    do throws(RouterFailure) {
      let rows = try port.readQueues(names)
      missing = zip(names, rows).filter { $0.1 == nil }.map(\.0)
      guard !missing.isEmpty else { return }
      known = try port.queueNames()
    } catch { throw .router(error) }
    throw .unknownQueues(LimitSetter.UnknownQueues(unknown: missing, known: known))
  }
}

extension RouterProbe {
  /// Begins an answer, and says so.
  func begin(_ id: String, _ question: String, done: String) -> ProbeReport.Answer {
    surroundings.tell(id)
    return ProbeReport.Answer(id: id, question: question, done: redaction(done))
  }

  /// Sends a request and notes it. nil when no answer came; after a timeout the router is left
  /// alone as long as it needs.
  func send(
    _ request: HTTPRequest, _ answer: inout ProbeReport.Answer, isNoted: Bool = true
  ) -> HTTPResponse? {
    let start = Clock.monotonic()
    var exchange = ProbeReport.Exchange(
      request: redaction("\(request.method.rawValue) \(request.path)"),
      body: redaction(String(decoding: request.body, as: UTF8.self)), status: nil, headers: [],
      answer: "", took: .zero)
    defer { if isNoted || exchange.error != nil { answer.exchanges.append(exchange) } }
    do throws(RouterFailure) {
      let response = try conversation.send(request)
      exchange.took = Clock.monotonic() - start
      exchange.status = response.status
      exchange.headers = response.head.map { redaction($0) }
      exchange.answer = redaction(String(decoding: response.body, as: UTF8.self))
      return response
    } catch {
      exchange.took = Clock.monotonic() - start
      exchange.error = redaction("\(error)")
      if error.failureClass == .timeout { surroundings.wait(RESTRouter.pauseAfterTimeout) }
      return nil
    }
  }

  /// The rows of an answer to a request; nil when there is none.
  func rows(
    _ path: String, _ answer: inout ProbeReport.Answer, isNoted: Bool = true
  ) -> [RouterRow]? {
    send(HTTPRequest(.get, path), &answer, isNoted: isNoted).flatMap(RESTConversation.rows)
  }

  /// Waits until the router closes the connection of the last answer; nil = it did not in time.
  func waitForClose(upTo patience: Milliseconds) -> Milliseconds? {
    guard let socket = conversation.idleSocket else { return nil }
    let start = Clock.monotonic()
    while Clock.monotonic() - start < patience, !surroundings.isStopped() {
      var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      if poll(&entry, 1, 200) > 0 { return Clock.monotonic() - start }
    }
    return nil
  }
}

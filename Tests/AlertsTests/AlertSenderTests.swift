import HTTPClient
import Model
import Platform
import Synchronization
import TestSupport
import Testing

@testable import Alerts

@Suite struct AlertSenderTests {
  final class Running: Sendable {
    let sender: AlertSender
    private let thread: Thread

    init(
      port: Int, path: String = "/hook", format: AlertSettings.Format = .generic, token: String = ""
    ) throws {
      let events = EventBox()
      box = events
      let sender = try AlertSender(
        AlertSettings(
          url: Secret("http://127.0.0.1:\(port)\(path)"), format: format, token: Secret(token)),
        firstPause: Milliseconds(20)
      ) { events.add($0) }
      self.sender = sender
      thread = try Thread(name: "alerts") { sender.run() }
    }

    private let box: EventBox
    var events: [AlertSender.Event] { box.all }

    func stop() { sender.stop(thread) }

    func wait(until condition: () -> Bool) -> Bool {
      let deadline = Clock.monotonic() + Milliseconds(seconds: 30)
      while !condition() {
        if Clock.monotonic() > deadline { return false }
        Clock.sleep(Milliseconds(5))
      }
      return true
    }
  }

  final class EventBox: Sendable {
    private let events = Mutex<[AlertSender.Event]>([])
    var all: [AlertSender.Event] { events.withLock { $0 } }
    func add(_ event: AlertSender.Event) { events.withLock { $0.append(event) } }
  }

  private func notices(_ count: Int = 1) -> [AlertNotice] {
    (0..<count).map {
      AlertNotice(
        .wanDown, subject: "wan\($0)", status: .raised, detail: "", since: Clock.wall(),
        time: Clock.wall())
    }
  }

  @Test func `a message arrives, with its token`() throws {
    let server = try TestServer { _ in .json(200, "") }
    defer { server.stop() }
    let running = try Running(port: server.port, token: "tok")
    running.sender.send(notices(2))
    #expect(running.wait { running.events == [.sent(notices: 2)] })
    running.stop()
    let request = try #require(server.requests.first)
    #expect(request.method == "POST" && request.path == "/hook")
    #expect(request.headers["authorization"] == "Bearer tok")
    #expect(request.headers["content-type"] == "application/json")
    #expect(request.body.contains(#""subject":"wan1""#))
  }

  @Test func `ntfy is told at its root`() throws {
    let server = try TestServer { _ in .json(200, "{}") }
    defer { server.stop() }
    let running = try Running(port: server.port, path: "/home", format: .ntfy)
    running.sender.send(notices())
    #expect(running.wait { !server.requests.isEmpty })
    running.stop()
    #expect(server.requests[0].path == "/")
    #expect(server.requests[0].headers["authorization"] == nil)
    #expect(server.requests[0].body.hasPrefix(#"{"topic":"home","#))
  }

  @Test func `a receiver that fails is tried again, and new alerts go with it`() throws {
    let isReady = Atomic<Bool>(false)
    let server = try TestServer { _ in
      isReady.load(ordering: .relaxed) ? .json(204, "") : .html(503, "later")
    }
    defer { server.stop() }
    let running = try Running(port: server.port)
    running.sender.send(notices())
    #expect(running.wait { server.requests.count >= 2 })
    running.sender.send(notices(3))
    isReady.store(true, ordering: .relaxed)
    #expect(running.wait { running.events.contains { if case .sent = $0 { true } else { false } } })
    running.stop()
    #expect(
      running.events.first == .delayed("127.0.0.1:\(server.port) answered with status 503"))
    let sent = running.events.reduce(0) { if case .sent(let count) = $1 { $0 + count } else { $0 } }
    #expect(sent == 4)
  }

  @Test func `a receiver that refuses is told once, and what it said is a hint`() throws {
    let server = try TestServer { _ in .json(404, "") }
    defer { server.stop() }
    let running = try Running(port: server.port)
    running.sender.send(notices())
    #expect(running.wait { !running.events.isEmpty })
    running.stop()
    #expect(
      running.events
        == [.refused("127.0.0.1:\(server.port) answered with status 404; is alerts.url right?")])
    #expect(server.requests.count == 1)
  }

  @Test func `nobody waits for a receiver that says nothing`() throws {
    let server = try TestServer { _ in .silence }
    defer { server.stop() }
    let running = try Running(port: server.port)
    running.sender.send(notices())
    #expect(running.wait { !server.requests.isEmpty })
    let before = Clock.monotonic()
    running.stop()
    // The request's own limit is ten seconds.
    #expect(Clock.monotonic() - before < Milliseconds(seconds: 9))
    #expect(
      running.events == [.refused("127.0.0.1:\(server.port): given up at the end of the program")])
  }

  @Test func `the path of the URL is never told`() throws {
    let (socket, port) = try listenOnLoopback()
    _ = socket
    let webhook = try #require(
      Webhook(AlertSettings(url: Secret("http://127.0.0.1:\(port)/SECRET"))))
    #expect(webhook.receiver == "127.0.0.1:\(port)")
    webhook.canceller.cancel()
    #expect(throws: Webhook.Failure.self) {
      do throws(Webhook.Failure) {
        try webhook.send(WebhookMessage(notices(), host: "h"))
      } catch {
        #expect(!"\(error)".contains("SECRET"))
        throw error
      }
    }
  }
}

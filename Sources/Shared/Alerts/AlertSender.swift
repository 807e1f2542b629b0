import Glibc
import HTTPClient
public import Model
public import Platform
import Synchronization

/// The thread that sends alerts: a bounded mailbox in front of a receiver that may be slow, gone or
/// wrong. Whoever hands it something never waits.
public final class AlertSender: Sendable {
  /// What happened to a message, for the log.
  public enum Event: Sendable, Equatable {
    case sent(notices: Int)
    /// It waits and is sent again; told for the first failure of a row.
    case delayed(String)
    /// The receiver will not take it; it is given up.
    case refused(String)
  }

  /// More notices do not wait; the oldest go.
  static let capacity = 200
  /// Pauses between attempts double from the first to the last.
  static let firstPause = Milliseconds(seconds: 5)
  static let lastPause = Milliseconds(seconds: 300)
  /// What is still to be sent at the end has so long.
  static let patienceAtEnd = Milliseconds(500)

  private struct Mailbox {
    var notices: [AlertNotice] = []
    var isEnding = false
  }

  private let settings: AlertSettings
  private let mailbox = Mutex(Mailbox())
  private let canceller = Mutex<(@Sendable () -> Void)?>(nil)
  private let wakeUp: WakeUp
  private let report: @Sendable (Event) -> Void
  private let firstPause: Milliseconds

  /// - Parameter report: called on the sender's thread.
  public convenience init(
    _ settings: AlertSettings, report: @escaping @Sendable (Event) -> Void
  ) throws(SystemError) {
    try self.init(settings, firstPause: Self.firstPause, report: report)
  }

  init(
    _ settings: AlertSettings, firstPause: Milliseconds, report: @escaping @Sendable (Event) -> Void
  ) throws(SystemError) {
    self.settings = settings
    self.firstPause = firstPause
    self.report = report
    wakeUp = try WakeUp()
  }

  /// Hands over notices, from any thread.
  public func send(_ notices: [AlertNotice]) {
    guard !notices.isEmpty else { return }
    mailbox.withLock { mailbox in
      mailbox.notices += notices
      mailbox.notices.removeFirst(max(0, mailbox.notices.count - Self.capacity))
    }
    wakeUp.notify()
  }

  /// Ends `run`: what waits is tried once more, for a moment; then a request under way is cut off.
  ///
  /// - Returns: when `thread` has ended.
  public func stop(_ thread: Thread) {
    mailbox.withLock { $0.isEnding = true }
    wakeUp.notify()
    let deadline = Clock.monotonic() + Self.patienceAtEnd
    while Clock.monotonic() < deadline, isAtWork { Clock.sleep(Milliseconds(10)) }
    canceller.withLock { $0?() }
    thread.join()
  }

  private var isAtWork: Bool { canceller.withLock { $0 != nil } }

  /// The thread's work; returns after `stop`.
  public func run() {
    guard let webhook = Webhook(settings) else {
      report(.refused("alerts.url is not a URL"))
      return
    }
    let requests = webhook.canceller
    canceller.withLock { $0 = { requests.cancel() } }
    defer { canceller.withLock { $0 = nil } }
    let host = Self.hostName()
    var pause: Milliseconds?
    while true {
      let waiting = mailbox.withLock { (notices: $0.notices, isEnding: $0.isEnding) }
      if waiting.notices.isEmpty {
        if waiting.isEnding { return }
        wakeUp.wait(upTo: nil)
        continue
      }
      do throws(Webhook.Failure) {
        try webhook.send(WebhookMessage(waiting.notices, host: host))
        drop(waiting.notices)
        report(.sent(notices: waiting.notices.count))
        pause = nil
      } catch {
        // It may have been cut off because the program ends.
        let isEnding = mailbox.withLock { $0.isEnding }
        if isEnding || !error.isTemporary {
          drop(waiting.notices)
          report(.refused(error.description))
          if isEnding { return }
          continue
        }
        if pause == nil { report(.delayed(error.description)) }
        let next = min(pause.map { $0 + $0 } ?? firstPause, Self.lastPause)
        pause = next
        waitForRetry(next)
      }
    }
  }

  /// New notices do not shorten the pause; the end does.
  private func waitForRetry(_ pause: Milliseconds) {
    let deadline = Clock.monotonic() + pause
    while true {
      let left = deadline - Clock.monotonic()
      guard left > .zero, !mailbox.withLock({ $0.isEnding }) else { return }
      wakeUp.wait(upTo: left)
    }
  }

  /// Removes what was sent. Older notices may have gone meanwhile, newer ones may have come.
  private func drop(_ sent: [AlertNotice]) {
    mailbox.withLock { mailbox in
      guard let last = sent.last, let index = mailbox.notices.lastIndex(of: last) else { return }
      mailbox.notices.removeFirst(index + 1)
    }
  }

  static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, 255) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

extension AlertSender.Event: CustomStringConvertible {
  /// A line for the log.
  public var description: String {
    switch self {
    case .sent(let notices): "alerts: \(notices) sent"
    case .delayed(let reason): "alerts: \(reason); tried again until it works"
    case .refused(let reason): "alerts: \(reason); the message is given up"
    }
  }
}

import Alerts
import Logging
import Model
import Platform

/// The alerts of a process: one book and one sender for all configurations that say the same, so
/// that what happens to two WANs at once is one message.
///
/// It belongs to the bookkeeper's thread; the senders have threads of their own.
final class AlertDesk {
  /// What is told, and to whom.
  private struct Way {
    let settings: AlertSettings
    var book: AlertBook
    let sender: AlertSender
    let thread: Thread
  }

  private var ways: [Way] = []
  /// Which way a subject's alerts go; nil = none.
  private let places: [Int?]

  /// - Parameters:
  ///   - settings: one entry per subject, in the order of their indices.
  ///   - log: told on the senders' threads what became of their messages.
  /// - Returns: nil where nobody is told of anything.
  init?(_ settings: [AlertSettings?], log: Logger) throws(SystemError) {
    var places: [Int?] = []
    for settings in settings {
      guard let settings else {
        places.append(nil)
        continue
      }
      // Rules belong to the subject; the way is where messages go and how they are put together.
      let place = ways.firstIndex { $0.settings.hasSameWay(as: settings) }
      places.append(place ?? ways.count)
      if place == nil {
        let sender = try AlertSender(settings) { event in
          log.log(level: event.level, "\(event)")
        }
        ways.append(
          Way(
            settings: settings, book: AlertBook(settings), sender: sender,
            thread: try Thread(name: "alerts") { sender.run() }))
      }
    }
    self.places = places
    if ways.isEmpty { return nil }
  }

  /// Whether anything is told of this subject.
  func isWatching(_ subject: Int) -> Bool { places[subject] != nil }

  /// As `AlertBook.observe`.
  func observe(
    _ condition: AlertCondition, subject: Int, name: String, holds: Bool,
    after waiting: Milliseconds?, at now: MonotonicTime, wall: UnixTime, detail: () -> String
  ) {
    guard let place = places[subject] else { return }
    ways[place].book.observe(
      condition, of: name, holds: holds, after: waiting, at: now, wall: wall, detail: detail)
  }

  /// Hands the groups whose time is over to their senders.
  func sendDue(at now: MonotonicTime) {
    for index in ways.indices { ways[index].sender.send(ways[index].book.due(at: now)) }
  }

  /// What waits is tried once more, for half a second.
  func stop() {
    for way in ways { way.sender.stop(way.thread) }
  }
}

extension AlertSettings {
  fileprivate func hasSameWay(as other: AlertSettings) -> Bool {
    var other = other
    other.rules = rules
    return self == other
  }
}

extension AlertSender.Event {
  fileprivate var level: Logger.Level {
    switch self {
    case .sent: .debug
    case .delayed: .warning
    case .refused: .error
    }
  }
}

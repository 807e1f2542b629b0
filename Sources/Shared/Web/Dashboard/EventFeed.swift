import Model
import Platform
import Synchronization

/// What the dashboard listens to: the whole picture at the beginning of a stream, then what is new.
///
/// An event is one line of JSON: `status` once a second, `cycles` and `log` when there are any.
final class EventFeed: Sendable {
  /// Where the figures come from. Each closure may be called by any thread.
  struct Sources: Sendable {
    /// The bodies of `/health` that there are, by the name of the daemon.
    var status: @Sendable () -> [(name: String, body: String)]
    /// Names of the WANs, by the number that samples have.
    var wans: @Sendable () -> [String]
    var cycles: RecentElements<CycleSample>
    var log: RecentElements<LogLine>
  }

  /// How far back the first picture goes.
  private static let shown = Milliseconds(60_000)
  /// Ticks of the server between two looks at what is new, and between two at the status.
  private static let newsEvery = 2
  private static let statusEvery = 4

  private struct Position {
    var ticks = 0
    var cycles = 0
    var log = 0
  }

  private let sources: Sources
  private let position = Mutex(Position())

  init(_ sources: Sources) {
    self.sources = sources
  }

  /// A stream with the whole picture in it. What is new since may come twice: readers know samples by
  /// their time, and lines by their number.
  func open() -> EventStream {
    let stream = EventStream()
    var cycles = sources.cycles.elements().elements
    if let newest = cycles.last?.time {
      cycles.removeAll { newest - $0.time > Self.shown }
    }
    let log = sources.log.elements()
    var bytes = Array("event: begin\ndata: {}\n\n".utf8)
    bytes += status()
    bytes += self.cycles(cycles)
    bytes += self.log(log)
    stream.send(bytes)
    return stream
  }

  /// Called by the server's clock thread, with what everybody is to hear.
  func tick(hasListeners: Bool, send: ([UInt8]) -> Void) {
    var event: [UInt8] = []
    position.withLock { position in
      position.ticks += 1
      guard position.ticks.isMultiple(of: Self.newsEvery) else { return }
      let cycles = sources.cycles.elements(from: position.cycles)
      let log = sources.log.elements(from: position.log)
      position.cycles = cycles.end
      position.log = log.end
      guard hasListeners else { return }
      if position.ticks.isMultiple(of: Self.statusEvery) { event += status() }
      if !cycles.elements.isEmpty { event += self.cycles(cycles.elements) }
      if !log.elements.isEmpty { event += self.log(log) }
    }
    if !event.isEmpty { send(event) }
  }

  // MARK: - Events

  private func status() -> [UInt8] {
    var json = JSONWriter(reserving: 8192)
    json.beginObject()
    for (name, body) in sources.status() {
      json.key(name)
      json.literal(body)
    }
    json.field("time", Double(Clock.wall().rawValue / 1000))
    json.endObject()
    return Self.event("status", json.text)
  }

  /// `[wan, time in ms, measured, smoothed, baseline, download, upload, zones of both]`; ms and Mbit/s.
  private func cycles(_ samples: [CycleSample]) -> [UInt8] {
    var json = JSONWriter(reserving: samples.count * 64)
    json.beginObject()
    json.key("wans")
    json.beginArray()
    for name in sources.wans() { json.string(name) }
    json.endArray()
    json.key("list")
    json.beginArray()
    for sample in samples {
      json.beginArray()
      json.integer(sample.wan)
      json.integer(sample.time.rawValue / 1000)
      if let rtt = sample.rtt { json.literal(fixed(rtt.rawValue, digits: 2)) } else { json.null() }
      json.literal(fixed(sample.load.rawValue, digits: 2))
      json.literal(fixed(sample.baseline.rawValue, digits: 2))
      json.literal(fixed(sample.rates.download.megabits, digits: 1))
      json.literal(fixed(sample.rates.upload.megabits, digits: 1))
      json.integer(sample.zones.download.rawValue)
      json.integer(sample.zones.upload.rawValue)
      json.endArray()
    }
    json.endArray()
    json.endObject()
    return Self.event("cycles", json.text)
  }

  /// `[number, time in ms, wan, level, message]`.
  private func log(_ part: RecentElements<LogLine>.Part) -> [UInt8] {
    var json = JSONWriter(reserving: 4096)
    json.beginObject()
    json.key("list")
    json.beginArray()
    for (line, number) in zip(part.elements, (part.end - part.elements.count)...) {
      json.beginArray()
      json.integer(number)
      json.integer(line.time.rawValue / 1000)
      json.string(line.wan)
      json.string(line.level.rawValue)
      json.string(line.message)
      json.endArray()
    }
    json.endArray()
    json.field("end", part.end)
    json.endObject()
    return Self.event("log", json.text)
  }

  /// JSON of ours has no line ends: `body` has, and they are blanks of JSON.
  private static func event(_ name: String, _ json: String) -> [UInt8] {
    var bytes = Array("event: \(name)\ndata: ".utf8)
    bytes += json.utf8.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 }
    bytes += "\n\n".utf8
    return bytes
  }
}

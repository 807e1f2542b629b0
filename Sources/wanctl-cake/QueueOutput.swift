import Commands
import Glibc
import Model
import Platform
import Router
import Service
import Terminal

/// Where readings go.
protocol QueueOutput {
  /// Whether it has to be drawn again now and then.
  var isScreen: Bool { get }
  mutating func show(_ reading: QueueReader.Reading, _ trouble: Trouble) throws
  /// Nothing was read meanwhile, but something may be wrong.
  mutating func refresh(_ trouble: Trouble) throws
  /// Something that begins to be wrong.
  func tell(_ text: String)
}

extension QueueOutput {
  var isScreen: Bool { false }
  mutating func refresh(_ trouble: Trouble) throws {}
  func tell(_ text: String) { remark(text) }
}

/// Records, the lines of a reading by one call.
struct RecordOutput: QueueOutput {
  func show(_ reading: QueueReader.Reading, _ trouble: Trouble) throws {
    var json = JSONWriter(reserving: 4096)
    for record in reading.records {
      record.write(to: &json)
      json.newline()
    }
    _ = try json.withBytes { bytes throws(SystemError) in try writeAll(bytes, to: STDOUT_FILENO) }
  }
}

/// Rows that follow each other.
struct RowOutput: QueueOutput {
  private var view: QueueView
  private var hasHeading = false

  init(names: [String]) { view = QueueView(title: "", names: names) }

  mutating func show(_ reading: QueueReader.Reading, _ trouble: Trouble) throws {
    view.add(reading.records)
    var text = ""
    if !hasHeading { text = view.heading(time: "TIME    ") + "\n" }
    hasHeading = true
    if let time = reading.records.first?.time { text += view.rows(time: timeOfDay(time)) }
    let bytes = Array(text.utf8)
    _ = try bytes.withUnsafeBufferPointer { buffer throws(SystemError) in
      try writeAll(buffer, to: STDOUT_FILENO)
    }
  }
}

/// A screen that is redrawn. What is wrong stands on it.
final class ScreenOutput: QueueOutput {
  private let screen: FullScreen
  private var view: QueueView

  init(title: String, names: [String]) throws {
    screen = try FullScreen(environment: environment)
    view = QueueView(title: title, names: names)
  }

  var isScreen: Bool { true }

  func show(_ reading: QueueReader.Reading, _ trouble: Trouble) throws {
    view.add(reading.records)
    try refresh(trouble)
  }

  func refresh(_ trouble: Trouble) throws {
    view.notice = trouble.notice
    let frame = view.frame(screen.size, time: timeOfDay(Clock.wall()))
    // Whoever looked at it is gone.
    guard screen.draw(frame) else { throw SystemError("write", code: EPIPE) }
  }

  func tell(_ text: String) {}
}

/// `23:31:14`, local time.
private func timeOfDay(_ time: UnixTime) -> String {
  String(LocalTime(time).iso8601.dropFirst(11).prefix(8))
}

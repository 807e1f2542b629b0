import Glibc
public import Model
public import Platform

/// The transitions of steering on disk: JSON Lines, oldest first, flushed with each.
///
/// The file never has more than `maximumBytes`: when it is full the older half goes. What is older
/// than 90 days goes too. Both are done into a new file that takes the place of the old one at once,
/// so that a crash leaves one or the other. A line that a crash has torn is closed by the next one
/// and passed over by the reader.
///
/// Several processes may append at the same time. It blocks for as long as the disk does: not for
/// the control thread.
public struct TransitionLog: Sendable {
  public static let maximumAge = Milliseconds(seconds: 90 * 86_400)
  /// Room for a hundred a day.
  public static let defaultMaximumBytes = 4 << 20
  /// The oldest line may be this much too old, so that not every new one rewrites the file.
  private static let ageSlack = Milliseconds(seconds: 86_400)
  /// A longer line is not ours.
  static let maximumLineBytes = 64 << 10

  public let path: String
  private let maximumBytes: Int

  /// - Parameter maximumBytes: of the file, at least a few lines.
  public init(path: String, maximumBytes: Int = Self.defaultMaximumBytes) {
    self.path = path
    self.maximumBytes = maximumBytes
  }

  // MARK: Writing

  /// Appends a line, and returns when it is on the disk. The file and its folder are made where they
  /// are missing.
  public func append(_ transition: SteeringTransition) throws(SystemError) {
    try File.makeFolders(to: path)
    let line = Self.line(transition)
    let file = try openForWriting()
    let size = try file.size()
    let last = try size > 0 ? file.read(at: size - 1, count: 1) : []
    let isTorn = last.first != nil && last.first != UInt8(ascii: "\n")
    let text = isTorn ? [UInt8(ascii: "\n")] + line : line
    let oldest = transition.time - Self.maximumAge
    let isOld = try begins(file, before: oldest - Self.ageSlack)
    if isOld || size + text.count > maximumBytes {
      do throws(SystemError) {
        return try replace(with: kept(of: file, since: oldest) + line)
      } catch {
        // Better a file that is too large than a transition that is lost; within limits.
        if size > 2 * maximumBytes { throw error }
      }
    }
    try file.write(text)
    try file.sync()
    if size == 0 {
      file.handOver()
      try File.syncFolder(of: path)
    }
  }

  private static func line(_ transition: SteeringTransition) -> [UInt8] {
    var json = JSONWriter(reserving: 512)
    transition.write(to: &json)
    json.newline()
    return json.withBytes { Array($0) }
  }

  /// The file, locked if that can be had, and still the one at `path`.
  private func openForWriting() throws(SystemError) -> File {
    for _ in 0..<100 {
      let file = try File(
        path, flags: O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o640)
      guard try file.lock() else {
        Clock.sleep(Milliseconds(5))
        continue
      }
      // Somebody may have put another one in its place since it was opened.
      if try file.identity() == File.identity(of: path) { return file }
    }
    // Who holds the lock for so long is stuck; appending is safe without it.
    return try File(path, flags: O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o640)
  }

  /// Whether the first line is from before `time`.
  private func begins(_ file: File, before time: UnixTime) throws(SystemError) -> Bool {
    let start = try file.read(at: 0, count: Self.maximumLineBytes)
    let first = start.split(separator: UInt8(ascii: "\n"), maxSplits: 1).first ?? []
    guard let transition = try? SteeringTransition(first) else { return false }
    return transition.time < time
  }

  /// The newest lines that are young enough and fill at most half of the file.
  private func kept(of file: File, since time: UnixTime) throws(SystemError) -> [UInt8] {
    let bytes = try file.read(at: 0, count: 2 * maximumBytes + Self.maximumLineBytes)
    var lines: [ArraySlice<UInt8>] = []
    var count = 0
    for line in bytes.split(separator: UInt8(ascii: "\n")).reversed() {
      guard let transition = try? SteeringTransition(line), transition.time >= time else {
        continue
      }
      count += line.count + 1
      if count > maximumBytes / 2 { break }
      lines.append(line)
    }
    return Array(lines.reversed().map { $0 + [UInt8(ascii: "\n")] }.joined())
  }

  private func replace(with bytes: [UInt8]) throws(SystemError) {
    try AtomicReplacement(path: path, mode: 0o640, keepsPrevious: false).run(bytes)
  }

  // MARK: Reading

  /// Hands out all transitions, oldest first. A file that is not there has none.
  ///
  /// - Returns: how many lines are none that this version knows.
  @discardableResult
  public func forEach(_ body: (SteeringTransition) -> Void) throws(SystemError) -> Int {
    let file: File
    do throws(SystemError) {
      file = try File(path, flags: O_RDONLY | O_NONBLOCK)
    } catch {
      if error.code == ENOENT { return 0 }
      throw error
    }
    var damaged = 0
    var rest: [UInt8] = []
    /// The line under way is too long: what follows of it is passed over.
    var isSkipping = false
    func take(_ line: ArraySlice<UInt8>) {
      if line.isEmpty { return }
      if let transition = try? SteeringTransition(line) { body(transition) } else { damaged += 1 }
    }
    var offset = 0
    while true {
      let chunk = try file.read(at: offset, count: 64 << 10)
      if chunk.isEmpty { break }
      offset += chunk.count
      rest += chunk
      var start = rest.startIndex
      while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
        if !isSkipping { take(rest[start..<end]) }
        isSkipping = false
        start = end + 1
      }
      rest.removeSubrange(..<start)
      if rest.count > Self.maximumLineBytes {
        if !isSkipping { damaged += 1 }
        isSkipping = true
        rest.removeAll()
      }
    }
    // What has no end yet may be a line that is being written.
    if !isSkipping, let transition = try? SteeringTransition(rest) { body(transition) }
    return damaged
  }

  /// The newest transitions, oldest first.
  public func newest(_ count: Int) throws(SystemError) -> [SteeringTransition] {
    var transitions: [SteeringTransition] = []
    try forEach { transition in
      transitions.append(transition)
      if transitions.count > 2 * max(count, 64) {
        transitions.removeFirst(transitions.count - count)
      }
    }
    return transitions.suffix(max(count, 0))
  }
}

import Model
import Platform
import Service

/// Whether the state files can be gone on from.
enum StateCheck {
  /// Older than this the state of a loop says that it does not run.
  static let staleAfter = Milliseconds(seconds: 90)

  static func loop(_ settings: LoopSettings) -> LiveItem {
    let path = settings.stateFile
    guard let facts = FileFacts.at(path) else {
      return LiveItem(.state, path, "not there yet: the loop begins afresh")
    }
    let loaded = StateFile(path: path).peek(defaults: LoopState(startOf: settings))
    let process = InstanceLock.runningProcess(lockFile: settings.lockFile)
    return item(
      path, loaded.isRestored, loaded.findings,
      process.map { "sound, the loop runs as process \($0)" } ?? "sound, the loop does not run",
      facts)
  }

  static func steering(_ settings: SteeringSettings) -> LiveItem {
    let path = settings.stateFile
    guard let facts = FileFacts.at(path) else {
      return LiveItem(.state, path, "not there yet: steering begins afresh")
    }
    let name = "\(settings.control.primary.uppercased())_GOOD"
    let loaded = SteeringStateFile(path: path).peek(defaults: SteeringState(name: name))
    return item(
      path, loaded.isRestored, loaded.findings,
      "sound, \(loaded.state.name)", facts)
  }

  private static func item(
    _ path: String, _ isRestored: Bool, _ problems: [StateFileFinding], _ sound: String,
    _ facts: FileFacts
  ) -> LiveItem {
    guard !isRestored || !problems.isEmpty else { return LiveItem(.state, path, sound) }
    let isUnseen = problems.contains { if case .unreadable = $0 { true } else { false } }
    guard !isUnseen else {
      return LiveItem(
        .state, path, "not seen",
        findings: [
          Finding(
            .fileNotSeen, .note, .path(path), facts: [Finding.Fact("is", facts.text)],
            reason: "It could not be read; root sees more.", mending: [])
        ])
    }
    return LiveItem(
      .state, path, isRestored ? "partly usable" : "damaged",
      findings: [
        Finding(
          .stateDamaged, .warning, .path(path),
          facts: problems.map { Finding.Fact("found", "\($0)") } + [Finding.Fact("is", facts.text)],
          reason: isRestored
            ? "What cannot be used begins at its default."
            : "The daemon begins afresh, and keeps the file as \(path).corrupt.", mending: [])
      ])
  }

  /// The state of the primary's loop, which steering takes the baseline from.
  static func source(_ path: String, now: UnixTime, loop: String) -> LiveItem? {
    guard let facts = FileFacts.at(path) else { return nil }
    let age = now.seconds - facts.changed
    guard age > staleAfter.seconds else {
      return LiveItem(.state, path, "written \(fixed(max(age, 0), digits: 0)) s ago")
    }
    return LiveItem(
      .state, path, "stale",
      findings: [
        Finding(
          .stateStale, .warning, .path(path),
          facts: [Finding.Fact("written", "\(fixed(age, digits: 0)) s ago")],
          reason: "The loop of \(loop) does not run, or writes elsewhere: steering keeps its last "
            + "baseline and enables nothing.",
          mending: [.host("systemctl status wanctl@\(loop)")])
      ])
  }
}

extension LoopState {
  /// A fresh start, for the fields that a file lacks.
  fileprivate init(startOf settings: LoopSettings) {
    let control = settings.control
    self.init(
      queues: PerDirection(
        download: Queue(streaks: Streaks(), rate: control.download.ceiling),
        upload: Queue(streaks: Streaks(), rate: control.upload.ceiling)),
      baseline: control.baselineInitial, load: control.baselineInitial,
      lastApplied: PerDirection(download: nil, upload: nil))
  }
}

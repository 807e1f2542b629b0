import Model
import Service

extension WANFacts {
  /// Looks at the files of the loop, and changes none of them.
  mutating func readFiles(_ sample: WritableKeyPath<Stored, LoopState?>) {
    runningProcess = InstanceLock.runningProcess(lockFile: lockFile)
    // A field that the file lacks keeps this value, to which no check objects.
    let queues = ranges.map { LoopState.Queue(streaks: Streaks(), rate: $0.ceiling) }
    let defaults = LoopState(
      queues: queues, baseline: .zero, load: .zero,
      lastApplied: PerDirection(download: nil, upload: nil))
    let loaded = StateFile(path: stateFile).peek(defaults: defaults)
    stored[keyPath: sample] = loaded.isRestored ? loaded.state : nil
  }
}

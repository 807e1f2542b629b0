import Model
import Router

/// Where the measurements of a line come from.
enum LineSource {
  /// Probes of its own, and the state file of the line's loop.
  case own(LineProber)
  /// The loop of this process: its rounds, its baseline, its readings of the queues.
  case loop(wan: Int)
  /// Nothing measures it.
  case none
}

extension SteeringSettings {
  /// After this a probe counts as lost for the question whether the primary is dead: three of them
  /// must be lost before `dead_after_sec` has passed.
  var overdueAfter: Milliseconds {
    control.deadAfter > .zero
      ? min(Milliseconds(control.deadAfter.rawValue / 2), probeTimeout) : probeTimeout
  }
}

extension QueueReading {
  /// nil for a queue that was not read, or whose row lacks what is wanted.
  init?(_ row: QueueRow?) {
    guard let row, let queued = row.queuedPackets else { return nil }
    // Without a count only CAKE, which drops where RouterOS does not count, has an excuse.
    guard row.dropped != nil || row.leaf == "cake" else { return nil }
    self.init(dropped: row.dropped, queuedPackets: queued)
  }
}

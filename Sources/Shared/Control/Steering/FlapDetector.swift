import Model

/// Notices that the state changes too often, and raises the threshold for a while where that is
/// configured.
struct FlapDetector: Sendable {
  /// More changes than these are not kept.
  static let capacity = 20

  private var changes = BoundedHistory<UnixTime>(capacity: capacity)
  private var penaltyEnd: UnixTime?

  mutating func changed(at time: UnixTime) { changes.append(time) }

  /// Whether the penalty is on.
  mutating func check(
    at time: UnixTime, settings: SteeringControlSettings.Confidence.FlapDetection
  ) -> Bool {
    guard settings.isEnabled else { return false }
    if let end = penaltyEnd {
      if time < end { return true }
      penaltyEnd = nil
    }
    let window = Milliseconds(seconds: settings.windowMinutes * 60)
    let recent = changes.count { time - $0 < window }
    guard recent > settings.maximumToggles else { return false }
    penaltyEnd = time + Milliseconds(seconds: settings.penaltySeconds)
    return true
  }
}

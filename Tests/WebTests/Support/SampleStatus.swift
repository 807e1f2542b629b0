import Model
import Platform

@testable import Web

/// The moment of the original's recorded answer: its router was lost 46 microseconds ago.
func sampleStatus(isReachable: Bool = false, name: String = "cable") throws -> LoopStatus {
  let now = MonotonicTime(nanoseconds: 1_021_306_420_624)
  let lost = MonotonicTime(nanoseconds: 1_021_306_374_582)
  var router = WANSnapshot.RouterContact()
  router.isReachable = isReachable
  if !isReachable {
    router.consecutiveFailures = 1
    router.lastFailure = .protocolError
    router.lastFailureAt = lost
    router.outageBegan = lost
    router.outageSince = UnixTime(seconds: 1_795_217_773)
  }
  var snapshot = WANSnapshot(
    decision: Decision(
      time: UnixTime(seconds: 1_795_217_773), rtt: Milliseconds(200), load: Milliseconds(112),
      baseline: Milliseconds(24), held: false,
      directions: PerDirection(
        download: DirectionDecision(zone: .red, rate: BitsPerSecond(799_000_000)),
        upload: DirectionDecision(zone: .red, rate: BitsPerSecond(34_200_000))),
      streaks: PerDirection(download: Streaks(red: 1), upload: Streaks(red: 1))),
    router: router, control: cableControl)
  snapshot.counts.stepped = 12
  snapshot.counts.failedInRow = isReachable ? 0 : 1
  var ticks = LoopTicks()
  ticks.at = now
  ticks.count = 246
  return LoopStatus(
    wans: [
      LoopStatus.WAN(
        name: try Identifier(name),
        queues: PerDirection(
          download: try Identifier("WAN-Download"), upload: try Identifier("WAN-Upload")),
        snapshot: snapshot)
    ], ticks: ticks, startedAt: now + Milliseconds(-12_345), now: now,
    time: UnixTime(seconds: 1_795_217_773))
}

let cableControl = ControlSettings(
  baselineInitial: Milliseconds(24), baselineBounds: ClosedBounds(min: 10, max: 60),
  targetBloat: ConfiguredNumber(integer: 12), warnBloat: ConfiguredNumber(integer: 45),
  hardRedBloat: ConfiguredNumber(integer: 80), alphaBaseline: 0.001, alphaLoad: 0.5,
  baselineUpdateThreshold: Milliseconds(3), accelThreshold: Milliseconds(12),
  baselineRelearnAfter: Milliseconds(600_000),
  download: ControlSettings.Queue(
    ceiling: 940e6, floorGreen: 550e6, floorYellow: 350e6, floorSoftRed: 275e6, floorRed: 200e6,
    stepUp: 10e6, factorDown: 0.85, factorDownYellow: 0.96, greenRequired: 5),
  upload: ControlSettings.Queue(
    ceiling: 38e6, floorGreen: 8e6, floorYellow: 8e6, floorSoftRed: 8e6, floorRed: 8e6, stepUp: 1e6,
    factorDown: 0.9, factorDownYellow: 0.94, greenRequired: 5))

/// Of a daemon that tells nothing.
let noFeed = EventFeed(
  EventFeed.Sources(
    status: { [] }, wans: { [] }, cycles: RecentElements(capacity: 1),
    log: RecentElements(capacity: 1)))

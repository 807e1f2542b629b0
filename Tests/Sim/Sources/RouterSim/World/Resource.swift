/// What `/system/resource` shows.
struct Resource {
  /// Uptime when the router last started, in seconds: the default world has been up for a week.
  private var uptimeAtStart = 6 * 86_400 + 23 * 3600 + 19 * 60 + 23
  private var started: Nanoseconds = 0
  /// Sectors written by configuration changes since the world began.
  var sectorsWritten = 0
  private var sectorsBeforeBoot = 0
  private var housekeepingBeforeBoot = 0
  /// Sectors that something else writes per hour.
  var extraSectorsPerHour: Double = 0
  /// Load of the processor, 0 to 1; nil shows the default world's 7 %.
  var processorLoad: Double?
  var version = "7.23.7 (long-term)"
  var boardName = "RB5009UG+S+"
  private static let sectorsSinceRebootAtStart = 14_202
  private static let sectorsTotalAtStart = 58_109

  mutating func reboot(at now: Nanoseconds, uptime: Int = 0) {
    housekeepingBeforeBoot += housekeeping(at: now)
    sectorsBeforeBoot = Self.sectorsSinceRebootAtStart + sectorsWritten + housekeepingBeforeBoot
    started = now
    uptimeAtStart = uptime
  }

  func uptime(at now: Nanoseconds) -> Int {
    uptimeAtStart + Int((now - started) / .seconds(1))
  }

  /// RouterOS writes about 32 sectors every 300 s whatever happens.
  private func housekeeping(at now: Nanoseconds) -> Int {
    let elapsed = (now - started).inSeconds
    return 32 * Int(elapsed / 300) + Int(min(elapsed / 3600 * extraSectorsPerHour, 1e15))
  }

  func values(at now: Nanoseconds) -> [String: String] {
    let written = sectorsWritten + housekeepingBeforeBoot + housekeeping(at: now)
    let sinceReboot = Self.sectorsSinceRebootAtStart + written - sectorsBeforeBoot
    return [
      "architecture-name": "arm64", "bad-blocks": "0", "board-name": boardName,
      "build-time": "2026-08-14 09:21:40", "cpu": "ARM64", "cpu-count": "4",
      "cpu-frequency": "1400",
      "cpu-load": String(Int(((processorLoad ?? 0.07) * 100).rounded())),
      "factory-software": "7.4", "free-hdd-space": "995123200", "free-memory": "821035008",
      "platform": "MikroTik", "total-hdd-space": "1073741824", "total-memory": "1073741824",
      "uptime": Text.duration(seconds: uptime(at: now)), "version": version,
      "write-sect-since-reboot": String(sinceReboot),
      "write-sect-total": String(Self.sectorsTotalAtStart + written),
    ]
  }
}

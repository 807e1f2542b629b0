import Config
import Foundation
import Logging
import Model
import Platform
import Testing

@testable import Daemon

@Suite struct ReloaderTests {
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: "reload-\(UUID().uuidString)")
  private let lines = Lines()

  private func write(ceiling: String, host: String = "127.0.0.1") throws -> String {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "wan1.yaml")
    try """
    wan_name: wan1
    router: {host: \(host), user: wanctl, ssh_key: /nonexistent}
    queues: {download: WAN-Download, upload: WAN-Upload}
    continuous_monitoring:
      enabled: true
      baseline_rtt_initial: 20
      download: {floor_green_mbps: 10, floor_yellow_mbps: 10, floor_red_mbps: 10, ceiling_mbps: \(ceiling), step_up_mbps: 1, factor_down: 0.85}
      upload: {floor_green_mbps: 5, floor_yellow_mbps: 5, floor_red_mbps: 5, ceiling_mbps: 20, step_up_mbps: 1, factor_down: 0.9}
      thresholds:
        {target_bloat_ms: 15, warn_bloat_ms: 45, baseline_time_constant_sec: 50, load_time_constant_sec: 0.2}
      ping_hosts: [127.0.0.1]
    logging: {main_log: /tmp/x.log, debug_log: /tmp/y.log}
    lock_file: \(folder.path)/wan1.lock
    lock_timeout: 300
    """.write(to: file, atomically: true, encoding: .utf8)
    return file.path
  }

  private func reloader(_ path: String, _ box: ReloadBox) -> Reloader {
    Reloader(
      current: [ConfigFile.load(path: path, environment: [:])], environment: [:], box: box,
      names: nil)
  }

  @Test func aValidChangeGoesToTheControlThread() throws {
    let box = ReloadBox()
    let reloader = reloader(try write(ceiling: "100"), box)
    _ = try write(ceiling: "80")
    let settings = try #require(reloader.reload([lines.logger]))
    #expect(settings[0].control.download.ceiling == 80e6)
    let taken = try #require(box.take())
    #expect(taken.map(\.settings) == settings)
    #expect(taken[0].addresses.reflectors == [IPAddress("127.0.0.1")])
    #expect(box.take() == nil)
    #expect(
      lines.all == ["info: configuration: continuous_monitoring.download.ceiling_mbps: 100 -> 80"])
  }

  @Test func anInvalidFileChangesNothingAndSaysWhere() throws {
    let box = ReloadBox()
    let reloader = reloader(try write(ceiling: "100"), box)
    let path = try write(ceiling: "5")
    #expect(reloader.reload([lines.logger]) == nil)
    #expect(box.take() == nil)
    #expect(lines.all.contains { $0.hasPrefix("error: \(path):") && $0.contains("ceiling_mbps") })
    #expect(lines.all.last == "error: the configuration stays as it was")
  }

  @Test func whatBelongsToTheStartWaitsForARestart() throws {
    let box = ReloadBox()
    let reloader = reloader(try write(ceiling: "100"), box)
    _ = try write(ceiling: "100", host: "127.0.0.2")
    #expect(reloader.reload([lines.logger]) == nil)
    #expect(
      lines.all == [
        "info: configuration: router.host: 127.0.0.1 -> 127.0.0.2 (waits for a restart)"
      ])
  }

  @Test func nothingNewIsSaidToo() throws {
    let reloader = reloader(try write(ceiling: "100"), ReloadBox())
    #expect(reloader.reload([lines.logger]) == nil)
    #expect(lines.all == ["info: configuration read again: nothing changed"])
  }
}

@Suite struct NameWatcherTests {
  @Test func addressesNeedNoLookingUp() throws {
    var settings = try cableSettings()
    #expect(!NameWatcher.isNeeded(for: [settings]))
    settings.probe.reflectors.append("dns.example")
    #expect(NameWatcher.isNeeded(for: [settings]))
  }

  @Test func aNameThatIsLostKeepsItsAddress() throws {
    var settings = try cableSettings(reflectors: ["127.0.0.1", "localhost"])
    settings.fallback.gateway = "127.0.0.9"
    let known = ProbeAddresses(resolving: settings)
    #expect(known.failures.isEmpty)
    #expect(known.gateway == IPAddress("127.0.0.9"))
    var lost = known
    lost.reflectors[1] = nil
    lost.gateway = nil
    #expect(!lost.isSame(as: known))
    #expect(lost.filled(from: known).isSame(as: known))
  }

  @Test func itEndsWhenTold() throws {
    let settings = [try cableSettings(reflectors: ["localhost"])]
    let box = ReloadBox()
    let watcher = try NameWatcher(
      settings: settings, addresses: settings.map { ProbeAddresses(resolving: $0) }, box: box)
    let thread = try Thread(name: "resolver") { watcher.run() }
    watcher.stop()
    thread.join()
    #expect(box.take() == nil)
  }
}

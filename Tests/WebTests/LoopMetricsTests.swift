import Foundation
import Model
import TestSupport
import Testing

@testable import Web

@Suite struct LoopMetricsTests {
  private func twoWANs() throws -> LoopStatus {
    var status = try sampleStatus(isReachable: true)
    status.wans.append(try sampleStatus(name: "Fibre-2").wans[0])
    status.storage = StorageStatus(rows: 7)
    status.wans[0].snapshot.cycleTimes.add(Milliseconds(0.25))
    status.wans[0].snapshot.cycleTimes.add(Milliseconds(7000))
    status.wans[0].snapshot.router.identity = RouterDescription(
      version: "7.23.7", board: "RB5009", sectorsWritten: 4711)
    status.wans[0].snapshot.router.confirmed.download = BitsPerSecond(8_000_000)
    status.wans[0].snapshot.router.throughput.download = BitsPerSecond(4_000_000)
    status.wans[0].snapshot.router.budget = WriteBudgetLevel(
      tokens: 3, burst: 120, perMinute: 60, at: status.time)
    return status
  }

  @Test func theOriginalsMetricsComeFirstAsItPrintsThem() throws {
    let text = LoopMetrics.text(try sampleStatus())
    let original = """
      # HELP wanctl_bandwidth_mbps Current bandwidth limit in Mbps
      # TYPE wanctl_bandwidth_mbps gauge
      wanctl_bandwidth_mbps{direction="download",wan="cable"} 799.0
      wanctl_bandwidth_mbps{direction="upload",wan="cable"} 34.2
      # HELP wanctl_cycle_duration_seconds Duration of last autorate cycle in seconds
      # TYPE wanctl_cycle_duration_seconds gauge
      wanctl_cycle_duration_seconds{wan="cable"} 0.0
      # HELP wanctl_rtt_baseline_ms Baseline RTT in milliseconds
      # TYPE wanctl_rtt_baseline_ms gauge
      wanctl_rtt_baseline_ms{wan="cable"} 24.0
      # HELP wanctl_rtt_delta_ms RTT delta (load - baseline) in milliseconds
      # TYPE wanctl_rtt_delta_ms gauge
      wanctl_rtt_delta_ms{wan="cable"} 88.0
      # HELP wanctl_rtt_load_ms Load RTT (EWMA smoothed) in milliseconds
      # TYPE wanctl_rtt_load_ms gauge
      wanctl_rtt_load_ms{wan="cable"} 112.0
      # HELP wanctl_state Current state (1=GREEN, 2=YELLOW, 3=SOFT_RED, 4=RED)
      # TYPE wanctl_state gauge
      wanctl_state{direction="download",wan="cable"} 4
      wanctl_state{direction="upload",wan="cable"} 4
      # HELP wanctl_cycles_total Total number of autorate cycles
      # TYPE wanctl_cycles_total counter
      wanctl_cycles_total{wan="cable"} 12
      # HELP wanctl_ping_failures_total Total ping measurement failures
      # TYPE wanctl_ping_failures_total counter
      wanctl_ping_failures_total{wan="cable"} 0
      # HELP wanctl_rate_limit_events_total Total rate limit throttling events
      # TYPE wanctl_rate_limit_events_total counter
      wanctl_rate_limit_events_total{wan="cable"} 0
      # HELP wanctl_router_updates_total Total router configuration updates
      # TYPE wanctl_router_updates_total counter
      wanctl_router_updates_total{wan="cable"} 0

      """
    #expect(text.hasPrefix(original), "\(text.prefix(original.count))")
  }

  /// Units in names are the original's; nothing else may be found.
  @Test func promtoolFindsNothingButTheOriginalsUnits() throws {
    let findings = try Promtool.check(LoopMetrics.text(try twoWANs()))
    #expect(
      findings.sorted() == [
        "wanctl_rtt_baseline_ms metric names should not contain abbreviated units",
        "wanctl_rtt_delta_ms metric names should not contain abbreviated units",
        "wanctl_rtt_load_ms metric names should not contain abbreviated units",
      ])
  }

  @Test func histogramsAreCumulativeInSeconds() throws {
    let text = LoopMetrics.text(try twoWANs())
    for line in [
      #"wanctl_cycle_time_seconds_bucket{wan="cable",le="0.0001"} 0"#,
      #"wanctl_cycle_time_seconds_bucket{wan="cable",le="0.00025"} 1"#,
      #"wanctl_cycle_time_seconds_bucket{wan="cable",le="5.0"} 1"#,
      #"wanctl_cycle_time_seconds_bucket{wan="cable",le="+Inf"} 2"#,
      #"wanctl_cycle_time_seconds_sum{wan="cable"} 7.00025"#,
      #"wanctl_cycle_time_seconds_count{wan="cable"} 2"#,
      #"wanctl_cycle_duration_seconds{wan="cable"} 7.0"#,
      #"wanctl_router_flash_sectors_written_total{wan="cable"} 4711"#,
      #"wanctl_router_reachable{wan="fibre-2"} 0.0"#,
      #"wanctl_router_limit_bytes_per_second{direction="download",wan="cable"} 1000000.0"#,
      #"wanctl_queue_throughput_bytes_per_second{direction="download",wan="cable"} 500000.0"#,
    ] {
      #expect(text.contains("\n\(line)\n"), "\(line)")
    }
  }

  @Test func labelsAreEscapedAndOddNumbersHaveNames() {
    var out = MetricsText()
    out.add("a", [("x", "q\"b\\n\nl")], Double.infinity)
    out.add("a", [], -Double.infinity)
    out.add("a", [], Double.nan)
    #expect(out.text == "a{x=\"q\\\"b\\\\n\\nl\"} +Inf\na -Inf\na NaN\n")
  }
}

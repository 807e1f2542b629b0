import Model
import Testing

@testable import Web

@Suite struct SteeringMetricsTests {
  @Test func theOriginalsMetricsHaveItsNamesAndLabels() {
    let text = SteeringMetrics.text(sampleSteering(isDegraded: true))
    for line in [
      #"wanctl_congestion_state{wan="wan1"} 4"#, #"wanctl_steering_enabled{wan="wan1"} 1"#,
      #"wanctl_steering_transitions_total{from="wan1_degraded",to="wan1_good",wan="wan1"} 1"#,
      #"wanctl_steering_transitions_total{from="wan1_good",to="wan1_degraded",wan="wan1"} 2"#,
      #"wanctl_steering_target_active{target="wan2",wan="wan1"} 0"#,
      #"wanctl_steering_target_active{target="wan3",wan="wan1"} 1"#,
      #"wanctl_steering_confidence_score{wan="wan1"} 85.0"#,
      #"wanctl_steering_command_age_seconds{wan="wan1"} 0.0"#,
    ] {
      #expect(text.contains("\n\(line)\n"), "\(line)")
    }
  }

  @Test func promtoolFindsNothing() throws {
    #expect(try Promtool.check(SteeringMetrics.text(sampleSteering())) == [])
  }
}

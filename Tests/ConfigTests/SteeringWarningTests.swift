import Testing

@testable import Config

/// Warnings of a steering configuration: each case edits the valid fixture in one place.
@Suite struct SteeringWarningTests {
  @Test(arguments: [
    (
      "lock_timeout: 60", "lock_timeout: 60\nturbo: on",
      ["33:1: unknown key \"turbo\" has no effect"]
    ),
    (
      "red_samples_required: 4", "red_samples_requird: 4\n  red_samples_required: 4",
      [
        "23:3: unknown key \"thresholds.red_samples_requird\" has no effect; did you mean thresholds.red_samples_required?"
      ]
    ),
    (
      "lock_timeout: 60", "lock_timeout: 60\nsteering_rule: []",
      ["33:1: unknown key \"steering_rule\" has no effect; did you mean steering_rules?"]
    ),
    (
      "lock_timeout: 60", "lock_timeout: 60\nmode:",
      ["33:1: section mode is empty and counts as not there; remove it or give it keys"]
    ),
    (
      "lock_timeout: 60", "lock_timeout: 60\nwans:\nsteering_rules:",
      [
        "33:1: section wans is empty and counts as not there; remove it or give it keys",
        "34:1: section steering_rules is empty and counts as not there; remove it or give it keys",
      ]
    ),
    (
      "lock_timeout: 60", "lock_timeout: 60\nlock_timeout: 61",
      [
        "33:1: key \"lock_timeout\" is repeated, first at steering.yaml:32:1; this value, the last one, counts"
      ]
    ),
    (
      "primary: /run/wanctl/wan1_state.json", "spectrum: /run/wanctl/wan1_state.json",
      [
        "14:13: cake_state_sources.spectrum is another name of cake_state_sources.primary; write primary"
      ]
    ),
    (
      "primary: /run/wanctl/wan1_state.json",
      "primary: /run/wanctl/wan1_state.json\n  spectrum: /x",
      [
        "15:13: cake_state_sources.spectrum has no effect beside cake_state_sources.primary; remove it"
      ]
    ),
    (
      "primary_download: WAN-Download-1", "spectrum_download: WAN-Download-1",
      [
        "16:22: cake_queues.spectrum_download is another name of cake_queues.primary_download; write primary_download"
      ]
    ),
    (
      "lock_timeout: 60", "lock_timeout: 60\nmode: {reset_counters: true}",
      ["33:24: mode.reset_counters has no effect; remove it: the original never read it"]
    ),
    (
      "lock_timeout: 60", "lock_timeout: 60\nprimary_wan: wan1\nsteering: {enabled: true}",
      [
        "33:14: primary_wan has no effect; write topology.primary_wan",
        "34:11: steering has no effect; write topology, mangle_rule and thresholds",
      ]
    ),
    (
      "user: wanctl", "user: wanctl\n  verify_ssl: no",
      [
        "9:15: router.verify_ssl is false: whoever answers for the router gets the password; set ca_file or pin_sha256 and remove it"
      ]
    ),
    (
      "lock_timeout: 60", "lock_timeout: 60\nhealth_check: {host: 0.0.0.0}",
      [
        "33:22: health_check.host 0.0.0.0 lets anybody who reaches it read the health; set health_check.token, or listen on 127.0.0.1"
      ]
    ),
    (
      "lock_timeout: 60", "lock_timeout: 60\nmode: {confidence_exclusive: yes}",
      [
        "33:30: mode.confidence_exclusive has no effect without use_confidence_scoring; write use_confidence_scoring: true, or remove it"
      ]
    ),
    (
      "lock_timeout: 60",
      "lock_timeout: 60\nmode: {use_confidence_scoring: yes, confidence_exclusive: yes}",
      [
        "33:59: mode.confidence_exclusive has no effect while confidence.dry_run is true; samples in a row decide as without it; write dry_run: false"
      ]
    ),
    (
      "lock_timeout: 60",
      "lock_timeout: 60\nmode: {use_confidence_scoring: yes}\nconfidence: {steer_threshold: 95.5}",
      [
        "34:31: confidence.steer_threshold 95.5 is never reached: the score is 95 at most; write steer_threshold: 95 or less, and recovery_threshold below it"
      ]
    ),
    (
      "lock_timeout: 60",
      "lock_timeout: 60\nmode: {use_confidence_scoring: yes, cake_aware: no}",
      [
        "1:1: confidence.steer_threshold 55 (the default) is never reached: the score is 25 at most without cake_aware; write steer_threshold: 25 or less, and recovery_threshold below it"
      ]
    ),
    (
      "lock_timeout: 60",
      "lock_timeout: 60\nmode: {use_confidence_scoring: yes}\nconfidence: {max_toggles: 20}",
      [
        "34:27: confidence.max_toggles 20 is never exceeded: 20 changes are remembered; set it lower"
      ]
    ),
    (
      "lock_timeout: 60", "lock_timeout: 60\nconfidence: {steer_threshold: 500}",
      [
        "33:31: confidence.steer_threshold 500 is above 100; it has no effect while mode.use_confidence_scoring is false"
      ]
    ),
    (
      "lock_timeout: 60", "lock_timeout: 60\nconfidence: []",
      [
        "33:13: confidence must be a section with keys, found a list; it has no effect while mode.use_confidence_scoring is false"
      ]
    ),
    (
      "red_samples_required: 4", "red_samples_required: 4\n  min_queue_yellow: 60",
      [
        "24:21: thresholds.min_queue_yellow 60 is above min_queue_red 50 (the default); a queue is RED before it is YELLOW"
      ]
    ),
    (
      "red_samples_required: 4", "red_samples_required: 4\n  baseline_rtt_bounds: {min: 70}",
      [
        "24:30: thresholds.baseline_rtt_bounds.min leaves no room: the baseline must lie above 70 and below 60.0 ms; no baseline will ever be accepted, and nothing will be steered"
      ]
    ),
    (
      "lock_timeout: 60", "lock_timeout: 60\nmode: {cake_aware: no}\n",
      []
    ),
    // What only the loop reads may stand in the same file.
    (
      "lock_timeout: 60", "lock_timeout: 60\nqueues: {download: x}\ncontinuous_monitoring: {a: b}",
      []
    ),
    ("red_samples_required: 4", "red_samples_required: 4\n  rtt_ewma_alpha: \"0.3\"", []),
  ])
  func warnings(old: String, new: String, expected: [String]) {
    let result = loadSteering(editedSteering(old, new))
    #expect(result.isValid, "\(result.errors)")
    #expect(result.diagnostics.map(\.description) == expected.map { prefixed($0) })
    #expect(result.runBlockers.isEmpty)
  }

  /// Counts of samples and weights that make no sense at the interval.
  @Test(arguments: [
    (
      "interval_seconds: 0.5", "interval_seconds: 0.05",
      [
        "23:25: thresholds.red_samples_required 4 is 0.2 s at an interval of 0.05 s: a short burst steers; red_samples_required: 40 is 2 s",
        "24:27: thresholds.green_samples_required 30 is 1.5 s at an interval of 0.05 s: connections return before the line has rested; green_samples_required: 300 is 15 s",
      ]
    ),
    (
      "interval_seconds: 0.5", "interval_seconds: 60",
      [
        "22:1: thresholds.rtt_ewma_alpha 0.3 (the default) is a time constant of 200 s at an interval of 60 s: congestion is seen late; write a larger weight, or a shorter interval",
        "23:25: thresholds.red_samples_required 4 is 240 s at an interval of 60 s: congestion is long over before anything is steered; red_samples_required: 1 is 60 s",
      ]
    ),
    (
      "red_samples_required: 4", "red_samples_required: 4\n  rtt_ewma_alpha: 0",
      ["24:19: thresholds.rtt_ewma_alpha 0 keeps the first RTT that it sees for ever; 0.3 is usual"]
    ),
    (
      "green_samples_required: 30", "green_samples_required: 4000",
      [
        "24:27: thresholds.green_samples_required 4000 is 2000 s at an interval of 0.5 s: connections hardly ever return; green_samples_required: 600 is 300 s"
      ]
    ),
    (
      "red_samples_required: 4", "red_samples_required: 40",
      [
        "24:27: thresholds.green_samples_required 30 is 15 s at an interval of 0.5 s: connections return before the line has rested; green_samples_required: 80 is 40 s"
      ]
    ),
    (
      "lock_timeout: 60", "lock_timeout: 60\nmode: {cake_aware: no}\n",
      []
    ),
    (
      "thresholds:\n",
      "mode: {cake_aware: no}\nthresholds:\n  bad_samples: 300\n  recovery_threshold_ms: 30\n",
      [
        "23:1: thresholds.good_samples 15 (the default) is 7.5 s at an interval of 0.5 s: connections return before the line has rested; good_samples: 600 is 300 s",
        "24:16: thresholds.bad_samples 300 is 150 s at an interval of 0.5 s: congestion is long over before anything is steered; bad_samples: 60 is 30 s",
        "25:26: thresholds.recovery_threshold_ms 30 is above bad_threshold_ms 25.0: between them the line is bad and good at once; set it lower",
      ]
    ),
  ])
  func timing(old: String, new: String, expected: [String]) {
    let result = loadSteering(editedSteering(old, new))
    #expect(result.isValid, "\(result.errors)")
    #expect(
      Set(result.diagnostics.map(\.description)) == Set(expected.map { prefixed($0) }))
  }

  /// `5:11: text` as the whole line of a warning.
  private func prefixed(_ text: String) -> String {
    let parts = text.split(separator: " ", maxSplits: 1)
    return "steering.yaml:\(parts[0]) warning: \(parts[1])"
  }
}

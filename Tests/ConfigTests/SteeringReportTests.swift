import Foundation
import Model
import TestSupport
import Testing

@testable import Config

@Suite struct SteeringReportTests {
  @Test func textOfAValidFile() {
    #expect(
      CheckReport.text(loadSteering(validSteering)) == """
        steering.yaml: valid

          primary     wan1: queue WAN-Download-1, baseline from /run/wanctl/wan1_state.json, between 10 and 60 ms
          alternate   wan2: rule "ADAPTIVE: Steer latency-sensitive to WAN2", not measured, always good enough
          probes      1.1.1.1 every 0.25 s, lost after 2 s; decided every 0.5 s; dead after 1.5 s without an answer
          thresholds  YELLOW above 15.0 ms over the baseline or from 10 queued packets, RED above 15.0 ms with 50 packets and 1 drop where they are counted
          smoothing   RTT 0.3 per cycle, over 1.667 s; queue 0.4, over 1.25 s
          steers      after 4 RED cycles in a row, 2 s
          returns     after 30 GREEN cycles in a row, 15 s
          confidence  off
          router      wanctl@192.168.55.1 by REST over TLS on port 443, certificate verified; no fallback
          history     /var/lib/wanctl/metrics.db, 90 days
          health      http://127.0.0.1:9102
          state       /var/lib/wanctl/steering_state.json, 240 samples
          changes     /var/lib/wanctl/steering_transitions.jsonl
          lock        /run/wanctl/steering.lock
          logs        /var/log/wanctl/steering.log, /var/log/wanctl/steering_debug.log

        """)
  }

  @Test func textOfOtherFiles() {
    let full = CheckReport.text(
      loadSteering(
        validSteering.replacing("alternate_wan: wan2", with: "alternates: [wan2, wan3]")
          .replacing("ping_count: 1", with: "ping_count: 3\n  dead_after_sec: 0")
          .replacing(
            "comment: \"ADAPTIVE: Steer latency-sensitive to WAN2\"",
            with: "flush_connections: [443, 80]"
          )
          .replacing("interval_seconds: 0.5", with: "interval_seconds: 0.2")
          .replacing(
            "red_samples_required: 4",
            with:
              "red_samples_required: 4\n  rtt_ewma_alpha: 0\n  drops: required\n  min_drops_red: 2")
            + """

            mode: {use_confidence_scoring: yes, confidence_exclusive: yes}
            confidence: {dry_run: no, apply_flap_penalty: yes}
            storage: {db_path: }
            steering_rules: [{to: wan2, comment: To 2}, {to: wan3, comment: To 3}]
            wans:
              wan2:
                {state_file: /a, cake_queues: {download: x}, ping: {host: 9.9.9.9, source: "::1"}}
            """))
    #expect(
      full.contains(
        "alternate   wan2: rule \"To 2\", probed at 9.9.9.9 from ::1, baseline from /a\n"),
      "\(full)")
    #expect(full.contains("            wan3: rule \"To 3\", not measured, always good enough\n"))
    #expect(
      full.contains(
        "selection   score up to 20, moved to another that is 15 better after 30 s, stale after 15 s\n"
      ))
    #expect(
      full.contains(
        "probes      1.1.1.1 every 0.2 s, median of 3, lost after 2 s; decided every 0.2 s; never dead\n"
      ))
    #expect(full.contains("RED above 15.0 ms with 50 packets and 2 drops\n"))
    #expect(full.contains("smoothing   RTT 0.0 per cycle, over all time; queue 0.4, over 0.5 s\n"))
    #expect(
      full.contains(
        "confidence  decides alone: steers from 55 for 2 s, returns up to 20 for 3 s, steered for 30 s at least\n"
      ))
    #expect(full.contains("flapping    more than 4 changes in 5 min, +15 for 60 s\n"))
    #expect(full.contains("flushes     connections to ports 443, 80\n"))
    #expect(full.contains("history     off\n"))
    let old = CheckReport.text(
      loadSteering(
        validSteering
          + "\nmode: {cake_aware: no, use_confidence_scoring: yes}\nconfidence: {flap_detection_enabled: no}"
      ))
    #expect(
      old.contains(
        "thresholds  bad above 25.0 ms over the baseline, good below 12.0 ms; RTT alone decides\n"),
      "\(old)")
    #expect(old.contains("steers      after 8 bad cycles in a row, 4 s\n"))
    #expect(old.contains("confidence  told only: "))
    #expect(old.contains("flapping    not looked for\n"))
    let live = CheckReport.text(
      loadSteering(
        validSteering + "\nmode: {use_confidence_scoring: yes}\nconfidence: {dry_run: no}"))
    #expect(live.contains("confidence  decides too: "))
    #expect(live.contains("flapping    more than 4 changes in 5 min, told only\n"))
  }

  @Test func theObjectHasTheTimesInSeconds() {
    #expect(
      CheckReport.json(loadSteering(validSteering)).hasSuffix(
        #""files":["steering.yaml"],"timing":{"interval_seconds":0.5,"#
          + #""rtt_time_constant_seconds":1.6666666666666667,"queue_time_constant_seconds":1.25,"#
          + #""steer_after_seconds":2.0,"return_after_seconds":15.0}}"#))
    let frozen = editedSteering(
      "red_samples_required: 4", "red_samples_required: 4\n  rtt_ewma_alpha: 0")
    #expect(
      CheckReport.json(loadSteering(frozen)).contains(#""rtt_time_constant_seconds":null"#))
    #expect(CheckReport.json(loadSteering("a: [")).hasSuffix(#""timing":null}"#))
  }

  @Test func validation() {
    #expect(
      ValidationReport.text(loadSteering(validSteering)) == """
        Configuration valid: steering.yaml
          Primary: wan1
          Alternates: wan2
          Transport: rest
          Router: 192.168.55.1:wanctl
          Rules: 'ADAPTIVE: Steer latency-sensitive to WAN2'
          Mode: CAKE-aware

        """)
    #expect(
      ValidationReport.text(loadSteering("a: [")).hasPrefix(
        "Configuration INVALID: steering.yaml\n"))
  }

  @Test func pathsThatAreNotThere() throws {
    let folder = try TemporaryFolder()
    let text =
      validSteering.replacing("/var/log/wanctl/", with: folder.path + "/")
      .replacing("/var/lib/wanctl/", with: folder.path + "/")
      .replacing("/run/wanctl/steering.lock", with: folder.path + "/none/s.lock")
      .replacing("/run/wanctl/", with: folder.path + "/") + "\nstorage: {db_path: }"
    let found = loadSteering(text).checkingPaths()
    #expect(
      found.diagnostics.map(\.description) == [
        "steering.yaml:14:12: warning: cake_state_sources.primary: \"\(folder.path)/wan1_state.json\": No such file or directory",
        "steering.yaml:31:12: warning: lock_file: folder \"\(folder.path)/none\": No such file or directory",
      ])
    #expect(found.isValid)
    #expect(loadSteering("a: [").checkingPaths().errors.count == 1)
  }

  /// Whatever the file holds, reading it ends, and says something sensible.
  @Test func mutationsOfAValidFile() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    let text =
      validSteering
      + "\nsteering_rules: [{to: wan2, comment: a}]\nwans: {wan2: {ping: {host: b}}}\ntimeouts: {ping: 1}\n"
    let lines = text.split(separator: "\n").map(String.init)
    let wrong = [
      "[]", "{}", "[a, b]", "[[]]", "[{a: b}]", "{a: b}", "{a: {b: c}}", "true", "-1", "1.0e+300",
      ".nan", ".inf", "99999999999999999999", "2026-01-01", "\"\"", "\"a b\"", "~", "", "x/y",
      "\"\\0\"", "!!binary AA==", "${NONE}", "CHANGE_ME",
    ]
    for round in 0..<600 {
      var changed = lines
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let index = Int.random(in: lines.indices, using: &generator)
        guard let colon = changed[index].firstIndex(of: ":") else { continue }
        switch Int.random(in: 0...3, using: &generator) {
        case 0: changed[index] = ""
        case 1: changed[index] = changed[index].replacing(":", with: "x:", maxReplacements: 1)
        default:
          changed[index] =
            changed[index][...colon] + " " + (wrong.randomElement(using: &generator) ?? "")
        }
      }
      let result = loadSteering(changed.joined(separator: "\n"))
      let context = Comment(rawValue: "seed \(seed), round \(round)")
      #expect(result.isValid == result.errors.isEmpty, context)
      #expect(result.isValid == (result.effective != nil), context)
      for finding in result.diagnostics {
        #expect(finding.location.file == "steering.yaml", context)
        #expect((1...lines.count + 1).contains(finding.location.line), context)
        #expect(!finding.description.utf8.contains(0x0A), context)
      }
      _ = CheckReport.text(result)
      _ = ValidationReport.text(result)
      let json = CheckReport.json(result)
      #expect((try? JSONSerialization.jsonObject(with: Data(json.utf8))) != nil, context)
    }
  }
}

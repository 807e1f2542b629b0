import Model
import Testing

/// Keys and their order are what other people's scripts rest on.
@Suite struct RecordTests {
  @Test(arguments: SampleRecords.all)
  func whatIsWrittenReadsBack(record: Record) throws {
    #expect(try RecordReader().read(Array(record.line.utf8)) == .record(record))
  }

  @Test func rttRecordsKeepTheirKeys() {
    #expect(
      SampleRecords.rttAnswered.line
        == #"{"type":"rtt","t":1780000000.123456,"wan":"wan1","host":"1.1.1.1","seq":7,"#
        + #""rtt_ms":23.1,"method":"icmp-timestamp","clock":"kernel","owd_up_ms":11.5,"#
        + #""owd_down_ms":11.6}"#)
    #expect(
      SampleRecords.rttLost.line
        == #"{"type":"rtt","t":1780000000.123456,"wan":"wan1","host":"gw \"a\"","seq":8,"#
        + #""rtt_ms":null,"waited_ms":1000.0,"method":"gateway","error":"timeout"}"#)
    #expect(
      SampleRecords.rttLate.line
        == #"{"type":"rtt","t":1780000000.123456,"host":"::1","seq":9,"rtt_ms":null,"#
        + #""waited_ms":180.5,"method":"tcp","error":"late","late_ms":180.5}"#)
  }

  @Test func queueRecordsKeepTheirKeys() {
    #expect(
      SampleRecords.queueFirst.line
        == #"{"type":"queue","t":1780000000.123456,"queue":"WAN-Upload","max_limit_bps":0,"#
        + #""rate_bps":null,"bytes":null,"packets":null,"dropped":null,"queued_bytes":null,"#
        + #""queued_packets":null,"interval_s":null,"d_bytes":null,"d_packets":null,"#
        + #""d_dropped":null,"leaf":null}"#)
    #expect(
      SampleRecords.queueChanged.line
        == #"{"type":"queue","t":1780000000.123456,"wan":"wan1","queue":"WAN-Download","#
        + #""max_limit_bps":612000000,"rate_bps":48200000,"bytes":123456789,"packets":98765,"#
        + #""dropped":4321,"queued_bytes":1500,"queued_packets":1,"interval_s":1.0,"#
        + #""d_bytes":6025000,"d_packets":4100,"d_dropped":2,"leaf":"fq-codel"}"#)
  }

  @Test func decisionRecordsKeepTheirKeys() {
    #expect(
      SampleRecords.decisionStepped.line
        == #"{"type":"decision","t":1780000000.123456,"wan":"wan1","rtt_ms":60.0,"#
        + #""load_rtt_ms":42.25,"baseline_rtt_ms":24.001,"delta_ms":18.249,"held":false,"#
        + #""download":{"state":"YELLOW","rate_bps":902400000,"#
        + #""reason":"RTT delta 18.2ms exceeded green threshold 12ms","#
        + #""streaks":{"green":1,"soft_red":2,"red":3}},"#
        + #""upload":{"state":"RED","rate_bps":35720000,"reason":null}}"#)
    #expect(
      SampleRecords.decisionHeld.line
        == #"{"type":"decision","t":1780000000.123456,"rtt_ms":null,"load_rtt_ms":24.0,"#
        + #""baseline_rtt_ms":24.5,"delta_ms":-0.5,"held":true,"#
        + #""download":{"state":"SOFT_RED","rate_bps":1,"reason":null},"#
        + #""upload":{"state":"GREEN","rate_bps":2,"reason":null}}"#)
  }

  @Test func steerRecordsKeepTheirKeys() {
    #expect(
      SampleRecords.steerStepped.line
        == #"{"type":"steer","t":1780000000.123456,"wan":"wan1","delta_ms":47.891,"#
        + #""rtt_ewma_ms":25.5,"queue_ewma":244.25,"drops":33,"queued_packets":376,"#
        + #""assessment":"RED","state":"WAN1_DEGRADED","red_count":2,"good_count":0,"#
        + #""bad_count":1,"action":"enable","applied":true,"reason":"confidence","#
        + #""target":"wan3","confidence":{"score":85,"#
        + #""contributors":["RED","rtt_delta=90.0ms(high)"],"degrade_timer":1.95,"#
        + #""hold_down":30.0,"recovery_timer":2.5,"decision":"ENABLE_STEERING","#
        + #""would":"ENABLE_STEERING"}}"#)
    #expect(
      SampleRecords.steerQuiet.line
        == #"{"type":"steer","t":1780000000.123456,"delta_ms":null,"rtt_ewma_ms":0.0,"#
        + #""queue_ewma":0.0,"drops":null,"queued_packets":0,"assessment":"UNKNOWN","#
        + #""state":"WAN1_GOOD","red_count":0,"good_count":0,"bad_count":0,"action":null,"#
        + #""applied":null,"reason":null,"target":null,"confidence":{"score":0,"#
        + #""contributors":[],"degrade_timer":null,"hold_down":null,"recovery_timer":null,"#
        + #""decision":null,"would":null}}"#)
  }

  @Test func setRecordsKeepTheirKeys() {
    #expect(
      SampleRecords.setApplied.line
        == #"{"type":"set","t":1780000000.123456,"queue":"WAN-Download","#
        + #""max_limit_bps":612000000,"confirmed_bps":612000000,"applied":true,"took_ms":12.5,"#
        + #""transport":"rest","error":null}"#)
    #expect(
      SampleRecords.setFailed.line
        == #"{"type":"set","t":1780000000.123456,"queue":"WAN-Download","#
        + #""max_limit_bps":5000000,"confirmed_bps":null,"applied":false,"took_ms":null,"#
        + #""transport":"ssh","error":"no answer within 5 s\n"}"#)
  }

  @Test func transportRecordsKeepTheirKeys() throws {
    #expect(
      SampleRecords.transportUsed.line
        == #"{"type":"transport","t":1780000000.123456,"wan":"wan1","transport":"ssh","#
        + #""configured":false,"used":true,"works":true,"error":null}"#)
    #expect(
      SampleRecords.transportBroken.line
        == #"{"type":"transport","t":1780000000.123456,"transport":"rest","configured":true,"#
        + #""used":false,"works":false,"error":"nothing listens on port 443"}"#)
    #expect(throws: RecordError("transport: unknown name 'telnet'")) {
      try RecordReader().read(Array(#"{"type":"transport","t":1,"transport":"telnet"}"#.utf8))
    }
  }

  @Test func startRecordsKeepTheirKeys() {
    #expect(
      SampleRecords.startFresh.line
        == #"{"type":"start","t":1780000000.123456,"wan":"wan1","config":"sha256:ab12","seq":0,"#
        + #""state":null}"#)
    #expect(
      SampleRecords.startRestored.line
        == #"{"type":"start","t":1780000000.123456,"wan":"wan1","config":"sha256:ab12","#
        + #""seq":1234,"state":{"download":{"green_streak":7,"soft_red_streak":1,"#
        + #""red_streak":2,"current_rate":940700000},"upload":{"green_streak":0,"#
        + #""soft_red_streak":0,"red_streak":0,"current_rate":8199999.5},"#
        + #""ewma":{"baseline_rtt":24.001,"load_rtt":24.149307250976562},"#
        + #""last_applied":{"dl_rate":550000000,"ul_rate":null}}}"#)
  }

  @Test func aDecisionBecomesARecord() {
    let decision = Decision(
      time: SampleRecords.time, rtt: Milliseconds(60), load: Milliseconds(42.25),
      baseline: Milliseconds(24.25), held: false,
      directions: PerDirection(
        download: DirectionDecision(
          zone: .yellow, rate: BitsPerSecond(9),
          transition: Transition(
            direction: .download, zone: .yellow, delta: Milliseconds(18.249),
            threshold: ConfiguredNumber(integer: 12))),
        upload: DirectionDecision(zone: .green, rate: BitsPerSecond(8))),
      streaks: PerDirection(download: Streaks(), upload: Streaks(green: 4)))
    let brief = DecisionRecord(decision, wan: "wan1")
    #expect(brief.delta == Milliseconds(18))
    #expect(
      brief.directions.download.reason == "RTT delta 18.2ms exceeded green threshold 12ms")
    #expect(brief.directions.download.streaks == nil)
    #expect(brief.directions.upload.reason == nil)
    let verbose = DecisionRecord(decision, wan: nil, verbose: true)
    #expect(verbose.directions.upload.streaks == Streaks(green: 4))
  }

  @Test(arguments: [
    ProbeOutcome.Result.answered(Milliseconds(23.5), .kernel),
    .lost(.unreachable, waited: Milliseconds(12)),
  ])
  func anOutcomeBecomesARecordAndBack(result: ProbeOutcome.Result) {
    let outcome = ProbeOutcome(
      target: 2, method: .icmp, seq: 5, sentAt: SampleRecords.time, result: result)
    let record = RTTRecord(outcome, wan: "wan1", host: "9.9.9.9")
    #expect(record.host == "9.9.9.9")
    #expect(record.outcome(target: 2) == outcome)
    #expect(record.outcome(target: 2).time == outcome.time)
  }

  @Test func aLostRecordWithoutDetailsIsATimeout() {
    let record = RTTRecord(time: SampleRecords.time, host: "a", seq: 0, rtt: nil, method: .icmp)
    #expect(record.outcome(target: 0).result == .lost(.timeout, waited: .zero))
  }
}

import Model
import TestSupport
import Testing

@Suite struct RecordReaderTests {
  func read(_ text: String) throws -> RecordLine { try RecordReader().read(Array(text.utf8)) }

  @Test func bareLinesRead() throws {
    #expect(try read(#"{"rtt_ms":23.5}"#) == .bareRTT(Milliseconds(23.5), time: nil))
    #expect(
      try read(#"{"rtt_ms":null,"t":1.5}"#) == .bareRTT(nil, time: UnixTime(seconds: 1.5)))
    #expect(
      try read(#"{"hosts":[23,null,24.5],"t":2}"#)
        == .bareHosts([Milliseconds(23), nil, Milliseconds(24.5)], time: UnixTime(seconds: 2)))
  }

  @Test func unknownKeysAreIgnoredAndUnknownTypesAreTold() throws {
    #expect(
      try read(#" {"seq":1,"rtt_ms":1,"colour":[{"a":null}]} "#)
        == .bareRTT(Milliseconds(1), time: nil))
    #expect(try read(#"{"type":"tin","t":1}"#) == .unknown(type: "tin"))
  }

  @Test func whatIsOptionalMayBeMissing() throws {
    let rtt = try read(#"{"type":"rtt","t":1,"host":"a","seq":0,"rtt_ms":null,"error":"melted"}"#)
    #expect(
      rtt
        == .record(
          .rtt(
            RTTRecord(
              time: UnixTime(seconds: 1), host: "a", seq: 0, rtt: nil, method: .icmp,
              loss: .timeout))))
    let set = try read(#"{"type":"set","queue":"q","max_limit_bps":5}"#)
    #expect(
      set
        == .record(
          .set(
            SetRecord(
              time: UnixTime(microseconds: 0), queue: "q", maxLimit: BitsPerSecond(5)))))
  }

  @Test(arguments: [
    (#"{}"#, "neither type, rtt_ms nor hosts"),
    (#"[1]"#, "not a JSON object"),
    (#"17"#, "not a JSON object"),
    (#""#, "not valid JSON"),
    (#"{"rtt_ms":1"#, "not valid JSON"),
    (#"{"rtt_ms":"fast"}"#, "rtt_ms: expected a number"),
    (#"{"hosts":[1,"x"]}"#, "hosts.1: expected a number"),
    (#"{"type":7}"#, "type: expected a text"),
    (#"{"type":"rtt","t":1,"seq":0,"rtt_ms":1}"#, "host is missing"),
    (#"{"type":"rtt","t":1,"host":"a","rtt_ms":1}"#, "seq is missing"),
    (#"{"type":"rtt","host":"a","seq":1,"rtt_ms":1}"#, "t is missing"),
    (#"{"type":"rtt","t":1,"host":"a","seq":-1,"rtt_ms":1}"#, "seq: -1 is negative"),
    (#"{"type":"rtt","t":1,"host":"a","seq":1.5,"rtt_ms":1}"#, "seq: expected a whole number"),
    (
      #"{"type":"rtt","t":1,"host":"a","seq":1,"method":"pigeon"}"#, "method: unknown name 'pigeon'"
    ),
    (#"{"type":"queue","t":1,"queue":"q"}"#, "max_limit_bps is missing"),
    (#"{"type":"set","max_limit_bps":1}"#, "queue is missing"),
    (#"{"type":"set","queue":"q","max_limit_bps":1e30}"#, "max_limit_bps: expected a whole number"),
    (
      #"{"type":"set","queue":"q","max_limit_bps":1,"applied":1}"#,
      "applied: expected true or false"
    ),
    (#"{"type":"start","t":1}"#, "wan is missing"),
    (#"{"type":"start","t":1,"wan":"a","state":"x"}"#, "state: expected an object"),
    (#"{"type":"steer","t":1}"#, "assessment is missing"),
    (#"{"type":"steer","t":1,"assessment":"BLUE"}"#, "assessment: unknown zone 'BLUE'"),
    (
      #"{"type":"steer","t":1,"assessment":"RED","confidence":{}}"#, "confidence.score is missing"
    ),
    (
      #"{"type":"steer","t":1,"confidence":{"score":1,"would":"X"}}"#,
      "confidence.would: unknown name 'X'"
    ),
    (
      #"{"type":"steer","t":1,"assessment":"RED","rtt_ewma_ms":1,"queue_ewma":1,"#
        + #""queued_packets":1,"state":"A_GOOD","red_count":0,"good_count":0,"bad_count":0,"#
        + #""action":"toggle"}"#,
      "action: unknown name 'toggle'"
    ),
    (#"{"type":"start","t":1,"wan":"a","state":{}}"#, "state.download is missing"),
    (#"{"type":"start","t":1,"wan":"a","state":[]}"#, "state: expected an object"),
    (
      #"{"type":"decision","t":1,"load_rtt_ms":1,"baseline_rtt_ms":1,"delta_ms":0}"#,
      "download is missing"
    ),
    (
      #"{"type":"decision","t":1,"load_rtt_ms":1,"baseline_rtt_ms":1,"delta_ms":0,"#
        + #""download":{"state":"BLUE","rate_bps":1},"upload":{"state":"RED","rate_bps":1}}"#,
      "download.state: unknown zone 'BLUE'"
    ),
    (
      #"{"type":"decision","t":1,"load_rtt_ms":1,"baseline_rtt_ms":1,"delta_ms":0,"#
        + #""download":{"state":"RED"},"upload":{"state":"RED","rate_bps":1}}"#,
      "download.rate_bps is missing"
    ),
    (
      #"{"type":"decision","t":1,"load_rtt_ms":1,"baseline_rtt_ms":1,"delta_ms":0,"#
        + #""download":{"state":"RED","rate_bps":null},"upload":{"state":"RED","rate_bps":1}}"#,
      "download.rate_bps: expected a number"
    ),
    (#"{"rtt_ms":1e999}"#, "rtt_ms: the number is too large"),
    (#"{"rtt_ms":NaN}"#, "not valid JSON"),
  ])
  func whatIsWrongIsNamed(line: String, message: String) {
    let error = #expect(throws: RecordError.self) { try read(line) }
    #expect(error.map { "\($0)".hasPrefix(message) } == true, "\(error?.message ?? "no error")")
  }

  @Test func aLongLineIsRefusedUnread() {
    let line = Array(repeating: UInt8(ascii: " "), count: RecordReader.maximumLineBytes + 1)
    let error = #expect(throws: RecordError.self) { try RecordReader().read(line) }
    #expect(error?.message.contains("1048576 bytes") == true)
  }

  @Test func deepNestingIsRefused() {
    for bracket in ["[", #"{"hosts":"#, #"{"x":["#] {
      #expect(throws: RecordError.self) { try read(String(repeating: bracket, count: 20000)) }
    }
  }

  @Test(arguments: Array(1...20) as [UInt64])
  func randomBytesAreAnErrorOrALineAndNeverACrash(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let alphabet =
      Array(#"{}[]",:\u0123456789eE+-.tfn nulltrue "rtt_mshosttype"#.utf8) + [0, 0xC3, 0xFF]
    for _ in 0..<200 {
      let line = (0..<Int.random(in: 0...120, using: &random)).map { _ in
        alphabet.randomElement(using: &random)!
      }
      do {
        _ = try RecordReader().read(line)
      } catch {
        #expect(!error.message.isEmpty, "seed \(seed)")
      }
    }
  }

  @Test(arguments: Array(1...20) as [UInt64])
  func mutatedRecordsAreAnErrorOrARecordAndNeverACrash(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var understood = 0
    var refused = 0
    for record in SampleRecords.all {
      for _ in 0..<30 {
        var line = Array(record.line.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &random) { Self.mutate(&line, &random) }
        do {
          guard case .record(let read) = try RecordReader().read(line) else { continue }
          understood += 1
          // Whatever was read can be written again, and used.
          #expect(!read.line.isEmpty, "seed \(seed)")
          if case .rtt(let rtt) = read { _ = rtt.outcome(target: 0).time }
        } catch {
          refused += 1
          #expect(!error.message.isEmpty, "seed \(seed)")
        }
      }
    }
    #expect(understood > 0 && refused > 0, "seed \(seed)")
  }

  private static func mutate(_ line: inout [UInt8], _ random: inout SeededGenerator) {
    guard !line.isEmpty else { return }
    let index = Int.random(in: 0..<line.count, using: &random)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: line.remove(at: index)
    case 1: line.insert(UInt8.random(in: 0...255, using: &random), at: index)
    case 2: line[index] = UInt8.random(in: 0x20...0x7E, using: &random)
    case 3: line.removeSubrange(index...)
    default:
      // A number becomes another one, often an absurd one.
      let digits = line.indices.filter { (0x30...0x39).contains(line[$0]) }
      guard let digit = digits.randomElement(using: &random) else { return }
      let others = ["-1", "1e308", "99999999999999999999", "0.5", "null", "true", "\"x\""]
      line.replaceSubrange(digit...digit, with: others.randomElement(using: &random)!.utf8)
    }
  }
}

import Config
import Foundation
import LineModel
import Model
import TestSupport
import Testing

@testable import Setup

/// A calibration on a modelled line, in virtual time.
@Suite struct CalibrationTests {
  /// The line, and what goes wrong with measuring it.
  struct ModelInstruments: CalibrationInstruments {
    var line: Line
    var limits = PerDirection(download: BitsPerSecond(50_000_000), upload: BitsPerSecond(5_000_000))
    var loads = 0
    var steps: [Calibration.Step] = []
    var settings: [(Direction, BitsPerSecond)] = []
    /// What becomes of the sample of a load, by its number.
    var spoil: (Int, LoadSample) -> LoadSample = { $1 }
    var failAfterLoads = Int.max
    private let scenario: Scenario

    init(download: Double, upload: Double, rtt: Double = 20) {
      // Who is loaded is decided by the schedule: first download, then upload, by turns of 100 s.
      scenario = Scenario(
        name: "calibration", duration: Milliseconds(1e9), baseRTTms: Schedule(rtt),
        jitter: Milliseconds(0.2), fullBufferLoss: 0,
        download: Scenario.Link(capacityMbps: Schedule(download), loadMbps: Schedule(0)),
        upload: Scenario.Link(capacityMbps: Schedule(upload), loadMbps: Schedule(0)))
      line = Line(scenario, seed: 7)
    }

    /// A fresh line with this load, under the limits that are set.
    private func line(loading direction: Direction?) -> Line {
      var scenario = scenario
      if direction == .download { scenario.download.loadMbps = Schedule(1e5) }
      if direction == .upload { scenario.upload.loadMbps = Schedule(1e5) }
      return Line(scenario, seed: 7, shapers: limits)
    }

    private func probe(_ line: inout Line, _ count: Int) -> [Milliseconds] {
      (0..<count).compactMap { _ in
        line.advance(to: line.now + Milliseconds(200))
        return line.probe(reflector: 0)
      }
    }

    mutating func idleLatencies() -> [Milliseconds] {
      var line = line(loading: nil)
      return probe(&line, 10)
    }

    mutating func load(_ direction: Direction) throws(CalibrationFailure) -> LoadSample {
      loads += 1
      if loads > failAfterLoads { throw .interrupted }
      var line = line(loading: direction)
      line.advance(to: Milliseconds(2000))
      let before = line.truth(direction).carriedBytes
      let latencies = probe(&line, 30)
      let bits = Double(line.truth(direction).carriedBytes - before) * 8
      let sample = LoadSample(
        rate: BitsPerSecond(Int64(bits / 6)), latencies: latencies, probes: 30)
      return spoil(loads, sample)
    }

    mutating func setLimit(_ limit: BitsPerSecond, _ direction: Direction) {
      limits[direction] = limit
      settings.append((direction, limit))
    }

    mutating func tell(_ step: Calibration.Step) { steps.append(step) }
  }

  @Test func theLineIsFoundAndTheBufferStaysShort() throws {
    var instruments = ModelInstruments(download: 100, upload: 20)
    let outcome = try Calibration().run(with: &instruments)
    #expect(abs(outcome.baseline.rawValue - 20) < 1)
    let download = try #require(outcome.found.download)
    let upload = try #require(outcome.found.upload)
    #expect(abs(download.raw - 100) < 5 && abs(upload.raw - 20) < 1)
    #expect(download.isGood && download.bloat.rawValue <= 10)
    // The search ends within 2.2 % of the highest rate that is good.
    #expect((90...100).contains(download.optimal) && (18...20).contains(upload.optimal))
    // What is carried is seen without the limits that were there.
    #expect(instruments.settings.prefix(2).allSatisfy { $0.1 == .zero })
    #expect(instruments.loads == 12)
  }

  /// The original took a failed measurement for a good one, and ended at the top.
  @Test func aMeasurementThatFailsIsMadeAgainAndNeverGood() throws {
    var instruments = ModelInstruments(download: 100, upload: 20)
    instruments.spoil = { number, sample in
      var sample = sample
      if number % 2 == 1 {
        sample.latencies = []
        if number % 3 == 0 { sample.rate = .zero }
      }
      return sample
    }
    let spoiled = try Calibration().run(with: &instruments)
    var sound = ModelInstruments(download: 100, upload: 20)
    #expect(try Calibration().run(with: &sound) == spoiled)
    #expect(instruments.steps.contains { if case .retry = $0 { true } else { false } })
    for isEmpty in [true, false] {
      var dead = ModelInstruments(download: 100, upload: 20)
      dead.spoil = { number, sample in
        guard number > 3 else { return sample }
        return isEmpty
          ? LoadSample(rate: .zero, latencies: sample.latencies, probes: 30)
          : LoadSample(rate: sample.rate, latencies: [], probes: 30)
      }
      #expect(throws: CalibrationFailure.self) { try Calibration().run(with: &dead) }
      #expect(dead.loads == 6)
    }
  }

  @Test func aPeerThatDoesNotFillTheQueueSaysNothing() {
    let sample = LoadSample(
      rate: BitsPerSecond(10_000_000), latencies: Array(repeating: Milliseconds(20), count: 30),
      probes: 30)
    #expect(Calibration.obstacle(sample, limit: 50)?.contains("never full") == true)
    #expect(Calibration.obstacle(sample, limit: 15) == nil)
    #expect(Calibration.obstacle(sample, limit: nil) == nil)
  }

  @Test func withoutTheSearchATenthIsTakenOff() throws {
    var instruments = ModelInstruments(download: 100, upload: 20)
    let outcome = try Calibration(skipsSearch: true, directions: [.download])
      .run(with: &instruments)
    let found = try #require(outcome.found.download)
    #expect(found.optimal == 0.9 * found.raw && outcome.found.upload == nil)
    #expect(instruments.loads == 1 && !found.isGood)
  }

  @Test func anInterruptEndsIt() {
    var instruments = ModelInstruments(download: 100, upload: 20)
    instruments.failAfterLoads = 4
    #expect(throws: CalibrationFailure.interrupted) {
      try Calibration().run(with: &instruments)
    }
  }

  @Test func theSearchIsABisection() {
    var search = RateSearch(raw: 480, target: Milliseconds(10))
    while let rate = search.next { search.note(Milliseconds(rate <= 300 ? 3.1 : 40)) }
    // The original's own example: good below 300 of 480.
    #expect(search.result.rate == 291 && search.isSuccessful)
    var none = RateSearch(raw: 100, target: Milliseconds(10))
    while none.next != nil { none.note(Milliseconds(50)) }
    #expect(none.result == .init(rate: 30, bloat: Milliseconds(50)) && !none.isSuccessful)
    #expect(none.stepsDone == 5)
  }
}

@Suite struct CalibrationResultTests {
  private func result(
    _ download: Double, _ upload: Double, baseline: Double = 24.3, bloat: Double = 3.1
  ) -> CalibrationResult {
    func found(_ optimal: Double) -> Calibration.Found {
      .init(raw: optimal * 1.2, optimal: optimal, bloat: Milliseconds(bloat), isGood: true)
    }
    return CalibrationResult(
      wan: try! Identifier("wan1"), router: testRouter, queues: testQueues,
      baseline: Milliseconds(baseline), download: found(download), upload: found(upload),
      targetBloat: Milliseconds(10), time: UnixTime(seconds: 1_790_000_000.25))
  }

  @Test func theNumbersAreThoseOfTheOriginal() {
    let preset = result(291, 35.568749999999994).preset
    #expect(preset.baseline == 24.3)
    #expect(
      preset.download
        == .init(
          ceiling: 306, floorGreen: 175, floorYellow: 116, floorSoftRed: 87, floorRed: 58,
          stepUp: 5, factorDown: 0.85))
    #expect(preset.upload.ceiling == 37 && preset.upload.floorRed == 7)
    #expect(preset.upload.stepUp == 1 && preset.upload.factorDown == 0.9)
    #expect(preset.thresholds.prefix(3).map(\.value) == ["12", "36", "73"])
  }

  /// The original's own daemon refused what it wrote for slow, fast and far lines.
  @Test func everyLineGivesAConfigurationThatRuns() {
    var generator = TestSupport.SeededGenerator(seed: 17)
    for round in 0..<1000 {
      func anything(_ most: Double) -> Double {
        Double.random(in: -2...6, using: &generator).magnitude * most
          / Double.random(in: 1...1e4, using: &generator)
      }
      let result =
        round == 0
        ? self.result(0, .infinity, baseline: .nan)
        : self.result(anything(4000), anything(2000), baseline: anything(500))
      let text = CalibrationFiles(folder: "/tmp").yaml(result)
      let loaded = load(text)
      #expect(loaded.runBlockers.isEmpty, "\(result.download.optimal): \(loaded.runBlockers)")
    }
  }

  @Test func theResultFileHasTheOriginalsKeys() throws {
    let text = result(291, 35.568749999999994).json
    #expect(text.hasPrefix("{\n  \"wan_name\": \"wan1\",\n  \"router_host\": \"192.168.88.1\",\n"))
    #expect(text.contains("\n  \"optimal_upload_mbps\": 35.568749999999994,\n"))
    #expect(text.contains("\n  \"baseline_rtt_ms\": 24.3,\n"))
    #expect(text.hasSuffix("\n  \"target_bloat_ms\": 10.0\n}"))
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    #expect(object?.count == 14)
    var half = result(291, 35)
    half.measured = [.download]
    #expect(half.json.contains("\"raw_upload_mbps\": null"))
  }

  @Test func aConfigurationIsProposedAsADifference() throws {
    var old = draft(LinkPreset(.cable)).yaml
    old = old.replacingOccurrences(of: "wan_name: wan1", with: "# mine\nwan_name: wan1 # keep")
    let proposed = ProposedConfiguration(old, current: load(old), result: result(291, 35.57))
    #expect(proposed.byHand == [])
    #expect(proposed.new.contains("wan_name: wan1 # keep"))
    let settings = try #require(load(proposed.new).settings)
    #expect(settings.control.download.ceiling == 306e6)
    #expect(settings.control.upload.floorRed == 7e6)
    // Thresholds were chosen for the kind of line.
    #expect(settings.control.targetBloat == load(old).settings?.control.targetBloat)
    let difference = proposed.difference
    #expect(difference.hasPrefix("--- wan1.yaml\n+++ wan1.yaml\n@@ -"))
    #expect(difference.contains("\n-    ceiling_mbps: 940 "))
    #expect(difference.contains("\n+    ceiling_mbps: 306 "))
    // patch(1) makes the one of the other.
    let folder = try TemporaryFolder()
    try folder.write(old, to: "wan1.yaml")
    try folder.write("Wrote something.\n\n" + difference, to: "report")
    _ = try Program.run("sh", "-c", "cd \(folder.path) && exec patch -s -p0 wan1.yaml report")
    #expect(try folder.text(of: "wan1.yaml") == proposed.new)
    // The same numbers again are no difference.
    let again = ProposedConfiguration(
      proposed.new, current: load(proposed.new), result: result(291, 35.57))
    #expect(again.difference.isEmpty)
  }

  @Test func theJournalIsReadBack() throws {
    let folder = try TemporaryFolder()
    let path = LimitJournal.path(besideLock: folder.file("wan1.lock"))
    #expect(path == folder.file("wan1_calibration.journal"))
    let journal = LimitJournal(
      host: "192.168.88.1",
      limits: [(testQueues.download, BitsPerSecond(800_000_000)), (testQueues.upload, .zero)])
    try journal.write(to: path)
    #expect(LimitJournal.read(path) == journal && LimitJournal.exists(path))
    #expect(journal.limits.map(\.limit) == [BitsPerSecond(800_000_000), .zero])
    #expect(throws: (any Error).self) { try journal.write(to: path) }
    try LimitJournal.remove(path)
    #expect(!LimitJournal.exists(path) && LimitJournal.read(path) == nil)
    try folder.write(
      #"{"host":"r","queues":[{"name":"a b\"]","max_limit_bps":1},{"name":"ok","max_limit_bps":-1}]}"#,
      to: "wan1_calibration.journal")
    #expect(LimitJournal.read(path)?.limits.isEmpty == true)
  }
}

@Suite struct LoadPeerTests {
  @Test func peersAreNamed() {
    #expect(LoadPeer(parsing: "netperf:a.example") == .netperf(host: "a.example"))
    #expect(LoadPeer(parsing: "iperf3:a.example") == .iperf3(host: "a.example", port: 5201))
    #expect(LoadPeer(parsing: "iperf3:192.0.2.1:99") == .iperf3(host: "192.0.2.1", port: 99))
    #expect(LoadPeer(parsing: "iperf3:[2001:db8::1]:99") == .iperf3(host: "2001:db8::1", port: 99))
    #expect(LoadPeer(parsing: "iperf3:2001:db8::1") == .iperf3(host: "2001:db8::1", port: 5201))
    #expect(LoadPeer(parsing: "https://h/f")?.loads(.upload) == false)
    #expect(LoadPeer(parsing: "https://h/f", upload: "https://h/u")?.loads(.upload) == true)
    for bad in [
      "", "iperf3", "iperf3:", "iperf3:-h", "iperf3:a b", "iperf3:h:0", "netperf:$(id)",
      "ftp://h/f", "iperf3:[::1", "iperf3:h;id",
    ] {
      #expect(LoadPeer(parsing: bad) == nil, "\(bad)")
    }
  }

  @Test func whatTheProgramsSayIsRead() {
    let netperf = """
      MIGRATED TCP STREAM TEST from 0.0.0.0 () port 0 AF_INET to h () port 0 AF_INET
      Recv   Send    Send
      131072  16384  16384    15.02     480.51
      """
    #expect(LoadPeer.netperfRate(netperf) == BitsPerSecond(480_510_000))
    #expect(LoadPeer.netperfRate("establish control: are you sure there is a netserver") == nil)
    let iperf =
      #"{"end":{"sum_sent":{"bits_per_second":1},"sum_received":{"bits_per_second":94.5e6}}}"#
    #expect(LoadPeer.iperfRate(iperf) == BitsPerSecond(94_500_000))
    #expect(LoadPeer.iperfRate(#"{"error":"unable to connect"}"#) == nil)
    #expect(LoadPeer.iperfError(#"{"error":"unable to connect"}"#) == "unable to connect")
    #expect(LoadPeer.iperfRate("nonsense") == nil)
  }

  @Test func progressIsABar() {
    #expect(CalibrationText.bar(done: 0, of: 4, width: 8) == "[>       ] 0/4")
    #expect(CalibrationText.bar(done: 2, of: 4, width: 8) == "[====>   ] 2/4")
    #expect(CalibrationText.bar(done: 4, of: 4, width: 8) == "[========] 4/4")
  }
}

import Foundation
import Model
import Platform
import TestSupport
import Testing

@testable import Service

let freshState = LoopState(
  queues: PerDirection(
    download: LoopState.Queue(streaks: Streaks(), rate: 500_000_000),
    upload: LoopState.Queue(streaks: Streaks(), rate: 50_000_000)),
  baseline: Milliseconds(25), load: Milliseconds(25),
  lastApplied: PerDirection(download: nil, upload: nil))

let runningState = LoopState(
  queues: PerDirection(
    download: LoopState.Queue(streaks: Streaks(green: 7), rate: 580_000_000),
    upload: LoopState.Queue(streaks: Streaks(softRed: 1, red: 2), rate: 21_637_157)),
  baseline: Milliseconds(24.00099500999001), load: Milliseconds(24.149307250976562),
  lastApplied: PerDirection(download: BitsPerSecond(550_000_000), upload: nil))

@Suite struct StateFileTests {
  let folder: TemporaryFolder
  let file: StateFile
  let time = UnixTime(microseconds: 1_780_000_000_050_000)

  init() throws {
    folder = try TemporaryFolder()
    file = StateFile(path: folder.file("wan1_state.json"))
  }

  @Test func writesTheOriginalsText() throws {
    try file.save(runningState, at: time)
    let expected =
      #"{"download":{"green_streak":7,"soft_red_streak":0,"red_streak":0,"current_rate":580000000},"#
      + #""upload":{"green_streak":0,"soft_red_streak":1,"red_streak":2,"current_rate":21637157},"#
      + #""ewma":{"baseline_rtt":24.00099500999001,"load_rtt":24.149307250976562},"#
      + #""last_applied":{"dl_rate":550000000,"ul_rate":null},"#
      + #""timestamp":"\#(LocalTime(time).iso8601)"}"#
    #expect(try folder.text(of: "wan1_state.json") == expected)
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(try folder.names() == ["wan1_state.json"])
  }

  @Test func goesOnFromWhatWasWritten() throws {
    try file.save(runningState, at: time)
    let loaded = file.load(defaults: freshState)
    #expect(loaded == StateFile.Loaded(state: runningState, isRestored: true, findings: []))
  }

  @Test func beginsAfreshWithoutAFile() {
    let loaded = file.load(defaults: freshState)
    #expect(loaded == StateFile.Loaded(state: freshState, isRestored: false, findings: []))
  }

  @Test func keepsTheVersionBefore() throws {
    try file.save(freshState, at: time)
    let first = try folder.text(of: "wan1_state.json")
    try file.save(runningState, at: time)
    #expect(try folder.text(of: "wan1_state.json.backup") == first)
    try file.save(runningState, at: time)
    #expect(try folder.names() == ["wan1_state.json", "wan1_state.json.backup"])
    #expect(try folder.text(of: "wan1_state.json.backup") != first)
  }

  @Test func keepsADamagedFileAndGoesOnFromTheBackup() throws {
    try file.save(runningState, at: time)
    try file.save(freshState, at: time)
    try folder.write("{\"download\":", to: "wan1_state.json")
    let loaded = file.load(defaults: freshState)
    #expect(loaded.state == runningState)
    #expect(loaded.isRestored)
    #expect(loaded.findings.count == 2)
    #expect(loaded.findings.last == .usedBackup(path: file.path + ".backup"))
    #expect(try folder.text(of: "wan1_state.json.corrupt") == "{\"download\":")
    #expect(try folder.names() == ["wan1_state.json.backup", "wan1_state.json.corrupt"])
  }

  @Test(arguments: ["", "null", "[]", "12", "\"x\"", "{}x", "\u{FEFF}{}"])
  func beginsAfreshFromDamage(text: String) throws {
    try folder.write(text, to: "wan1_state.json")
    let loaded = file.load(defaults: freshState)
    #expect(loaded.state == freshState)
    #expect(!loaded.isRestored)
    let corrupt = file.path + ".corrupt"
    guard loaded.findings.count == 1, case .damaged(file.path, _, corrupt) = loaded.findings[0]
    else {
      Issue.record("\(loaded.findings)")
      return
    }
    #expect(try folder.text(of: "wan1_state.json.corrupt") == text)
  }

  @Test func leavesWhatItCannotRead() throws {
    try FileManager.default.createDirectory(
      atPath: file.path, withIntermediateDirectories: false)
    let loaded = file.load(defaults: freshState)
    #expect(loaded.state == freshState)
    guard loaded.findings.count == 1, case .unreadable(file.path, _) = loaded.findings[0] else {
      Issue.record("\(loaded.findings)")
      return
    }
    #expect(throws: SystemError.self) { try file.save(runningState, at: time) }
    #expect(try folder.names() == ["wan1_state.json"])
  }

  @Test func aBadValueFallsBackAlone() throws {
    try folder.write(
      #"{"download":{"green_streak":"2","soft_red_streak":1.5,"red_streak":3,"current_rate":null},"#
        + #""upload":[],"ewma":{"baseline_rtt":NaN,"load_rtt":26},"#
        + #""last_applied":{"dl_rate":true,"ul_rate":1e300}}"#, to: "wan1_state.json")
    let loaded = file.load(defaults: freshState)
    var expected = freshState
    expected.queues.download.streaks.red = 3
    expected.load = Milliseconds(26)
    #expect(loaded.state == expected)
    #expect(
      loaded.findings.map(\.description) == [
        "state file: download.green_streak: expected a whole number, found a text; "
          + "the default stands",
        "state file: download.soft_red_streak: expected a whole number, found 1.5; "
          + "the default stands",
        "state file: download.current_rate: expected a finite number, found null; "
          + "the default stands",
        "state file: upload: expected an object, found a list; the default stands",
        "state file: ewma.baseline_rtt: expected a finite number, found nan; the default stands",
        "state file: last_applied.dl_rate: expected a rate in bit/s or null, found true; "
          + "the default stands",
        "state file: last_applied.ul_rate: expected a rate in bit/s or null, found 1e+300; "
          + "the default stands",
      ])
  }

  @Test func takesFiniteNumbersAsTheyAre() throws {
    try folder.write(
      #"{"download":{"green_streak":-3,"red_streak":2.0,"current_rate":-5.5},"#
        + #""upload":{"green_streak":1e300,"current_rate":1e12},"#
        + #""ewma":{"baseline_rtt":-20,"load_rtt":1e9},"#
        + #""last_applied":{"dl_rate":466000001.0,"ul_rate":null}}"#, to: "wan1_state.json")
    let loaded = file.load(defaults: runningState)
    #expect(loaded.findings.isEmpty)
    #expect(loaded.state.queues.download.streaks == Streaks(green: -3, softRed: 0, red: 2))
    #expect(loaded.state.queues.download.rate == -5.5)
    #expect(loaded.state.queues.upload.streaks.green == 1 << 53)
    #expect(loaded.state.queues.upload.rate == 1e12)
    #expect(loaded.state.baseline == Milliseconds(-20))
    #expect(loaded.state.load == Milliseconds(1e9))
    #expect(loaded.state.lastApplied.download == BitsPerSecond(466_000_001))
    #expect(loaded.state.lastApplied.upload == nil)
  }

  @Test func readsBackEveryStateItWrites() throws {
    for seed in 0..<300 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      func streaks() -> Streaks {
        Streaks(
          green: Int.random(in: 0...(1 << 53), using: &random),
          softRed: Int.random(in: -3...9, using: &random), red: 0)
      }
      func number() -> Double {
        let value = Double(bitPattern: random.next())
        return value.isFinite ? value : 1
      }
      func rate() -> BitsPerSecond? {
        Bool.random(using: &random) ? nil : BitsPerSecond(Int64(bitPattern: random.next()))
      }
      let state = LoopState(
        queues: PerDirection(
          download: LoopState.Queue(streaks: streaks(), rate: number()),
          upload: LoopState.Queue(streaks: streaks(), rate: number())),
        baseline: Milliseconds(number()), load: Milliseconds(number()),
        lastApplied: PerDirection(download: rate(), upload: rate()))
      let (read, findings) = try StateFileText.decode(
        StateFileText.encode(state, at: time), defaults: freshState)
      #expect(read == state, "seed \(seed)")
      #expect(findings.isEmpty, "seed \(seed)")
    }
  }

  @Test func survivesEveryMutation() {
    let text = StateFileText.encode(runningState, at: time)
    for seed in 0..<5000 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      var bytes = text
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + 9))
        case 2:
          bytes.insert(contentsOf: Array("-1e99NaN[{".utf8).shuffled(using: &random), at: place)
        default: bytes.append(contentsOf: bytes.prefix(place))
        }
        if bytes.isEmpty { bytes = text }
      }
      guard let (state, _) = try? StateFileText.decode(bytes, defaults: freshState) else {
        continue
      }
      for direction in Direction.allCases {
        #expect(state.queues[direction].rate.isFinite, "seed \(seed)")
      }
      #expect(state.baseline.rawValue.isFinite && state.load.rawValue.isFinite, "seed \(seed)")
    }
  }
}

@Suite struct AtomicReplacementTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("f")
  }

  /// What a crash before any step leaves is the old version or the new one.
  @Test(arguments: [false, true])
  func aCrashLeavesOneWholeVersion(hasPrevious: Bool) throws {
    if hasPrevious { try folder.write("older", to: "f.backup") }
    try folder.write("old", to: "f")
    let left = Left()
    var replacement = AtomicReplacement(path: path, mode: 0o600)
    replacement.before = { [folder] _ throws(SystemError) in
      left.folders.append(try! folder.copy())
    }
    try replacement.run(Array("new".utf8))
    #expect(left.folders.count == AtomicReplacement.Step.allCases.count)
    for (step, crashed) in zip(AtomicReplacement.Step.allCases, left.folders) {
      #expect(try crashed.text(of: "f") == (step == .syncFolder ? "new" : "old"), "\(step)")
      // The next run clears up and works.
      try AtomicReplacement(path: crashed.file("f"), mode: 0o600).run(Array("next".utf8))
      #expect(try crashed.text(of: "f") == "next", "\(step)")
      #expect(try crashed.names() == ["f", "f.backup"], "\(step)")
    }
    #expect(try folder.text(of: "f") == "new")
    #expect(try folder.text(of: "f.backup") == "old")
  }

  @Test(arguments: AtomicReplacement.Step.allCases)
  func aFailureIsToldAndCostsNothing(step: AtomicReplacement.Step) throws {
    try folder.write("old", to: "f")
    var replacement = AtomicReplacement(path: path, mode: 0o600)
    replacement.before = { current throws(SystemError) in
      if current == step { throw SystemError("write f", code: ENOSPC) }
    }
    #expect(throws: SystemError("write f", code: ENOSPC)) {
      try replacement.run(Array("new".utf8))
    }
    // That the version before cannot be kept does not cost the new one.
    let isNew = step == .syncFolder || step == .keepPrevious
    #expect(try folder.text(of: "f") == (isNew ? "new" : "old"))
    #expect(try !folder.names().contains("f.tmp"))
  }

  @Test func theModeIsWhatIsAskedFor() throws {
    let before = umask(0o777)
    defer { umask(before) }
    try AtomicReplacement(path: path, mode: 0o640).run([1])
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o640)
  }

  private final class Left {
    var folders: [TemporaryFolder] = []
  }
}

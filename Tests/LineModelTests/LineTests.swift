import LineModel
import Model
import Testing

@Suite struct LineTests {
  private func rate(_ megabits: Double) -> BitsPerSecond {
    BitsPerSecond(Int64(megabits * 1e6))
  }

  private func line(
    load: Schedule = 300, uploadLoad: Schedule = 0, capacity: Schedule = 100,
    shaper: Double, upload: Double = 19
  ) -> Line {
    Line(
      Fixtures.scenario(load: load, uploadLoad: uploadLoad, capacity: capacity), seed: 1,
      shapers: PerDirection(download: rate(shaper), upload: rate(upload)))
  }

  @Test func anIdleLineAnswersAfterItsBaseRTT() {
    var line = line(load: 0, shaper: 95)
    line.advance(to: Milliseconds(5000))
    #expect(line.probe(reflector: 0) == Milliseconds(20))
    #expect(line.handshake() == Milliseconds(20))
    #expect(line.addedDelay == .zero)
  }

  @Test func aShaperBelowTheCapacityKeepsTheBufferEmpty() {
    var line = line(shaper: 95)
    line.advance(to: Milliseconds(10_000))
    #expect(line.truth(.download).bloat == .zero)
    let reading = line.reading(.download)
    #expect(abs(reading.rate.megabits - 95) < 0.01)
    // The load that the shaper holds back waits in the router: 20 ms of 95 Mbit/s.
    #expect(reading.queuedBytes == 237_500)
    #expect(reading.maxLimit == rate(95))
    #expect(reading.bytes == 118_750_000)
  }

  @Test func aShaperAboveTheCapacityFillsTheBuffer() throws {
    // 10 Mbit/s too many for one second are 10 Mbit of queue: 100 ms at 100 Mbit/s.
    var line = line(shaper: 110)
    line.advance(to: Milliseconds(1000))
    #expect(abs(line.truth(.download).bloat.rawValue - 100) < 1e-6)
    let answer = line.probe(reflector: 0)
    let rtt = try #require(answer)
    #expect(rtt.rawValue >= 120 && rtt.rawValue <= 120 + 1514 * 8 / 110e3)
    #expect(line.reading(.download).queuedBytes == 0)
    #expect(abs(line.reading(.download).rate.megabits - 100) < 0.01)
    // The buffer ends at 250 ms.
    line.advance(to: Milliseconds(5000))
    #expect(abs(line.addedDelay.rawValue - 250) < 1e-6)
    #expect(line.truth(.download).droppedBytes > 0)
    // And drains with the surplus of the link once the shaper is below it.
    line.setShaper(.download, rate(90))
    line.advance(to: Milliseconds(6000))
    #expect(abs(line.addedDelay.rawValue - 150) < 1e-6)
  }

  @Test func anUnlimitedShaperLetsEverythingThrough() {
    var line = line(shaper: 95)
    line.advance(to: Milliseconds(1000))
    line.setShaper(.download, .zero)
    line.advance(to: Milliseconds(1010))
    #expect(line.reading(.download).queuedBytes == 0)
    // The 1.9 Mbit that waited and 2 Mbit a millisecond too many.
    #expect(abs(line.truth(.download).bloat.rawValue - (1.9e6 / 1e5 + 20)) < 1e-6)
  }

  @Test func theQueueTakesTwiceAsLongWhenTheCapacityHalves() {
    let halving = Schedule(100, changes: [Schedule.Change(at: Milliseconds(1000), to: 50)])
    var line = line(capacity: halving, shaper: 110)
    line.advance(to: Milliseconds(999.999_999))
    let before = line.addedDelay.rawValue
    line.advance(to: Milliseconds(1000))
    #expect(abs(line.addedDelay.rawValue - 2 * before) < 1e-3)
  }

  @Test func sendersFollowAChangeAfterTheirLag() {
    var scenario = Fixtures.scenario(load: 300)
    scenario.download.senderLag = Milliseconds(30)
    var line = Line(
      scenario, seed: 1, shapers: PerDirection(download: rate(110), upload: rate(19)))
    line.advance(to: Milliseconds(1000))
    line.setShaper(.download, rate(50))
    #expect(line.reading(.download).maxLimit == rate(50))
    line.advance(to: Milliseconds(1030))
    #expect(abs(line.addedDelay.rawValue - 103) < 1e-6)
    line.advance(to: Milliseconds(1040))
    #expect(abs(line.addedDelay.rawValue - 98) < 1e-6)
  }

  @Test func uploadAndDownloadAddUp() {
    var line = line(uploadLoad: 60, shaper: 110, upload: 21)
    line.advance(to: Milliseconds(1000))
    #expect(abs(line.truth(.upload).bloat.rawValue - 50) < 1e-6)
    #expect(abs(line.addedDelay.rawValue - 150) < 1e-6)
  }

  @Test func anOutageAnswersNothing() {
    var scenario = Fixtures.scenario(load: 300)
    scenario.outages = [Scenario.Window(from: Milliseconds(1000), to: Milliseconds(2000))]
    var line = Line(scenario, seed: 1)
    line.advance(to: Milliseconds(1000))
    #expect(line.isOutage)
    #expect(line.probe(reflector: 0) == nil)
    #expect(line.handshake() == nil)
    #expect(line.truth(.download).capacity == .zero)
    #expect(line.truth(.download).load == .zero)
    line.advance(to: Milliseconds(2000))
    #expect(!line.isOutage)
    #expect(line.probe(reflector: 0) != nil)
  }

  @Test func aFaultTouchesItsReflectorOnly() throws {
    var scenario = Fixtures.scenario()
    scenario.reflectorExtra = [.zero, Milliseconds(2)]
    let window = Scenario.Window(from: Milliseconds(1000), to: Milliseconds(2000))
    scenario.faults = [
      Scenario.Fault(reflector: 0, window: window),
      Scenario.Fault(reflector: 1, window: window, loss: 0, extra: Milliseconds(7)),
    ]
    var line = Line(scenario, seed: 1)
    #expect(line.probe(reflector: 0) == Milliseconds(20))
    #expect(line.probe(reflector: 1) == Milliseconds(22))
    line.advance(to: Milliseconds(1500))
    #expect(line.probe(reflector: 0) == nil)
    #expect(line.probe(reflector: 1) == Milliseconds(29))
    #expect(line.probe(reflector: 2) == Milliseconds(20))
    #expect(line.handshake() == Milliseconds(20))
    line.advance(to: Milliseconds(2000))
    #expect(line.probe(reflector: 0) == Milliseconds(20))
  }

  @Test func aFaultOfAllReflectorsLeavesTCP() {
    var scenario = Fixtures.scenario()
    scenario.faults = [
      Scenario.Fault(
        reflector: nil, window: Scenario.Window(from: .zero, to: Milliseconds(1000)))
    ]
    var line = Line(scenario, seed: 1)
    #expect(line.probe(reflector: 0) == nil)
    #expect(line.probe(reflector: 5) == nil)
    #expect(line.handshake() == Milliseconds(20))
  }

  @Test func aChangeOfRouteMovesTheBase() {
    var scenario = Fixtures.scenario()
    scenario.baseRTTms.changes = [Schedule.Change(at: Milliseconds(1000), to: 35)]
    var line = Line(scenario, seed: 1)
    line.advance(to: Milliseconds(1000))
    #expect(line.probe(reflector: 0) == Milliseconds(35))
    #expect(line.baseRTT(reflector: 0) == Milliseconds(35))
  }

  @Test func timeNeverGoesBack() {
    var line = line(shaper: 95)
    line.advance(to: Milliseconds(1000))
    let before = line.reading(.download)
    line.advance(to: Milliseconds(500))
    line.advance(to: Milliseconds(.nan))
    line.advance(to: Milliseconds(.infinity))
    #expect(line.now == Milliseconds(1000))
    #expect(line.reading(.download) == before)
  }

  @Test func theRateIsThatOfTheLastSecond() {
    let load = Schedule(10, changes: [Schedule.Change(at: Milliseconds(3000), to: 60)])
    var line = line(load: load, shaper: 95)
    line.advance(to: Milliseconds(300))
    #expect(abs(line.reading(.download).rate.megabits - 10) < 1e-6)
    line.advance(to: Milliseconds(3000))
    #expect(abs(line.reading(.download).rate.megabits - 10) < 1e-6)
    line.advance(to: Milliseconds(3450))
    let half = line.reading(.download).rate.megabits
    #expect(half > 30 && half < 37)
    line.advance(to: Milliseconds(4000))
    #expect(abs(line.reading(.download).rate.megabits - 60) < 1e-6)
  }
}

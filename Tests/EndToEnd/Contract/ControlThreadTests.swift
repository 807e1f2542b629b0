import Foundation
import Model
import Platform
import Testing

@testable import Router

/// What the control thread sees of a router that does not answer: nothing.
@Suite struct ControlThreadTests {
  @Test(arguments: Transport.allCases)
  func targetsAreTakenWhileTheRouterIsSilent(way: Transport) async throws {
    let seen = try await aside {
      let bench = try ContractBench()
      let (settings, knownHosts) = (bench.settings { $0.transport = way }, bench.knownHosts)
      let worker = try RouterWorker(
        settings: settings,
        wans: [PerDirection(download: bench.download, upload: Identifier("WAN-Upload-1"))],
        budgetFile: nil
      ) {
        RouterAccess(settings, knownHosts: knownHosts).port(over: way, now: Clock.monotonic)
      }
      defer { worker.stop(within: Milliseconds(seconds: 20)) }
      func submit(_ megabits: Int) {
        worker.submit(
          wan: 0,
          target: PerDirection(
            download: BitsPerSecond(Int64(megabits) * 1_000_000),
            upload: BitsPerSecond(35_000_000)), decidedAt: Clock.monotonic())
      }
      let isWrite = way == .rest ? #"{"method":"PATCH"}"# : #"{"body":"tree set"}"#
      try bench.router.fault(#"{"fault":"T2","match":\#(isWrite)}"#)
      try worker.start()
      submit(700)
      guard try eventually(within: 20, { try bench.requests().contains { $0.isWrite } }) else {
        return "no write"
      }
      for rate in 1...10_000 { submit(700 - rate % 600) }
      // The router has not answered, nor has anybody given up: nothing of it was waited for.
      let requests = try bench.requests().filter(\.isWrite)
      guard requests.count == 1 else { return "too late: \(requests.trace(usual: way))" }
      return requests.trace(usual: way)
    }
    #expect(seen == "write (no answer)")
  }
}

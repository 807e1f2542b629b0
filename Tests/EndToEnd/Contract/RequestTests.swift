import Foundation
import Model
import Testing

@testable import Router

/// How often a router is asked for what, by its own log.
@Suite struct RequestTests {
  /// One write is one request with the limit alone; what the router has already is none.
  @Test(arguments: Transport.allCases) func aWriteIsOneRequest(way: Transport) async throws {
    let requests = try await aside {
      let bench = try ContractBench()
      let session = RunningSession(bench, bench.port(over: way), statistics: .zero)
      session.submit(700)
      guard session.run(until: { session.isSettled }) else { return [LoggedRequest]() }
      // What the session wants to know of a router that it begins to use.
      let deadline = Date() + 1
      _ = session.run { Date() > deadline }
      let last = try bench.requests().last?.number ?? 0
      for target: Int64 in [600, 600, 500, 500, 500] {
        session.submit(target)
        guard session.run(until: { session.isSettled }) else { return [] }
      }
      return try bench.requests(since: last)
    }
    #expect(requests.trace(usual: way) == "write, write")
    let bodies = requests.map(\.body)
    switch way {
    case .rest:
      #expect(bodies == [#"{"max-limit":"600000000"}"#, #"{"max-limit":"500000000"}"#])
    case .ssh:
      let found = #"[find name="WAN-Download-1"]"#
      #expect(
        bodies
          == ["600000000", "500000000"].map {
            "/queue tree set \(found) max-limit=\($0); :put [/queue tree get \(found) max-limit]"
          })
    }
  }

  @Test(arguments: Transport.allCases) func aHundredWritesUseOneConnection(way: Transport)
    async throws
  {
    let (connections, logins) = try await aside {
      let bench = try ContractBench()
      let port = bench.port(over: way)
      for rate: Int64 in 1...100 {
        try port.setLimit(BitsPerSecond(rate * 1_000_000), of: bench.download)
      }
      let log = try bench.router.get("/log").components(separatedBy: "logged in from").count - 1
      return (Set(try bench.requests().map(\.connection)).count, log)
    }
    #expect(connections == 1)
    // REST is a user of the API too.
    #expect(logins == (way == .rest ? 2 : 1))
  }

  @Test func anIdleConnectionThatWasClosedIsNoFailure() async throws {
    let requests = try await aside {
      let bench = try ContractBench()
      try bench.router.post("/world", #"{"switches":{"idleCloseSec":0.2}}"#)
      let port = bench.port(over: .rest)
      for rate: Int64 in 1...2 {
        try port.setLimit(BitsPerSecond(rate * 1_000_000), of: bench.download)
        // The connection for the question counts, if at all.
        guard
          try eventually(
            within: 20, { try bench.router.get("/state").contains(#""connections":0"#) })
        else { return [LoggedRequest]() }
      }
      return try bench.requests()
    }
    #expect(requests.trace(usual: .rest) == "look-up, write, write")
    #expect(Set(requests.map(\.connection)).count == 2)
  }

  /// Requests that were given up are not followed by others until the router has got over it.
  @Test func theRouterIsLeftAloneAfterEachRequestThatWasGivenUp() async throws {
    let requests = try await aside {
      let bench = try ContractBench()
      let port = bench.port(over: .rest) { $0.operationTimeout = Milliseconds(seconds: 1) }
      let session = RunningSession(bench, port, statistics: .zero)
      session.submit(700)
      guard session.run(until: { session.isSettled }) else { return [LoggedRequest]() }
      try bench.router.fault(#"{"fault":"T2","count":2,"match":{"method":"PATCH"}}"#)
      session.submit(600)
      guard try session.run(until: { try session.limit() == "600M" }) else { return [] }
      return try bench.requests()
    }
    let givenUp = requests.indices.filter { requests[$0].trouble == "no answer" }
    #expect(givenUp.count == 2, "\(requests.trace(usual: .rest))")
    for index in givenUp where requests.indices.contains(index + 1) {
      // The second of waiting for the answer, and the pause of 2.5 s; requests take their way too.
      #expect(requests[index + 1].arrived - requests[index].arrived >= 3.4)
    }
    #expect(!requests.contains { $0.outcome == "reset" }, "the router was not hurt")
  }
}

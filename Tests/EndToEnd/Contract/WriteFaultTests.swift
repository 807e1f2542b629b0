import Model
import Testing

/// What comes of each fault while a limit is written, by the requests that the router got.
@Suite struct WriteFaultTests {
  enum Group: String, Sendable, CaseIterable {
    case connectionsOfREST
    case connectionsOfSSH
    case proofs
    case logins
    case answers

    var faults: [WriteFault] {
      switch self {
      case .connectionsOfREST: WriteFault.connections.filter { $0.way == .rest }
      case .connectionsOfSSH: WriteFault.connections.filter { $0.way == .ssh }
      case .proofs: WriteFault.proofs
      case .logins: WriteFault.logins
      case .answers: WriteFault.answers
      }
    }
  }

  @Test(arguments: Group.allCases) func eachFaultHasItsReaction(group: Group) async throws {
    let found = try await aside {
      let bench = try ContractBench(stopsTime: true)
      // Pauses are passed over here: the router would find the requests too close together.
      try bench.router.post("/world", #"{"switches":{"abortDamage":false}}"#)
      return group.faults.map { fault in
        (fault, Result { try WriteFaultRun.reaction(of: bench, to: fault) })
      }
    }
    for (fault, result) in found {
      switch result {
      case .success(let reaction):
        #expect(reaction == fault.expected, "\(fault.id) \(fault.way): \(fault.injected)")
      case .failure(let error):
        Issue.record("\(fault.id) \(fault.way): \(fault.injected): \(error)")
      }
    }
  }
}

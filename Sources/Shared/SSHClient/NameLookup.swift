import Glibc
import Model
import Platform
import Synchronization

/// The addresses of a host within a deadline. The system's resolver cannot be interrupted, so it
/// works on a thread of its own, which ends whenever it does.
enum NameLookup {
  private final class Answer: Sendable {
    let result = Mutex<Result<[IPAddress], ResolverError>?>(nil)
    let arrival: WakeUp

    init() throws(SystemError) { arrival = try WakeUp() }
  }

  static func addresses(
    of host: String, until deadline: MonotonicTime, canceller: SSHCanceller
  ) throws(SSHFailure) -> [IPAddress] {
    if let address = IPAddress(host) { return [address] }
    let answer: Answer
    do throws(SystemError) {
      answer = try Answer()
      let lookup = answer
      try Thread(name: "look-up") {
        let result = Result { () throws(ResolverError) in try Resolver.addresses(of: host) }
        lookup.result.withLock { $0 = result }
        lookup.arrival.notify()
      }.detach()
    } catch {
      throw SSHFailure(.unusable, detail: "\(error)")
    }
    try canceller.wait(for: answer.arrival.rawValue, events: CInt(POLLIN), until: deadline)
    switch answer.result.withLock({ $0 }) {
    case .success(let addresses): return addresses
    case .failure(let error): throw SSHFailure(.nameNotFound, detail: "\(error)")
    case nil: throw SSHFailure(.nameNotFound, detail: host)
    }
  }
}

import FoundationEssentials
import Glibc
import LineModel
import Model

/// Keeps the line's shapers equal to the limits of RouterSim's queues, and tells RouterSim what
/// the users offer: a thread with one kept-alive connection to its control port.
///
/// `GET /queues` answers `{"NAME": BPS, …}`; `POST /load` takes the same form, bit/s that reach
/// each queue.
struct RouterLink: Sendable {
  var port: UInt16
  var queues: PerDirection<String>
  var poll: Milliseconds
  var line: SharedLine

  func start() throws(SystemError) {
    let link = self
    let context = Unmanaged.passRetained(ThreadBody { link.run() }).toOpaque()
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { context in
        Unmanaged<ThreadBody>.fromOpaque(context!).takeRetainedValue().body()
        return nil
      }, context)
    if code != 0 { throw SystemError(call: "pthread_create", code: code) }
    pthread_detach(thread)
  }

  private func run() {
    var known = PerDirection<BitsPerSecond?>(download: nil, upload: nil)
    var told = PerDirection<Int64>(download: -1, upload: -1)
    var connection: ControlConnection?
    while true {
      do {
        let control = try connection ?? ControlConnection(port: port)
        connection = control
        let limits = try JSONDecoder().decode(
          [String: Int64].self, from: Data(try control.exchange("GET", "/queues", body: "")))
        for direction in Direction.allCases {
          guard let limit = limits[queues[direction]].map({ BitsPerSecond($0) }),
            limit != known[direction]
          else { continue }
          known[direction] = limit
          line.at(monotonicNow()) { $0.setShaper(direction, limit) }
        }
        let offered = line.at(monotonicNow()) { line in
          PerDirection(download: Self.offered(line, .download), upload: Self.offered(line, .upload))
        }
        if offered != told {
          told = offered
          var json = JSONWriter()
          json.beginObject()
          for direction in Direction.allCases { json.field(queues[direction], offered[direction]) }
          json.endObject()
          _ = try control.exchange("POST", "/load", body: json.text)
        }
      } catch {
        // RouterSim may not be up yet, or be restarting: the limits stay as they were.
        connection = nil
        told = PerDirection(download: -1, upload: -1)
      }
      usleep(UInt32(min(max(poll.microseconds, 1000), 1_000_000)))
    }
  }

  /// What reaches the router's queue: behind a standing queue of the provider the link's rate.
  private static func offered(_ line: borrowing Line, _ direction: Direction) -> Int64 {
    let truth = line.truth(direction)
    let isBehindQueue = direction == .download && truth.bufferedBytes > 0
    return (isBehindQueue ? min(truth.load, truth.capacity) : truth.load).rawValue
  }
}

private final class ThreadBody: Sendable {
  let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

import Foundation
import Model
import Platform
import Router
import Synchronization
import TestSupport

/// The REST of a router with a few queues, as far as our own client needs it. Faults come first: a
/// fault that answers a request ends it.
final class FakeRouterOS: Sendable {
  typealias Fault = @Sendable (TestServer.Request) -> TestServer.Answer?

  struct Row: Sendable {
    var id: String
    var limit: Int64
    var type = "cake-down-wan1"
  }

  struct World: Sendable {
    var rows: [String: Row] = [:]
    var uptime = "6d23h19m23s"
    /// The rows of other menus by path, in JSON; an id is removed with its connection.
    var menus: [String: [String]] = [:]
    var fault: Fault?
    var bytes = 1000
  }

  let world: Mutex<World>
  private let running = Mutex<TestServer?>(nil)

  init(_ rows: [String: Row] = FakeRouterOS.rows) throws {
    world = Mutex(World(rows: rows))
    let server = try TestServer { [weak self] request in
      self?.answer(request) ?? .silence
    }
    running.withLock { $0 = server }
  }

  deinit { server.stop() }

  static let rows = [
    "WAN-Download-1": Row(id: "*1000000", limit: 800_000_000),
    "WAN-Upload-1": Row(id: "*1000001", limit: 35_000_000),
  ]

  var server: TestServer { running.withLock { $0! } }
  func limit(_ name: String) -> Int64? { world.withLock { $0.rows[name]?.limit } }
  func set(_ change: (inout World) -> Void) { world.withLock { change(&$0) } }
  func fail(_ fault: Fault?) { world.withLock { $0.fault = fault } }

  /// Answers `count` requests of this method with the fault, the others as usual.
  func fail(_ method: String, times count: Int = .max, _ answer: TestServer.Answer) {
    let left = Counter(count)
    fail { request in
      request.method == method && left.take() ? answer : nil
    }
  }

  func settings(_ change: (inout RouterSettings) -> Void = { _ in }) -> RouterSettings {
    var settings = RouterSettings(
      host: "127.0.0.1", port: server.port, user: "wanctl-rate", password: Secret("s3cret!"),
      scheme: .http, operationTimeout: Milliseconds(2000))
    change(&settings)
    return settings
  }

  func port(_ change: (inout RouterSettings) -> Void = { _ in }) -> RESTRouter {
    // The port keeps its router alive.
    RESTRouter(settings(change)) { [self] in withExtendedLifetime(self) { Clock.monotonic() } }
  }

  private func answer(_ request: TestServer.Request) -> TestServer.Answer {
    world.withLock { world in
      if let answer = world.fault?(request) { return answer }
      switch (request.method, request.path.prefix { $0 != "?" }) {
      case ("POST", "/rest/queue/tree/print"):
        let names = request.body.matches(of: /name=([A-Za-z0-9_.-]+)/).map { String($0.output.1) }
        let rows = names.compactMap { name in
          world.rows[name].map { Self.json(name, $0, bytes: world.bytes) }
        }
        return .json(200, "[\(rows.joined(separator: ","))]")
      case ("GET", "/rest/queue/tree"):
        let name = request.path.firstMatch(of: /[?&]name=([^&]*)/).map { String($0.output.1) }
        let rows = world.rows.keys.sorted().filter { name == nil || $0 == name }
          .map { #"{".id":"\#(world.rows[$0]!.id)","name":"\#($0)"}"# }
        return .json(200, "[\(rows.joined(separator: ","))]")
      case ("PATCH", let path) where path.hasPrefix("/rest/queue/tree/"):
        let id = path.dropFirst("/rest/queue/tree/".count)
        guard let name = world.rows.first(where: { $0.value.id == id })?.key else {
          return .json(404, #"{"error":404,"message":"Not Found"}"#)
        }
        if let limit = request.body.firstMatch(of: /"max-limit":"([0-9]+)"/) {
          world.rows[name]!.limit = Int64(limit.output.1)!
        }
        return .json(200, Self.json(name, world.rows[name]!, bytes: world.bytes))
      case ("GET", "/rest/queue/type"):
        return .json(200, #"[{".id":"*1","kind":"cake","name":"cake-down-wan1"}]"#)
      case ("GET", "/rest/system/identity"): return .json(200, #"{"name":"MikroTik"}"#)
      case ("GET", "/rest/system/resource"):
        return .json(
          200,
          #"{"board-name":"RB5009UG+S+","uptime":"\#(world.uptime)","#
            + #""version":"7.23.7 (long-term)","write-sect-since-reboot":"14202"}"#)
      case ("GET", let path) where world.menus[String(path)] != nil:
        return .json(200, "[\(world.menus[String(path)]!.joined(separator: ","))]")
      case ("PATCH", let path) where path.hasPrefix("/rest/ip/firewall/mangle/*"):
        let menu = "/rest/ip/firewall/mangle"
        let id = #"".id":"\#(path.dropFirst(menu.count + 1))""#
        guard let index = world.menus[menu]?.firstIndex(where: { $0.contains(id) }) else {
          return .json(404, #"{"error":404,"message":"Not Found"}"#)
        }
        let change = request.body.dropFirst().dropLast()
        let row = world.menus[menu]![index].replacing(/,"disabled":"[a-z]+"/, with: "")
        world.menus[menu]![index] = row.dropLast() + ",\(change)}"
        return .json(200, world.menus[menu]![index])
      case ("POST", "/rest/ip/firewall/connection/remove"):
        let menu = "/rest/ip/firewall/connection"
        let ids = request.body.matches(of: /\*[0-9A-F]+/).map { #"".id":"\#($0.output)""# }
        for id in ids {
          guard let index = world.menus[menu]?.firstIndex(where: { $0.contains(id) }) else {
            return .json(404, #"{"error":404,"message":"Not Found"}"#)
          }
          world.menus[menu]!.remove(at: index)
        }
        return .json(200, "[]")
      default:
        return .json(
          400,
          #"{"detail":"no such command or directory (x)","error":400,"message":"Bad Request"}"#)
      }
    }
  }

  static func json(_ name: String, _ row: Row, bytes: Int = 1000) -> String {
    #"{".id":"\#(row.id)","bucket-size":"0.1","bytes":"\#(bytes)","disabled":"false","#
      + #""dropped":"0","invalid":"false","limit-at":"0","max-limit":"\#(row.limit)","#
      + #""name":"\#(name)","packet-mark":"no-mark","packet-rate":"4211","packets":"184614358","#
      + #""parent":"bridge1","priority":"8","queue":"\#(row.type)","queued-bytes":"18168","#
      + #""queued-packets":"12","rate":"48213344"}"#
  }
}

/// Counts down, from any thread.
final class Counter: Sendable {
  private let left: Mutex<Int>
  init(_ count: Int) { left = Mutex(count) }
  /// False when there is nothing left.
  func take() -> Bool {
    left.withLock { left in
      guard left > 0 else { return false }
      left -= 1
      return true
    }
  }
}

let down = try! Identifier("WAN-Download-1")
let up = try! Identifier("WAN-Upload-1")

import Foundation
import Testing

@testable import RouterSim

/// A simulator in this process and a connection to its control port.
final class Router {
  let ports: JSON
  let control: Client
  private let directory: String

  init(
    virtual: Bool = true, certificate: CertificateMode = .valid,
    _ adjust: (inout Options) -> Void = { _ in }
  ) throws {
    directory = try Files.makeTemporaryDirectory()
    var options = Options()
    options.directory = directory
    options.certificate = certificate
    options.hasVirtualClock = virtual
    options.passwords = User.defaults.map { ($0.name, "secret") }
    adjust(&options)
    do {
      ports = try JSONParser.parse(Array(try RouterSim.start(options).utf8))
      control = try Client(port: try #require(ports["control"]?.whole))
    } catch {
      Files.removeDirectory(directory)
      throw error
    }
  }

  deinit { Files.removeDirectory(directory) }

  var httpPort: Int { ports["rest_http"]?.whole ?? 0 }
  var httpsPort: Int { ports["rest_https"]?.whole ?? 0 }
  var authority: String { ports["ca"]?.text ?? "" }

  func client(timeout: Double = 5) throws -> Client {
    try Client(port: httpPort, timeout: timeout)
  }

  /// One REST request on a connection of its own.
  func ask(
    _ method: String, _ target: String, _ body: String? = nil, user: String? = "wanctl-rate",
    password: String = "secret", type: String? = "application/json"
  ) throws -> Client.Answer {
    try client().ask(method, target, body, user: user, password: password, type: type)
  }

  // MARK: Control port

  @discardableResult
  func post(_ path: String, _ body: String = "{}", expecting status: Int = 200) throws -> JSON {
    let answer = try control.ask("POST", path, body, user: nil)
    #expect(answer.status == status, "POST \(path) \(body): \(answer.body)")
    return try JSONParser.parse(Array(answer.body.utf8))
  }

  func get(_ path: String) throws -> JSON {
    let answer = try control.ask("GET", path, user: nil)
    #expect(answer.status == 200, "GET \(path): \(answer.body)")
    return try JSONParser.parse(Array(answer.body.utf8))
  }

  @discardableResult
  func fault(_ json: String) throws -> Int {
    try #require(try post("/fault", json)["id"]?.whole)
  }

  func clearFaults() throws {
    let answer = try control.ask("DELETE", "/fault", user: nil)
    #expect(answer.status == 200)
  }

  func advance(ms: Int) throws { try post("/clock", "{\"advanceMs\":\(ms)}") }

  /// The records of all requests after `number`.
  func requests(since number: Int = 0) throws -> [JSON] {
    try get("/requests?since=\(number)")["requests"]?.elements ?? []
  }

  /// Waits until the last request that arrived has a given outcome.
  func waitForRequests(_ count: Int, outcome: String) throws {
    let deadline = Date(timeIntervalSinceNow: 5)
    while Date() < deadline {
      let found = try requests().filter { $0["outcome"]?.text == outcome }
      if found.count >= count { return }
      usleep(2000)
    }
    Issue.record("no \(count) requests became \(outcome)")
  }
}

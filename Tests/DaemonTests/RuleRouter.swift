import Model
import Platform
import Router

/// A router that has nothing but rules.
final class RuleRouter: RouterPort {
  var rules: [String: RuleStatus]
  /// What the next operations fail with, before they do anything.
  var failures: [RouterFailure.Class] = []
  /// Whether a failure makes the next operation take the other way.
  var hasFallback = false
  var refusesFlush = false
  /// `enable wan2`, in order.
  private(set) var writes: [String] = []
  private(set) var flushed: [[UInt16]] = []
  private(set) var transport = Transport.rest

  init(_ rules: [String: RuleStatus]) { self.rules = rules }

  private func begin(_ operation: String) throws(RouterFailure) {
    guard !failures.isEmpty else { return }
    let failure = RouterFailure(
      failures.removeFirst(), transport: transport, operation: operation, message: "not now")
    if hasFallback { transport = transport == .rest ? .ssh : .rest }
    throw failure
  }

  func ruleStatus(_ comment: RuleComment) throws(RouterFailure) -> RuleStatus {
    try begin("read the rule")
    return rules[comment.text] ?? .missing
  }

  func setRule(_ comment: RuleComment, enabled: Bool) throws(RouterFailure) {
    try begin("set the rule")
    let status = rules[comment.text] ?? .missing
    guard status == .enabled || status == .disabled else {
      throw RouterFailure(
        .missing, transport: transport, operation: "set the rule", message: "it is \(status)")
    }
    let wanted: RuleStatus = enabled ? .enabled : .disabled
    if status != wanted { writes.append("\(enabled ? "enable" : "disable") \(comment)") }
    rules[comment.text] = wanted
  }

  func flushConnections(ports: [UInt16]) throws(RouterFailure) -> Int {
    if refusesFlush { failures = [.permission] }
    try begin("flush")
    flushed.append(ports)
    return 3
  }

  var notBefore: MonotonicTime? { nil }
  var interrupter: @Sendable () -> Void { {} }
  func disconnect() {}
  func probe() throws(RouterFailure) -> RouterIdentity { throw lacking }
  func readResource() throws(RouterFailure) -> RouterResource { throw lacking }
  func readQueues(_ names: [Identifier]) throws(RouterFailure) -> [QueueRow?] { throw lacking }
  func queueNames() throws(RouterFailure) -> [String] { throw lacking }
  func leafKind(ofType queueType: String) throws(RouterFailure) -> String? { throw lacking }
  func setLimit(_ limit: BitsPerSecond, of queue: Identifier) throws(RouterFailure) {
    throw lacking
  }
  func readRows(
    _ menu: RouterMenu, properties: [String]
  ) throws(RouterFailure) -> [RouterRow] { throw lacking }

  private var lacking: RouterFailure {
    RouterFailure(.rejected, transport: transport, operation: "ask", message: "there is none")
  }
}

/// Steering with two targets, its files in `folder`.
func steeringSettings(
  in folder: String, flushedPorts: [UInt16] = [],
  confidence: SteeringControlSettings.Confidence? = nil
) throws -> SteeringSettings {
  let targets = ["wan2", "wan3"]
  return SteeringSettings(
    name: try Identifier("steering"),
    control: SteeringControlSettings(
      primary: "wan1", interval: Milliseconds(500), confidence: confidence,
      targets: targets.map { SteeringControlSettings.Target(name: $0) }, historySize: 10),
    primaryConfig: "",
    primarySources: SteeringSettings.Sources(stateFile: folder + "/wan1_state.json"),
    targetSources: [.init(), .init()],
    rules: try targets.map {
      SteeringSettings.Rule(target: $0, comment: try RuleComment("to \($0)"))
    },
    flushedPorts: flushedPorts, router: RouterSettings(host: "127.0.0.1", user: "wanctl"),
    stateFile: folder + "/steering_state.json", lockFile: folder + "/steering.lock",
    lockTimeoutSeconds: 60, mainLog: folder + "/main.log", debugLog: folder + "/debug.log")
}

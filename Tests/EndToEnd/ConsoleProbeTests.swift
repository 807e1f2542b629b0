import Foundation
import Testing

/// `wanctl-cake probe` asks the console of a router over SSH.
@Suite struct ConsoleProbeTests {
  private let router: SimulatedRouter

  init() throws {
    router = try SimulatedRouter(["--ssh-profile", "ed25519"])
    try router.post("/world", #"{"switches":{"idleCloseSec":0.5}}"#)
  }

  private func probe(knowsHostKey: Bool = true) throws -> CakeProbeTests.Document {
    let configuration = WANConfiguration(router: [
      ("port", "\(router.ports.https)"), ("user", SimulatedRouter.user),
      ("password", "${PROBE_PASSWORD}"), ("ca_file", router.ports.ca),
      ("ssh_port", "\(router.ports.ssh)"), ("ssh_key", router.folder.path + "/key"),
    ])
    let home = knowsHostKey ? try router.makeHome() : router.folder.path
    let child = try ChildProcess(
      [
        Binaries.tool("wanctl-cake"), "probe", "--config",
        try configuration.write(to: router.folder),
      ], folder: router.folder,
      environment: ["PROBE_PASSWORD": SimulatedRouter.password, "HOME": home])
    #expect(child.waitUntilExit(within: 120) == 0, "\(child.remarks)")
    for text in [SimulatedRouter.password, "127.0.0.1", SimulatedRouter.user] {
      #expect(!child.output.contains(text), "\(text)")
    }
    return try JSONDecoder().decode(
      CakeProbeTests.Document.self, from: Data(child.output.utf8))
  }

  @Test(arguments: [
    (#"{}"#, ["textWidth": "80", "legendCase": "mixed", "ratesWithSuffix": "false"]),
    (
      #"{"textWidth":"none","legendCase":"upper","ratesWithSuffix":true}"#,
      ["textWidth": "none", "legendCase": "upper", "ratesWithSuffix": "true"]
    ),
    (
      #"{"textWidth":60,"legendCase":"lower"}"#,
      ["textWidth": "60", "legendCase": "lower", "ratesWithSuffix": "false"]
    ),
  ])
  func theConsoleIsAsItIs(switches: String, found: [String: String]) throws {
    try router.post("/world", #"{"switches":\#(switches)}"#)
    let document = try probe()
    #expect(document.complete)
    for (name, value) in found {
      guard name == "textWidth", let width = Int(value) else {
        #expect(document.settings[name] == value, "\(name)")
        continue
      }
      // Only a range of columns can be told from the outside.
      let measured = try #require(document["console-width"]?.measured)
      let range = try #require(measured["columns_at_least"])...(measured["columns_at_most"] ?? 0)
      #expect(range.contains(Double(width)) && range.upperBound - range.lowerBound < 12)
    }
    #expect(document["console-values"]?.conclusion == "as-value: works; :serialize: works")
    #expect(
      document["console-errors"]?.conclusion
        == "'no such item' on the standard output, nothing on the other one, status 0, "
        + "lines end with CR LF")
    let lines = try router.get("/requests").components(separatedBy: #""method":"EXEC""#).count - 1
    #expect(lines == 7, "one for each question but two for two of them")
  }

  @Test func aStrangerIsNotAsked() throws {
    let document = try probe(knowsHostKey: false)
    let answers = document.questions.filter { $0.id.hasPrefix("console-") }
    #expect(answers.count == 5 && document.complete)
    for answer in answers {
      #expect(answer.conclusion.hasPrefix("not asked: the router's ssh-ed25519 key SHA256:"))
      #expect(answer.setting == nil)
    }
    #expect(answers.map(\.exchanges.count) == [1, 0, 0, 0, 0], "not tried again and again")
  }

  @Test func withoutAKeyNobodyIsAsked() throws {
    try FileManager.default.removeItem(at: router.folder.appending(path: "key"))
    let document = try probe()
    let answers = document.questions.filter { $0.id.hasPrefix("console-") }
    #expect(answers.count == 5)
    for answer in answers {
      #expect(
        answer.conclusion.hasPrefix("not asked: router.ssh_key: ") && answer.exchanges.isEmpty)
    }
  }
}

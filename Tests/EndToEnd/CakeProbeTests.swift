import Foundation
import Testing

/// `wanctl-cake probe` against a simulated router, with either value of each of its switches.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: SetqRouter.binary),
    "needs swift build --package-path Tests/Sim"))
struct CakeProbeTests {
  struct Document: Decodable {
    struct Setting: Decodable {
      var name: String
      var value: String
    }

    struct Exchange: Decodable {
      var request: String
      var status: Int?
      var answer: String
    }

    struct Answer: Decodable {
      var id: String
      var question: String
      var done: String
      var exchanges: [Exchange]
      var measured: [String: Double]
      var conclusion: String
      var setting: Setting?
    }

    var type: String
    var writeTest: Bool
    var complete: Bool
    var restored: Bool
    var questions: [Answer]

    enum CodingKeys: String, CodingKey {
      case type, complete, restored, questions
      case writeTest = "write_test"
    }

    subscript(_ id: String) -> Answer? { questions.first { $0.id == id } }

    var settings: [String: String] {
      Dictionary(uniqueKeysWithValues: questions.compactMap(\.setting).map { ($0.name, $0.value) })
    }
  }

  private let router: SetqRouter

  init() throws { router = try SetqRouter() }

  private func probe(
    _ arguments: [String] = [], _ config: SetqRouter.Config = .init(),
    identity: String = "MikroTik"
  ) throws -> Document {
    let child = try router.start("wanctl-cake", ["probe"] + arguments, config)
    #expect(child.waitUntilExit(within: 120) == 0, "\(child.remarks)")
    for text in [SetqRouter.password, "127.0.0.1", "wanctl-rate", "\(identity)\\\"", "ADAPTIVE"] {
      #expect(!child.output.contains(text), "\(text)")
    }
    return try JSONDecoder().decode(Document.self, from: Data(child.output.utf8))
  }

  @Test func aRouterAsItIsExpected() throws {
    try router.post("/world", #"{"switches":{"idleCloseSec":2}}"#)
    let document = try probe(["--write-test", "WAN-Upload-2", "--writes", "6", "--watch", "0"])
    #expect(document.type == "probe" && document.complete && document.restored)
    var settings = document.settings
    let idle = try #require(settings.removeValue(forKey: "idleCloseSec").flatMap { Double($0) })
    #expect(idle >= 1.5 && idle < 20)
    #expect(
      settings == [
        "cakeRowStyle": "true-false", "countCakeDrops": "false", "headers": "full",
        "commentQuery": "exact", "plusIsSpace": "false", "setUnchangedWritesFlash": "false",
        "patchUnknownId": "404",
      ])
    #expect(
      document["identity"]?.conclusion == "RouterOS 7.23.7 (long-term) on RB5009UG+S+ (arm64)")
    let row = try #require(document["queue-row"])
    #expect(
      row.conclusion == "21 properties; missing: none; new: none; all values are texts")
    #expect(row.exchanges[0].answer.hasPrefix(#"[{".id":"*1000000","bucket-size":"0.1","#))
    #expect(document["ids"]?.conclusion == "id: works; name: works; id with %2A: refused")
    #expect(document["changed-value-write"]?.measured["sectors_per_write"] == 2)
    #expect(try router.limit("WAN-Upload-2") == 20_000_000)
    let writes = try router.requests().filter { $0.method == "PATCH" }
    // Six of the same, six in turn, one to nobody; the last of the six has put the limit back.
    #expect(writes.count == 13)
    #expect(writes.allSatisfy { $0.path.contains("*1000003") || $0.path.contains("*7FFFFFF0") })
  }

  @Test func aRouterThatIsOtherwise() throws {
    try router.post(
      "/world",
      #"{"switches":{"idleCloseSec":1,"headers":"minimal","cakeRowStyle":"yes-no","commentQuery":"empty","setUnchangedWritesFlash":true,"patchUnknownId":"400-no-such-item","countCakeDrops":true},"identity":"home of Jo"}"#
    )
    try router.post("/load", #"{"WAN-Upload-1":900000000}"#)
    let document = try probe(
      ["--write-test", "WAN-Upload-2", "--writes", "4", "--watch", "0"], identity: "home of Jo")
    var settings = document.settings
    settings["idleCloseSec"] = nil
    settings["plusIsSpace"] = nil
    #expect(
      settings == [
        "cakeRowStyle": "yes-no", "countCakeDrops": "true", "headers": "minimal",
        "commentQuery": "empty", "setUnchangedWritesFlash": "true",
        "patchUnknownId": "400-no-such-item",
      ])
    #expect(document["identity"]?.exchanges.contains { $0.answer.contains("Jo") } == false)
    #expect(document["same-value-write"]?.measured["sectors_per_write"] == 2)
  }

  @Test(arguments: [("plusIsSpace", "true", "true"), ("cakeRowStyle", "\"minimal\"", "minimal")])
  func aSwitchAlone(name: String, value: String, found: String) throws {
    try router.post("/world", #"{"switches":{"idleCloseSec":1,"\#(name)":\#(value)}}"#)
    let document = try probe()
    #expect(document.settings[name] == found)
    #expect(!document.writeTest && document["same-value-write"] == nil)
    #expect(try router.requests().allSatisfy { $0.method != "PATCH" })
  }

  @Test func aUserWhoMayOnlyReadIsToldSo() throws {
    try router.post("/world", #"{"switches":{"idleCloseSec":1}}"#)
    let document = try probe(
      ["--write-test", "WAN-Upload-2", "--writes", "2", "--watch", "0"], .init(user: "readonly"))
    #expect(document["same-value-write"]?.conclusion == "write 1 was refused")
    #expect(document.restored && document.settings["setUnchangedWritesFlash"] == nil)
  }

  @Test func aSignalPutsTheLimitBack() throws {
    try router.post("/world", #"{"switches":{"idleCloseSec":1}}"#)
    let child = try router.start(
      "wanctl-cake",
      ["probe", "--write-test", "WAN-Upload-2", "--writes", "1000", "--watch", "0.1"], .init())
    // Only the second test changes the limit; until then the first has its thousand.
    try router.post("/fault", #"{"fault":"E1","after":3,"match":{"method":"PATCH"}}"#)
    let isChanged = try eventually(within: 60) {
      try router.limit("WAN-Upload-2") == 19_980_000
    }
    try #require(isChanged, "\(child.remarks)")
    child.send(SIGINT)
    #expect(child.waitUntilExit(within: 30) == 0, "\(child.remarks)")
    #expect(try router.limit("WAN-Upload-2") == 20_000_000)
    let document = try JSONDecoder().decode(Document.self, from: Data(child.output.utf8))
    #expect(!document.complete && document.restored)
  }

  @Test(
    arguments: [
      (["--write-test", "Nope"], 1, "the router has no queue 'Nope'; it has WAN-Download-1"),
      (["--write-test", "a b"], 2, "'a b'"), (["--writes", "0"], 2, "--writes"),
      (["--watch", "-1"], 2, "--watch"),
    ] as [([String], Int32, String)])
  func aRefusalSaysWhatIsWrong(arguments: [String], status: Int32, says: String) throws {
    let child = try router.start("wanctl-cake", ["probe"] + arguments, .init())
    #expect(child.waitUntilExit(within: 30) == status)
    #expect(child.remarks.contains(says) && child.output.isEmpty, "\(child.remarks)")
  }
}

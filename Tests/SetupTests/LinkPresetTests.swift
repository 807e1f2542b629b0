import Config
import Foundation
import Model
import TestSupport
import Testing

@testable import Setup

let testRouter = RouterSettings(host: "192.168.88.1", user: "wanctl", password: Secret("x"))
let testQueues = PerDirection(
  download: try! Identifier("WAN-Download"), upload: try! Identifier("WAN-Upload"))

func draft(_ preset: LinkPreset, _ change: (inout ConfigurationDraft) -> Void = { _ in })
  -> ConfigurationDraft
{
  var draft = ConfigurationDraft(
    heading: ["A test."], wan: try! Identifier("wan1"), router: testRouter,
    passwordVariable: "ROUTER_PASSWORD", queues: testQueues, preset: preset)
  change(&draft)
  return draft
}

func load(_ text: String) -> ConfigResult {
  ConfigFile.load(
    text: Array(text.utf8), path: "wan1.yaml", environment: ["ROUTER_PASSWORD": "x"])
}

@Suite struct LinkPresetTests {
  /// One source of numbers would be better, but an example is for reading.
  @Test(arguments: LinkType.allCases)
  func aPresetIsTheExample(type: LinkType) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Examples/\(type.rawValue).yaml").standardizedFileURL
    let example = try String(contentsOf: file, encoding: .utf8)
      .replacing("download: CHANGE_ME", with: "download: WAN-Download")
      .replacing("upload: CHANGE_ME", with: "upload: WAN-Upload")
      .replacing("host: CHANGE_ME", with: "host: 192.168.88.1")
      .replacing("user: CHANGE_ME", with: "user: wanctl")
    let name = try #require(load(example).settings?.wan)
    let ours = load(draft(LinkPreset(type)) { $0.wan = name }.yaml)
    #expect(ours.diagnostics.isEmpty, "\(ours.diagnostics)")
    #expect(ours.settings == load(example).settings)
  }

  @Test(arguments: LinkType.allCases)
  func everyRateGivesAConfigurationThatRuns(type: LinkType) {
    var generator = SeededGenerator(seed: 5)
    let rates =
      [1, 1.5, 10_000]
      + (0..<200).map { _ in
        Double.random(in: 1...1000, using: &generator)
      }
    for rate in rates {
      let upload = min(rate / 3 + 1, 1000)
      let result = load(
        draft(LinkPreset(type).scaled(download: rate, upload: upload)).yaml)
      #expect(result.runBlockers.isEmpty, "\(rate): \(result.runBlockers)")
      #expect(abs((result.settings?.control.download.ceiling ?? 0) - rate * 1e6) < 1000)
    }
  }

  @Test func significantDigits() {
    #expect(significant(412.7, digits: 2) == 410)
    #expect(significant(0.012345, digits: 3) == 0.0123)
    #expect(significant(0, digits: 3) == 0)
    #expect(significant(.infinity, digits: 3) == .infinity)
  }
}

@Suite struct ConfigurationDraftTests {
  @Test func everyWayToTheRouterIsWritten() throws {
    var router = testRouter
    router.transport = .ssh
    router.sshKeyFile = "/etc/wanctl/ssh/router.key"
    router.sshPort = 2222
    router.port = 8443
    router.scheme = .https
    router.pinnedKey = "sha256//" + String(repeating: "A", count: 43) + "="
    router.caFile = "/etc/my ca.pem"
    let folders = ConfigurationDraft.Folders(run: "/tmp/a b", log: "/tmp/l", state: "/tmp/s")
    let result = load(
      draft(LinkPreset(.dsl)) {
        $0.router = router
        $0.folders = folders
        $0.reflectors = ["192.0.2.1"]
      }.yaml)
    let settings = try #require(result.settings, "\(result.diagnostics)")
    #expect(settings.router.transport == .ssh && settings.router.sshPort == 2222)
    #expect(settings.router.pinnedKey == router.pinnedKey && settings.router.port == 8443)
    #expect(settings.router.caFile == "/etc/my ca.pem" && settings.router.scheme == .https)
    #expect(settings.lockFile == "/tmp/a b/wan1.lock")
    #expect(settings.storage.path == "/tmp/s/metrics.db")
    #expect(settings.probe.reflectors == ["192.0.2.1"] && !settings.probe.usesMedianOfThree)
  }

  @Test func theSecretIsNotInIt() {
    #expect(
      !draft(LinkPreset(.cable)) { $0.router.password = Secret("hunter2") }.yaml
        .contains("hunter2"))
  }

  @Test func anyTextIsReadBackAsItWas() throws {
    var generator = SeededGenerator(seed: 3)
    let characters = Array("aZ09 '\"\\#:{}[],&*!|>%@`-?~\t\u{7}é€yno.=")
    for round in 0..<1000 {
      var text = String(
        (0..<Int.random(in: 1...8, using: &generator)).map { _ in
          characters.randomElement(using: &generator) ?? "a"
        })
      if round < 6 { text = ["no", "Yes", "null", "~", "1e3", "0x10"][round] }
      let result = load(draft(LinkPreset(.cable)) { $0.router.user = text }.yaml)
      #expect(result.settings?.router.user == text, "\(text) \(result.errors)")
    }
  }
}

import Diagnose
import Foundation
import Model
import TestSupport
import Testing

@testable import Setup

@Suite struct QueuePairTests {
  private func rows(_ names: [String], type: String = "cake-x") -> [TreeQueue] {
    names.map {
      TreeQueue(name: $0, parent: "ether1", queueType: type, maxLimit: .zero)
    }
  }

  private func names(_ pairs: [QueuePair]) -> [String] {
    pairs.map { "\($0.download)+\($0.upload)" }
  }

  @Test func namesThatDifferInTheDirectionArePairs() {
    let queues = rows([
      "WAN-Upload-1", "WAN-Download-1", "other", "up_lte", "down_lte", "isp.dl", "isp.ul",
      "WAN-Download-3", "WAN-Up-3", "Download", "Upload",
    ])
    #expect(
      names(QueuePair.proposed(queues, types: [])) == [
        "WAN-Download-1+WAN-Upload-1", "down_lte+up_lte", "isp.dl+isp.ul", "Download+Upload",
      ])
  }

  @Test func thoseWithCAKEComeFirst() {
    let queues =
      rows(["a-down", "a-up"], type: "pfifo") + rows(["b-down", "b-up"], type: "cake-b")
    let types = [QueueType(name: "cake-b", kind: "cake"), QueueType(name: "pfifo", kind: "pfifo")]
    #expect(names(QueuePair.proposed(queues, types: types)) == ["b-down+b-up", "a-down+a-up"])
  }

  @Test func namesThatCannotBeConfiguredAreLeftOut() {
    #expect(QueuePair.proposed(rows(["my download", "my upload"]), types: []).isEmpty)
    #expect(QueuePair.proposed([], types: []).isEmpty)
  }
}

@Suite struct RouterOSScriptTests {
  @Test func namesAreQuotedAndThereIsNoPassword() {
    let text = RouterOSScript(
      host: "192.168.88.1", user: "wan\"ctl; /system/reset",
      queues: PerDirection(
        download: "D[1]$x", upload: "U"), limits: PerDirection(download: 95.5, upload: .infinity),
      usesSSH: true
    ).text
    #expect(text.contains(#"/user/add name="wan\"ctl; /system/reset" group=wanctl "#))
    #expect(
      text.contains(
        #"name="D[1]\$x" parent="bridge" packet-mark=no-mark queue=cake-down max-limit=95500k"#))
    #expect(text.contains("policy=read,write,api,rest-api,ssh\n"))
    #expect(text.contains("subject-alt-name=\"IP:192.168.88.1\""))
    #expect(text.contains("password=PASSWORD"))
  }
}

@Suite struct SecretStoreTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var store: SecretStore { SecretStore(path: folder.file("secrets"), owner: .unchanged) }
  private let wan = try! Identifier("wan-2")

  private func mode(_ name: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: folder.file(name))[.posixPermissions] as? Int
      ?? 0
  }

  @Test func aNewFileIsForOwnerAndGroup() throws {
    #expect(try store.store(Secret("it's a $ecret"), as: "ROUTER_PASSWORD"))
    #expect(try folder.text(of: "secrets") == "ROUTER_PASSWORD=\"it's a \\$ecret\"\n")
    #expect(try mode("secrets") == 0o640)
    #expect(try folder.names() == ["secrets"])
  }

  @Test func whatIsThereStays() throws {
    try folder.write("# mine\nOTHER=1\nROUTER_PASSWORD=old", to: "secrets")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644], ofItemAtPath: folder.file("secrets"))
    #expect(throws: SecretStore.Failure.nameTaken("ROUTER_PASSWORD")) {
      try store.store(Secret("new"), as: "ROUTER_PASSWORD")
    }
    let name = try store.name(for: Secret("new"), wanted: "ROUTER_PASSWORD", wan: wan)
    #expect(name == "ROUTER_PASSWORD_WAN_2")
    #expect(try store.store(Secret("new"), as: name))
    #expect(
      try folder.text(of: "secrets")
        == "# mine\nOTHER=1\nROUTER_PASSWORD=old\nROUTER_PASSWORD_WAN_2=new\n")
    #expect(try mode("secrets") == 0o640)
    // The same again changes nothing.
    #expect(
      try store.name(for: Secret("old"), wanted: "ROUTER_PASSWORD", wan: wan)
        == "ROUTER_PASSWORD")
    #expect(try !store.store(Secret("old"), as: "ROUTER_PASSWORD"))
  }

  @Test func aLineEndIsRefused() {
    #expect(throws: SecretStore.Failure.notStorable) {
      try store.store(Secret("a\nB=1"), as: "ROUTER_PASSWORD")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("secrets")))
  }
}

@Suite struct NewFileTests {
  @Test func nothingIsOverwritten() throws {
    let folder = try TemporaryFolder()
    try NewFile.write("one", to: folder.file("a"), mode: 0o640)
    #expect(throws: (any Error).self) {
      try NewFile.write("two", to: folder.file("a"), mode: 0o640)
    }
    // Nor is what a link that leads nowhere stands for.
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: folder.file("target"))
    #expect(throws: (any Error).self) {
      try NewFile.write("two", to: folder.file("link"), mode: 0o640)
    }
    #expect(try folder.text(of: "a") == "one")
    #expect(try folder.names() == ["a", "link"])
  }
}

import Foundation
import Model
import Testing

@testable import Config

@Suite struct ExtendsTests {
  @Test func nearerFileWinsKeyByKey() throws {
    let folder = try TemporaryFolder()
    try folder.write("base.yaml", validText + "\ntimeouts:\n  ping: 2\n  ssh_command: 7\n")
    let near = try folder.write(
      "sites/a.yaml",
      """
      extends: ../base.yaml
      wan_name: site-a
      timeouts:
        ping: 3
      continuous_monitoring:
        ping_hosts: [9.9.9.9, 1.0.0.1, 8.8.4.4]
      """)
    let result = ConfigFile.load(path: near, environment: testEnvironment)
    let settings = try #require(result.settings)
    #expect(result.diagnostics.isEmpty)
    #expect(settings.wan.text == "site-a")
    #expect(settings.probe.timeout == Milliseconds(3000))
    #expect(settings.router.operationTimeout == Milliseconds(7000))
    #expect(settings.probe.reflectors == ["9.9.9.9", "1.0.0.1", "8.8.4.4"])
    #expect(result.files == [near, folder.path + "/sites/../base.yaml"])
  }

  @Test func findingsNameTheFileWhereTheValueStands() throws {
    let folder = try TemporaryFolder()
    let base = try folder.write(
      "base.yaml", edited("floor_red_mbps: 200", "floor_red_mbps: 600") + "\nturbo: 1\n")
    let near = try folder.write("a.yaml", "extends: base.yaml\nwan_name: a\nlock_timeout: 0\n")
    let result = ConfigFile.load(path: near, environment: testEnvironment)
    #expect(
      result.errors.map(\.description) == [
        "\(near):3:15: lock_timeout 0 is below 1; it must be a whole number from 1 to 3600 s",
        "\(base):18:21: download.floor_red_mbps 600 is above floor_soft_red_mbps 275; "
          + "floors must not fall from red to green, nor exceed the ceiling",
      ])
    #expect(result.warnings.map(\.location.file) == [base])
  }

  @Test func aSectionWithoutContentLeavesTheBase() throws {
    let folder = try TemporaryFolder()
    try folder.write("base.yaml", validText + "\ntimeouts: {ping: 2}\n")
    let near = try folder.write("a.yaml", "extends: base.yaml\ntimeouts:\nqueues: null\n")
    let settings = try #require(
      ConfigFile.load(path: near, environment: testEnvironment).settings)
    #expect(settings.probe.timeout == Milliseconds(2000))
    #expect(settings.queues.download.text == "WAN-Download-1")
  }

  @Test func variablesInTheName() throws {
    let folder = try TemporaryFolder()
    try folder.write("base.yaml", validText)
    let near = try folder.write("a.yaml", "extends: ${BASE}.yaml\n")
    var environment = testEnvironment
    environment["BASE"] = "base"
    #expect(ConfigFile.load(path: near, environment: environment).isValid)
  }

  @Test func circlesAreRefused() throws {
    let folder = try TemporaryFolder()
    let first = try folder.write("a.yaml", "extends: b.yaml\n")
    let second = try folder.write("b.yaml", "extends: ./x/../a.yaml\n")
    try folder.write("x/y", "")
    let result = ConfigFile.load(path: first, environment: [:])
    #expect(!result.isValid)
    #expect(result.errors.map(\.reason) == [.extends])
    #expect(result.errors[0].location == ConfigLocation(file: second, line: 1, column: 10))
    #expect(result.errors[0].message.contains("circle"))
    let itself = try folder.write("c.yaml", "extends: c.yaml\n")
    #expect(ConfigFile.load(path: itself, environment: [:]).errors.map(\.reason) == [.extends])
  }

  @Test func chainsEnd() throws {
    let folder = try TemporaryFolder()
    for index in 0..<40 { try folder.write("\(index).yaml", "extends: \(index + 1).yaml\n") }
    let result = ConfigFile.load(path: folder.path + "/0.yaml", environment: [:])
    #expect(result.errors.map(\.reason) == [.extends])
    #expect(result.errors[0].message.contains("chain"))
  }

  @Test(arguments: ["nowhere.yaml", "[a]", "5", "\"\""])
  func whatIsNoFile(name: String) throws {
    let folder = try TemporaryFolder()
    let near = try folder.write("a.yaml", "# first\nextends: \(name)\n")
    let result = ConfigFile.load(path: near, environment: [:])
    #expect(result.errors.map(\.reason) == [.extends])
    #expect(result.errors.map(\.location.line) == [2])
    #expect(result.errors.map(\.key) == ["extends"])
  }

  @Test func aBrokenBaseIsTheOnlyFinding() throws {
    let folder = try TemporaryFolder()
    let base = try folder.write("base.yaml", "a: [1\n")
    let near = try folder.write("a.yaml", "extends: base.yaml\n")
    let result = ConfigFile.load(path: near, environment: [:])
    #expect(result.errors.map(\.location.file) == [base])
    let empty = try folder.write("empty.yaml", "")
    let other = try folder.write("b.yaml", "extends: empty.yaml\n")
    #expect(
      ConfigFile.load(path: other, environment: [:]).errors.map(\.location.file) == [empty])
  }

  @Test func filesThatCannotBeRead() throws {
    let folder = try TemporaryFolder()
    for path in [folder.path + "/none.yaml", folder.path] {
      let result = ConfigFile.load(path: path, environment: [:])
      #expect(result.errors.map(\.reason) == [.unreadable])
      #expect(result.errors[0].description.hasPrefix("\(path): cannot be read: "))
    }
    let large = try folder.write("large.yaml", String(repeating: "#\n", count: 600_000))
    #expect(
      ConfigFile.load(path: large, environment: [:]).errors[0].message.contains("larger than"))
  }

  @Test func paths() {
    #expect(SourceFile.path("b.yaml", from: "a.yaml") == "b.yaml")
    #expect(SourceFile.path("b.yaml", from: "/etc/wanctl/a.yaml") == "/etc/wanctl/b.yaml")
    #expect(SourceFile.path("/b.yaml", from: "/etc/wanctl/a.yaml") == "/b.yaml")
    #expect(SourceFile.canonical("/nowhere/at/all") == "/nowhere/at/all")
  }
}

import Config
import Foundation
import Model
import Testing

/// Every example is ready to use but for what its user must fill in.
@Suite struct ExamplesTests {
  static let names = ["cable", "dsl", "fibre", "lte", "starlink"]

  @Test(arguments: names)
  func onlyPlaceholdersAreFound(name: String) throws {
    let file = packageFolder.appendingPathComponent("Examples/\(name).yaml").path
    let result = ConfigFile.load(path: file, environment: testEnvironment)
    #expect(result.isValid)
    #expect(Set(result.diagnostics.map(\.reason)) == [.placeholder])
    #expect(!result.runBlockers.isEmpty)
  }

  @Test(arguments: names)
  func filledInItRuns(name: String) throws {
    let file = packageFolder.appendingPathComponent("Examples/\(name).yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
      .replacing("download: CHANGE_ME", with: "download: WAN-Download")
      .replacing("upload: CHANGE_ME", with: "upload: WAN-Upload")
      .replacing("host: CHANGE_ME", with: "host: 192.168.88.1")
      .replacing("user: CHANGE_ME", with: "user: wanctl")
    let result = load(text)
    #expect(result.diagnostics.isEmpty)
    #expect(result.settings?.wan.text == (name == "cable" ? "wan1" : name))
  }

  /// Without the loop's file, which the example names where it stands on the host.
  private func steering(_ edit: (String) -> String = { $0 }) throws -> SteeringConfigResult {
    let folder = try TemporaryFolder()
    let example = try String(
      contentsOf: packageFolder.appendingPathComponent("Examples/steering.yaml"), encoding: .utf8)
    let loop = validText.replacing("192.168.55.1", with: "192.168.88.1")
    try folder.write("wan1.yaml", loop)
    let path = try folder.write(
      "steering.yaml", edit(example.replacing("/etc/wanctl/wan1.yaml", with: "wan1.yaml")))
    return SteeringConfigFile.load(path: path, environment: testEnvironment)
  }

  @Test func steeringHasOnlyPlaceholders() throws {
    let result = try steering()
    #expect(result.isValid)
    #expect(Set(result.diagnostics.map(\.reason)) == [.placeholder], "\(result.diagnostics)")
  }

  @Test func steeringFilledInRuns() throws {
    let result = try steering {
      $0.replacing("primary_download: CHANGE_ME", with: "primary_download: WAN-Download-1")
        .replacing("host: CHANGE_ME", with: "host: 192.168.88.1")
        .replacing("user: CHANGE_ME", with: "user: wanctl")
    }
    #expect(result.diagnostics.isEmpty, "\(result.diagnostics)")
    #expect(result.settings?.control.primary == "wan1")
  }

  @Test func noExampleIsForgotten() throws {
    let folder = packageFolder.appendingPathComponent("Examples").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    let yaml = files.filter { $0.hasSuffix(".yaml") }.sorted()
    #expect(yaml == (Self.names + ["steering"]).map { "\($0).yaml" }.sorted())
  }
}

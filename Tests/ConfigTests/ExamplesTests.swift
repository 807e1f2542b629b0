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

  @Test func noExampleIsForgotten() throws {
    let folder = packageFolder.appendingPathComponent("Examples").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    let yaml = files.filter { $0.hasSuffix(".yaml") }.sorted()
    // Other examples, as of steering, are tested where they belong.
    #expect(Set(yaml).isSuperset(of: Self.names.map { "\($0).yaml" }))
  }
}

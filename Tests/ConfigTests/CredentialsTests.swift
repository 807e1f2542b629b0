import Foundation
import Model
import Testing

@testable import Config

@Suite struct CredentialsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func environment(_ variables: [String: String] = [:]) -> [String: String] {
    ProcessEnvironment.withCredentials(
      variables.merging(["CREDENTIALS_DIRECTORY": folder.path]) { $1 })
  }

  @Test(arguments: ["router_password", "ROUTER_PASSWORD", "router-password", "router.Password"])
  func filesStandForVariables(name: String) throws {
    try folder.write(name, "hunter2\n")
    #expect(environment()["ROUTER_PASSWORD"] == "hunter2")
    // A credential is meant for this service alone; a variable may be an old one.
    #expect(environment(["ROUTER_PASSWORD": "old"])["ROUTER_PASSWORD"] == "hunter2")
  }

  @Test(arguments: [
    ("hunter2", "hunter2"), ("hunter2\r\n", "hunter2"), ("hunter2\n\n", "hunter2\n"),
    (" hunter2 ", " hunter2 "), ("", ""), ("zwölf\n", "zwölf"),
  ])
  func onlyTheLastEndOfLineGoes(text: String, value: String) throws {
    try folder.write("x", text)
    #expect(environment()["X"] == value)
  }

  @Test func whatIsNoTextCountsAsNotSet() throws {
    try Data([0x68, 0xFF, 0x69]).write(to: URL(fileURLWithPath: folder.path + "/a"))
    try Data([0x68, 0x00, 0x69]).write(to: URL(fileURLWithPath: folder.path + "/b"))
    try Data(count: 2 << 20).write(to: URL(fileURLWithPath: folder.path + "/c"))
    try FileManager.default.createDirectory(
      atPath: folder.path + "/d", withIntermediateDirectories: false)
    #expect(mkfifo(folder.path + "/e", 0o600) == 0)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/f", withDestinationPath: "nothing")
    #expect(environment(["A": "1"]) == ["A": "1", "CREDENTIALS_DIRECTORY": folder.path])
  }

  @Test func withoutAFolderNothingChanges() {
    #expect(ProcessEnvironment.withCredentials(["A": "1"]) == ["A": "1"])
    for path in ["", "/nonexistent", "/etc/passwd"] {
      let variables = ["A": "1", "CREDENTIALS_DIRECTORY": path]
      #expect(ProcessEnvironment.withCredentials(variables) == variables)
    }
  }

  @Test func aConfigurationTakesItsPasswordFromThere() throws {
    try folder.write("router_password", "from a file\n")
    let result = load(validText, environment: environment())
    #expect(result.settings?.router.password == Secret("from a file"))
    #expect(result.diagnostics.isEmpty)
  }
}

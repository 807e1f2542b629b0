import Foundation
import Testing

/// The real `wanctl-loop init` against RouterSim, with and without a terminal.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: DoctorRouter.binary),
    "needs swift build --package-path Tests/Sim"))
struct InitTests {
  private let router: DoctorRouter

  init() throws { router = try DoctorRouter(hasSSH: true) }

  private func path(_ name: String) -> String { router.folder.path + "/" + name }

  /// Everything that a person would be asked for, but the trust in the router's key.
  private var answers: [String] {
    [
      "--wan", "wan1", "--router", "127.0.0.1", "--port", "\(router.httpsPort)", "--user",
      "wanctl-rate", "--type", "cable", "--download-mbps", "900", "--upload-mbps", "40",
    ] + places
  }

  private var places: [String] {
    [
      "--output", path("out/wan1.yaml"), "--secrets", path("out/secrets"), "--run-directory",
      router.folder.path, "--log-directory", router.folder.path, "--state-directory",
      router.folder.path, "--ping-host", "127.0.0.1",
    ]
  }

  private func run(
    _ arguments: [String],
    environment: [String: String] = ["ROUTER_PASSWORD": DoctorRouter.password]
  ) throws -> (status: Int32?, output: String, remarks: String) {
    // Without a terminal, whoever runs the tests at one.
    let child = try ChildProcess(
      ["setsid", "-w", Binaries.tool("wanctl-loop"), "init"] + arguments, folder: router.folder,
      environment: environment.merging(["HOME": router.folder.path]) { $1 })
    let status = child.waitUntilExit(within: 60)
    #expect(!(child.output + child.remarks).contains(DoctorRouter.password))
    return (status, child.output, child.remarks)
  }

  private func mode(_ name: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: path(name))[.posixPermissions] as? Int ?? 0
  }

  @Test func withoutATerminalNothingIsTrustedThatWasNotNamed() throws {
    let refused = try run(answers)
    #expect(refused.status == 1)
    #expect(refused.remarks.contains("give --accept sha256//"), "\(refused.remarks)")
    #expect(!FileManager.default.fileExists(atPath: path("out")))
    let pin = try #require(
      refused.remarks.split(separator: " ").first { $0.hasPrefix("sha256//") }
        .map { String($0.prefix { !$0.isWhitespace }) })
    let done = try run(answers + ["--accept", pin])
    #expect(done.status == 0, "\(done.remarks)")
    #expect(done.output.contains("wan1.yaml: valid"), "\(done.output)")
    #expect(done.output.contains("127.0.0.1 (MikroTik, RB5009UG+S+"), "the doctor has looked")
    let yaml = try String(contentsOfFile: path("out/wan1.yaml"), encoding: .utf8)
    #expect(yaml.contains("pin_sha256: \"\(pin)\"") || yaml.contains("pin_sha256: \(pin)"))
    #expect(yaml.contains("password: ${ROUTER_PASSWORD}"))
    #expect(yaml.contains("download: WAN-Download-1\n  upload: WAN-Upload-1"))
    #expect(!yaml.contains(DoctorRouter.password))
    #expect(try mode("out/wan1.yaml") == 0o640 && mode("out/secrets") == 0o640)
    #expect(
      try String(contentsOfFile: path("out/secrets"), encoding: .utf8)
        == "ROUTER_PASSWORD=\(DoctorRouter.password)\n")
    // The file is what the tools work with.
    let cake = try ChildProcess(
      [Binaries.tool("wanctl-cake"), "--config", path("out/wan1.yaml"), "--count", "1", "--table"],
      folder: router.folder, environment: ["ROUTER_PASSWORD": DoctorRouter.password])
    #expect(cake.waitUntilExit(within: 60) == 0, "\(cake.remarks)")
    // Nothing is overwritten, and nothing is asked for that.
    let again = try run(answers + ["--accept", pin])
    #expect(again.status == 1 && again.remarks.contains("is there already"))
  }

  @Test func sshAloneByAKeyThatIsAccepted() throws {
    var arguments =
      answers + [
        "--transport", "ssh", "--ssh-port", "\(router.sshPort)", "--ssh-key", path("key"),
      ]
    let refused = try run(arguments, environment: [:])
    #expect(refused.status == 1)
    let fingerprint = try #require(
      refused.remarks.split(whereSeparator: \.isWhitespace).last { $0.hasPrefix("SHA256:") })
    arguments += ["--accept", String(fingerprint)]
    let done = try run(arguments, environment: [:])
    #expect(done.status == 0, "\(done.remarks)")
    #expect(FileManager.default.fileExists(atPath: path(".ssh/known_hosts")))
    #expect(!FileManager.default.fileExists(atPath: path("out/secrets")))
    let yaml = try String(contentsOfFile: path("out/wan1.yaml"), encoding: .utf8)
    #expect(yaml.contains("transport: ssh") && !yaml.contains("password"))
  }

  @Test func aPersonIsAskedAndThePasswordIsNotShown() throws {
    let terminal = try ControllingTerminal(
      [
        Binaries.tool("wanctl-loop"), "init", "--port", "\(router.httpsPort)",
      ] + places, environment: ["HOME": router.folder.path, "ROUTER_PASSWORD": ""])
    #expect(terminal.answer("Name of the WAN [wan1]: ", "wan one"))
    #expect(terminal.answer("a name has 1 to 64", ""))
    #expect(terminal.answer("Address or name of the router: ", "127.0.0.1x\u{7f}"))
    #expect(terminal.answer("User on the router [wanctl]: ", "wanctl-rate"))
    #expect(terminal.wait(for: "(not shown): "))
    #expect(eventually(within: 20) { !terminal.echoes })
    terminal.type("wrong-password\n")
    #expect(terminal.answer("may wanctl trust this key [yes/no]: ", "yes"))
    #expect(terminal.answer("refuses the login.\nPassword of", DoctorRouter.password))
    #expect(terminal.answer("Kind of line: ", "fibre"))
    #expect(terminal.answer("Download that the line reaches", "900"))
    #expect(terminal.answer("Upload that the line reaches", "400"))
    #expect(terminal.answer("Download queue [WAN-Download-1]: ", ""))
    #expect(terminal.answer("Upload queue [WAN-Upload-1]: ", ""))
    #expect(terminal.waitUntilExit(within: 60) == 0, "\(terminal.screen)")
    #expect(!terminal.screen.contains(DoctorRouter.password))
    #expect(!terminal.screen.contains("wrong-password"))
    #expect(terminal.screen.contains("Wrote \(path("out/wan1.yaml"))."))
    let yaml = try String(contentsOfFile: path("out/wan1.yaml"), encoding: .utf8)
    #expect(yaml.contains("a fibre line of 900/400 Mbit/s"))
  }

  @Test func whoSaysNoGetsNothing() throws {
    let terminal = try ControllingTerminal(
      [Binaries.tool("wanctl-loop"), "init"] + answers,
      environment: ["HOME": router.folder.path, "ROUTER_PASSWORD": DoctorRouter.password])
    #expect(terminal.answer("[yes/no]: ", "no"))
    #expect(terminal.waitUntilExit(within: 60) == 1)
    let interrupted = try ControllingTerminal(
      [Binaries.tool("wanctl-loop"), "init"] + answers,
      environment: ["HOME": router.folder.path, "ROUTER_PASSWORD": DoctorRouter.password])
    #expect(interrupted.wait(for: "[yes/no]: "))
    #expect(eventually(within: 20) { !interrupted.echoes })
    interrupted.type("\u{3}")
    #expect(interrupted.waitUntilExit(within: 60) == 130)
    #expect(!FileManager.default.fileExists(atPath: path("out")))
  }

  @Test func aRouterWithoutQueuesGetsTheCommands() throws {
    for name in ["WAN-Download-1", "WAN-Upload-1", "WAN-Download-2", "WAN-Upload-2"] {
      try router.post("/world", #"{"rows":{"queue/tree":{"\#(name)":null}}}"#)
    }
    let refused = try run(answers)
    let pin = try #require(
      refused.remarks.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("sha256//") })
    let result = try run(answers + ["--accept", String(pin)])
    #expect(result.status == 1)
    #expect(result.output.contains("/queue/tree/add name=\"WAN-Download-1\" parent=\"bridge\""))
    #expect(result.output.contains("max-limit=900M"))
    #expect(!FileManager.default.fileExists(atPath: path("out")))
  }

  @Test func aWrongPasswordEndsWithWhatTheDoctorSays() throws {
    let refused = try run(answers)
    let pin = try #require(
      refused.remarks.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("sha256//") })
    let result = try run(
      answers + ["--accept", String(pin)], environment: ["ROUTER_PASSWORD": "wrong"])
    #expect(result.status == 1 && result.remarks.contains("[login-refused]"))
    #expect(!FileManager.default.fileExists(atPath: path("out")))
  }

  @Test func theCommandsAloneNeedNoRouter() throws {
    let result = try run(
      ["--print-routeros", "--router", "192.168.88.1", "--wan-interface", "pppoe-out1"],
      environment: [:])
    #expect(result.status == 0)
    #expect(result.output.contains("/certificate/add name=rest common-name=\"192.168.88.1\""))
    #expect(result.output.contains("parent=\"pppoe-out1\""))
    #expect(result.output.contains("/user/group/add name=wanctl policy=read,write,api,rest-api\n"))
  }

  @Test(arguments: [
    ["--type", "modem"], ["--port", "0"], ["--variable", "lower case"], ["--tls", "maybe"],
    ["--password", "x"],
  ])
  func mistakesOnTheCommandLine(arguments: [String]) throws {
    #expect(try run(arguments).status == 2)
  }
}

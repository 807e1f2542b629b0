import Foundation
import Testing

/// No option and no command without its place in the manual.
@Suite struct ManualTests {
  @Test(arguments: [
    "wanctl-ping.8", "wanctl-cake.8", "wanctl-setq.8", "wanctl-loop.8", "wanctl-steer.8",
    "wanctl-history.1",
  ])
  func theManualNamesEverything(page: String) throws {
    let tool = String(page.dropLast(2))
    let folder = FileManager.default.temporaryDirectory
    let child = try ChildProcess([Binaries.tool(tool), "--experimental-dump-help"], folder: folder)
    try #require(child.waitUntilExit(within: 30) == 0, "\(child.remarks)")
    let help = try JSONDecoder().decode(Help.self, from: Data(child.output.utf8))
    let manual = try String(
      contentsOfFile: URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../man/\(page)").standardizedFileURL.path, encoding: .utf8)
    var options = 0
    for command in help.command.andSubcommands where command.commandName != "help" {
      #expect(manual.contains("\(command.commandName)"), "\(tool) \(command.commandName)")
      for name in (command.arguments ?? []).flatMap({ $0.names ?? [] }) where name.name != "h" {
        let option = name.kind == "short" ? name.name : "-" + name.name
        #expect(manual.contains("Fl \(option)"), "\(tool) \(command.commandName): -\(option)")
        options += 1
      }
    }
    #expect(options > 4)
  }
}

/// What `--experimental-dump-help` of swift-argument-parser prints.
private struct Help: Decodable {
  var command: Command

  struct Command: Decodable {
    var commandName: String
    var arguments: [Argument]?
    var subcommands: [Command]?

    var andSubcommands: [Command] { [self] + (subcommands ?? []).flatMap(\.andSubcommands) }
  }

  struct Argument: Decodable {
    var names: [Name]?
  }

  struct Name: Decodable {
    var kind: String
    var name: String
  }
}

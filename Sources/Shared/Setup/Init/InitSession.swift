public import Diagnose
import Model
import Platform

/// The conversation that ends with a configuration: who the router is, what it has, what the line
/// is. But for a host key that was accepted nothing is written before everything is known, and nothing
/// is ever overwritten.
public struct InitSession {
  let request: InitRequest
  let dialogue: any Dialogue
  let clock: FactsReader.Clock
  /// Takes what belongs on the standard output: the commands for a router that is not prepared.
  let output: (String) -> Void

  public init(
    _ request: InitRequest, dialogue: any Dialogue, clock: FactsReader.Clock,
    output: @escaping (String) -> Void
  ) {
    self.request = request
    self.dialogue = dialogue
    self.clock = clock
    self.output = output
  }

  public func run() throws(InitFailure) -> InitOutcome {
    let wan = try ask(
      "Name of the WAN", flag: "--wan", given: request.wan, fallback: "wan1", Self.identifier)
    let path = request.output ?? "/etc/wanctl/\(wan.text).yaml"
    // Before anything is asked for nothing.
    if FileFacts.at(path) != nil { throw .fileExists(path) }
    var router = try self.router()
    try enrol(&router)
    let facts = try reach(&router, file: path)
    let type = try linkType()
    let preset = try rates(LinkPreset(type))
    let queues = try self.queues(facts, router, preset)
    return try write(
      path: path, wan: wan, router: router, queues: queues, preset: preset, type: type)
  }

  // MARK: Questions

  private func ask<Value>(
    _ question: String, flag: String, given: String?, fallback: String?,
    _ value: (String) -> Result<Value, Reason>
  ) throws(InitFailure) -> Value {
    func check(_ text: String) -> String? {
      if case .failure(let reason) = value(text) { reason.text } else { nil }
    }
    let text: String
    if let given {
      text = given
    } else {
      do throws(DialogueFailure) {
        text = try dialogue.ask(question, flag: flag, fallback: fallback, check: check)
      } catch { throw .dialogue(error) }
    }
    switch value(text) {
    case .success(let value): return value
    case .failure(let reason):
      throw .dialogue(.invalid(flag: flag, value: text, reason: reason.text))
    }
  }

  func confirm(_ question: String, flag: String) throws(InitFailure) {
    do throws(DialogueFailure) {
      try dialogue.confirm(question, flag: flag)
    } catch { throw .dialogue(error) }
  }

  func askPassword(of settings: RouterSettings) throws(InitFailure) -> Secret {
    do throws(DialogueFailure) {
      return try dialogue.askSecret(
        "Password of \(settings.user) on \(settings.host)",
        flag: "--password-stdin, or \(request.variable) in the environment")
    } catch { throw .dialogue(error) }
  }

  struct Reason: Error { var text: String }

  static func identifier(_ text: String) -> Result<Identifier, Reason> {
    guard let name = try? Identifier(text) else {
      return .failure(
        Reason(text: "a name has 1 to 64 letters, digits, '-', '_' and '.'"))
    }
    return .success(name)
  }

  private static func someText(_ text: String) -> Result<String, Reason> {
    if text.isEmpty { return .failure(Reason(text: "it is empty")) }
    // It would be taken for a variable of the configuration.
    if text.contains("${") { return .failure(Reason(text: "'${' cannot be written")) }
    return .success(text)
  }

  private func router() throws(InitFailure) -> RouterSettings {
    let host = try ask(
      "Address or name of the router", flag: "--router", given: request.host, fallback: nil,
      Self.someText)
    let transport = request.transport ?? .rest
    let user = try ask(
      "User on the router", flag: "--user", given: request.user, fallback: "wanctl",
      Self.someText)
    var settings = RouterSettings(
      host: host, port: request.port ?? 443, user: user, transport: transport,
      scheme: request.scheme, caFile: request.caFile, sshPort: request.sshPort,
      sshKeyFile: request.sshKeyFile, operationTimeout: Milliseconds(seconds: 10))
    let password = try password(for: settings)
    // Without a key the password serves both ways.
    if transport == .ssh, request.sshKeyFile.isEmpty {
      settings.sshPassword = password
    } else {
      settings.password = password
    }
    return settings
  }

  private func password(for settings: RouterSettings) throws(InitFailure) -> Secret {
    if let password = request.password { return password }
    if settings.transport == .ssh, !settings.sshKeyFile.isEmpty { return Secret("") }
    return try askPassword(of: settings)
  }

  private func linkType() throws(InitFailure) -> LinkType {
    if request.type == nil {
      dialogue.tell(
        "\nKinds of lines:\n"
          + LinkType.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))
    }
    return try ask(
      "Kind of line", flag: "--type", given: request.type?.rawValue, fallback: nil
    ) { text in
      LinkType(rawValue: text).map { .success($0) }
        ?? .failure(
          Reason(
            text: "one of " + LinkType.allCases.map(\.rawValue).joined(separator: ", ")))
    }
  }

  private func rates(_ preset: LinkPreset) throws(InitFailure) -> LinkPreset {
    func rate(
      _ direction: String, _ flag: String, _ given: Double?, _ most: Double
    ) throws(InitFailure) -> Double {
      try ask(
        "\(direction) that the line reaches on a good day, in Mbit/s", flag: flag,
        given: given.map(decimalText), fallback: nil
      ) { text in
        guard let rate = Double(text), rate >= 1, rate <= most else {
          return .failure(Reason(text: "a number from 1 to \(decimalText(most))"))
        }
        return .success(rate)
      }
    }
    let download = try rate("Download", "--download-mbps", request.downloadRate, 10_000)
    let upload = try rate("Upload", "--upload-mbps", request.uploadRate, 1000)
    return preset.scaled(download: download, upload: upload)
  }

  // MARK: Queues

  private func queues(
    _ facts: RouterFacts, _ router: RouterSettings, _ preset: LinkPreset
  ) throws(InitFailure) -> PerDirection<Identifier> {
    let rows = facts.queues.newest ?? []
    let pairs = QueuePair.proposed(rows, types: facts.queueTypes.value ?? [])
    func script(_ names: PerDirection<String>) -> String {
      RouterOSScript(
        host: router.host, user: router.user, queues: names,
        limits: PerDirection(
          download: preset.download.ceiling, upload: preset.upload.ceiling),
        wanInterface: request.wanInterface, lanInterface: request.lanInterface,
        usesTLS: false, usesSSH: router.transport == .ssh
      ).text
    }
    let given = PerDirection(download: request.downloadQueue, upload: request.uploadQueue)
    if pairs.isEmpty, given.download == nil || given.upload == nil {
      output(script(PerDirection(download: "WAN-Download-1", upload: "WAN-Upload-1")))
      throw
        .routerUnprepared(
          "\(router.host) has no pair of queues for download and upload"
            + (rows.isEmpty ? "" : " among " + rows.map(\.name).joined(separator: ", "))
            + "; the commands above make one, or name yours by --download-queue and --upload-queue"
        )
    }
    if given.download == nil, !pairs.isEmpty {
      dialogue.tell(
        "\nQueues of the router:\n"
          + pairs.map { "  \($0.download) and \($0.upload)" }.joined(separator: "\n"))
    }
    func name(
      _ what: String, _ flag: String, _ given: String?, _ fallback: Identifier?
    ) throws(InitFailure) -> Identifier {
      try ask(
        what, flag: flag, given: given, fallback: fallback?.text, Self.identifier)
    }
    let download = try name(
      "Download queue", "--download-queue", given.download, pairs.first?.download)
    let upload = try name(
      "Upload queue", "--upload-queue", given.upload,
      pairs.first { $0.download == download }?.upload)
    let missing = [download, upload].filter { name in !rows.contains { $0.name == name.text } }
    guard missing.isEmpty else {
      output(script(PerDirection(download: download.text, upload: upload.text)))
      throw
        .routerUnprepared(
          "\(router.host) has no queue \(missing.map(\.text).joined(separator: " and "))"
            + "; the commands above make it")
    }
    return PerDirection(download: download, upload: upload)
  }
}

import Config
import Glibc
import Model
import Platform

extension InitSession {
  var isRoot: Bool { geteuid() == 0 }

  /// Root's, with the group of the service.
  private var owner: NewFile.Owner {
    guard isRoot, let account = Account(named: request.serviceUser) else { return .unchanged }
    return NewFile.Owner(userID: 0, groupID: account.groupID)
  }

  /// Stores the password, then the configuration, which is checked before.
  func write(
    path: String, wan: Identifier, router: RouterSettings, queues: PerDirection<Identifier>,
    preset: LinkPreset, type: LinkType
  ) throws(InitFailure) -> InitOutcome {
    let store = SecretStore(path: request.secretsFile, owner: owner)
    let secret = router.password.isEmpty ? router.sshPassword : router.password
    var variable: String?
    if !secret.isEmpty {
      do throws(SecretStore.Failure) {
        variable = try store.name(for: secret, wanted: request.variable, wan: wan)
      } catch { throw describe(error) }
    }
    let isREST = !router.password.isEmpty
    let draft = ConfigurationDraft(
      heading: [
        "\(wan): a \(type.rawValue) line of \(decimalText(preset.download.ceiling))/"
          + "\(decimalText(preset.upload.ceiling)) Mbit/s, written by wanctl-loop init.",
        "The numbers are a beginning; man 5 wanctl.yaml tells what they mean.",
      ], wan: wan, router: router, passwordVariable: isREST ? variable : nil,
      sshPasswordVariable: isREST ? nil : variable, queues: queues, preset: preset,
      reflectors: request.reflectors.isEmpty
        ? ["1.1.1.1", "8.8.8.8", "9.9.9.9"] : request.reflectors, folders: request.folders)
    let variables = variable.map { [$0: secret.revealed] } ?? [:]
    let text = draft.yaml
    try check(text, path: path, router: router, queues: queues, variables: variables)
    if let variable {
      do throws(SecretStore.Failure) {
        _ = try store.store(secret, as: variable)
      } catch { throw describe(error) }
    }
    do throws(SystemError) {
      try NewFile.makeFolder(of: path, mode: 0o750, owner: owner)
      try NewFile.write(text, to: path, mode: 0o640, owner: owner)
    } catch {
      throw error.code == EEXIST ? .fileExists(path) : .file("\(error)")
    }
    return InitOutcome(
      configuration: path, secretsFile: variable == nil ? nil : request.secretsFile,
      variables: variables)
  }

  /// What is written is what was meant, and the loop starts by it.
  private func check(
    _ text: String, path: String, router: RouterSettings, queues: PerDirection<Identifier>,
    variables: [String: String]
  ) throws(InitFailure) {
    let result = ConfigFile.load(text: Array(text.utf8), path: path, environment: variables)
    guard let settings = result.settings, result.runBlockers.isEmpty else {
      throw .draft(result.runBlockers.map { "\($0)" }.joined(separator: "\n"))
    }
    guard settings.router.host == router.host, settings.router.user == router.user,
      settings.router.password == router.password, settings.queues == queues
    else { throw .draft("\(path): the router's names cannot be written to a configuration") }
  }

  private func describe(_ failure: SecretStore.Failure) -> InitFailure {
    let path = request.secretsFile
    return switch failure {
    case .notStorable: .secrets("the password has a line end, which no variable can hold")
    case .nameTaken(let name):
      .secrets("\(path) has another \(name); name the variable by --variable")
    case .system(let error): .secrets("\(error); --secrets names another file")
    case .unreadable(let reason): .secrets("\(path): \(reason); --secrets names another file")
    }
  }
}

import Config
import Glibc
import Model
import Platform

/// Where the results of a calibration go: a JSON file, and a configuration or what would change in
/// the one that there is.
public struct CalibrationFiles {
  public struct Failure: Error, CustomStringConvertible {
    public var description: String
  }

  private let folder: String

  public init(folder: String) { self.folder = folder }

  /// Writes the files. A configuration that is there is left as it is: what would change is told.
  ///
  /// - Parameter configuration: the one that was calibrated; nil = there is none.
  /// - Returns: what was written, and the difference, for people. Ends with a newline.
  public func write(
    _ result: CalibrationResult, configuration: String?, environment: [String: String]
  ) throws(Failure) -> String {
    var text = ""
    let json = "\(folder)/\(result.wan)_calibration.json"
    do throws(SystemError) {
      try NewFile.makeFolder(of: json, mode: 0o750, owner: .unchanged)
      if FileFacts.at(json) == nil {
        try NewFile.write(result.json, to: json, mode: 0o640)
      } else {
        try NewFile.replace(json, with: result.json, mode: 0o640)
      }
      text += "Wrote \(json).\n"
    } catch {
      throw Failure(description: "\(error)")
    }
    let path = configuration ?? "\(folder)/\(result.wan).yaml"
    if FileFacts.at(path) != nil {
      return try text + proposal(result, path: path, environment)
    }
    do throws(SystemError) {
      try NewFile.write(yaml(result), to: path, mode: 0o640)
    } catch {
      throw Failure(description: "\(error)")
    }
    return text + "Wrote \(path).\n"
  }

  /// A configuration of its own, with the numbers that were found.
  func yaml(_ result: CalibrationResult) -> String {
    ConfigurationDraft(
      heading: result.heading, wan: result.wan, router: result.router,
      passwordVariable: result.router.password.isEmpty ? nil : "ROUTER_PASSWORD",
      queues: result.queues, preset: result.preset
    ).yaml
  }

  private func proposal(
    _ result: CalibrationResult, path: String, _ environment: [String: String]
  ) throws(Failure) -> String {
    let old: String
    do throws(SystemError) {
      old = try FileText.read(path, limit: 1 << 20)
    } catch {
      throw Failure(description: "\(error)")
    }
    let current = ConfigFile.load(path: path, environment: environment)
    let proposed = ProposedConfiguration(old, current: current, result: result)
    var text = "\n"
    let difference = proposed.difference
    text +=
      difference.isEmpty
      ? "\(path) stays as it is.\n"
      : "\(path) is not changed. What the numbers would change there, for patch(1):\n\n"
        + difference
    if !proposed.byHand.isEmpty {
      text += "\nTo be set elsewhere:\n" + proposed.byHand.map { "  \($0)\n" }.joined()
    }
    let check = ConfigFile.load(
      text: Array(proposed.new.utf8), path: path, environment: environment)
    for finding in check.errors { text += "It would not be valid: \(finding)\n" }
    return text
  }
}

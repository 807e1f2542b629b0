import Model

/// The loop of the primary as its own configuration has it.
struct PrimaryLoop {
  /// The file as it was found from the steering configuration.
  let path: String
  /// nil when the file cannot be read, or is not valid.
  let settings: LoopSettings?
  /// Why there are no settings.
  let obstacle: String?

  /// nil when the configuration names no file.
  ///
  /// - Parameter root: is put before an absolute path.
  init?(named values: ConfigValues, environment: [String: String], root: String = "") {
    let key = "topology.primary_wan_config"
    guard let name = values.text(key), !name.isEmpty, let location = values[key]?.location,
      !name.contains(placeholder)
    else { return nil }
    path = name.hasPrefix("/") ? root + name : SourceFile.path(name, from: location.file)
    let result = ConfigFile.load(path: path, environment: environment)
    settings = result.settings
    obstacle = result.errors.first.map { first in
      first.reason == .unreadable
        ? first.message
        : "is not valid (\(result.errors.count) error\(result.errors.count == 1 ? "" : "s"))"
    }
  }
}

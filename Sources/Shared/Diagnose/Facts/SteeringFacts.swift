public import Model

/// What a steering configuration wants of this router.
public struct SteeringFacts: Sendable, Equatable {
  public var configFile: String
  /// The user of steering on the router.
  public var user: String
  /// The rules that are switched, one for each target.
  public var rules: [SteeringSettings.Rule]

  public init(configFile: String, user: String, rules: [SteeringSettings.Rule]) {
    self.configFile = configFile
    self.user = user
    self.rules = rules
  }

  public init(settings: SteeringSettings, configFile: String) {
    self.init(configFile: configFile, user: settings.router.user, rules: settings.rules)
  }
}

public import Model

/// The routers that configurations are about, each once.
public struct RouterSurvey: Sendable {
  public struct Router: Sendable {
    /// What the configurations say; nothing is read yet.
    public var facts: RouterFacts
    /// How each daemon logs in there.
    public var logins: [RouterSettings]
  }

  public private(set) var routers: [Router] = []

  public init() {}

  public mutating func add(_ settings: LoopSettings, from file: String) {
    let index = index(of: settings.router, file: file)
    routers[index].facts.wans.append(WANFacts(settings: settings, configFile: file))
  }

  public mutating func add(_ settings: SteeringSettings, from file: String) {
    let index = index(of: settings.router, file: file)
    routers[index].facts.steering = SteeringFacts(settings: settings, configFile: file)
  }

  private mutating func index(of settings: RouterSettings, file: String) -> Int {
    if let index = routers.firstIndex(where: { $0.facts.settings.isSameWay(as: settings) }) {
      if !routers[index].logins.contains(where: { $0.user == settings.user }) {
        routers[index].logins.append(settings)
      }
      return index
    }
    let facts = RouterFacts(settings: settings, configFile: file)
    routers.append(Router(facts: facts, logins: [settings]))
    return routers.count - 1
  }
}

extension RouterSettings {
  /// Whether both reach the same router in the same way, whoever logs in.
  fileprivate func isSameWay(as other: Self) -> Bool {
    host == other.host && port == other.port && transport == other.transport
      && scheme == other.scheme && verifyTLS == other.verifyTLS && caFile == other.caFile
      && pinnedKey == other.pinnedKey
  }
}

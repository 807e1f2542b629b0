/// A row of a router's menu: the texts of its properties, as the router writes them. What the
/// router leaves out is not there.
public struct RouterRow: Sendable, Equatable {
  public var values: [String: String]

  public init(_ values: [String: String]) { self.values = values }

  public subscript(_ property: String) -> String? { values[property] }

  /// `true`, `yes`, `false` or `no`; nil when the property is absent or no such word.
  public func flag(_ property: String) -> Bool? { values[property].flatMap(RouterOSText.bool) }

  /// RouterOS's id, `*1000000`; a row of a singleton menu has none.
  public var id: String? { values[".id"] }
}

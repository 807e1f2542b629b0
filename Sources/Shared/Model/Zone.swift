/// How congested one direction of a WAN is. The order is that of severity.
public enum Zone: UInt8, Sendable, Hashable, Comparable, CaseIterable {
  case green = 0
  case yellow = 1
  case softRed = 2
  case red = 3

  /// The name in records, logs and health: `GREEN`, `YELLOW`, `SOFT_RED`, `RED`.
  public var name: String {
    switch self {
    case .green: "GREEN"
    case .yellow: "YELLOW"
    case .softRed: "SOFT_RED"
    case .red: "RED"
    }
  }

  public init?(name: String) {
    guard let zone = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = zone
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A direction of a WAN as its user sees it.
public enum Direction: UInt8, Sendable, Hashable, CaseIterable {
  case download = 0
  case upload = 1

  public var name: String { self == .download ? "download" : "upload" }
}

/// One value for each direction.
public struct PerDirection<Value> {
  public var download: Value
  public var upload: Value

  public init(download: Value, upload: Value) {
    self.download = download
    self.upload = upload
  }

  public subscript(direction: Direction) -> Value {
    get { direction == .download ? download : upload }
    set { if direction == .download { download = newValue } else { upload = newValue } }
  }

  public func map<Other>(_ transform: (Value) throws -> Other) rethrows -> PerDirection<Other> {
    PerDirection<Other>(download: try transform(download), upload: try transform(upload))
  }
}

extension PerDirection: Sendable where Value: Sendable {}
extension PerDirection: Equatable where Value: Equatable {}

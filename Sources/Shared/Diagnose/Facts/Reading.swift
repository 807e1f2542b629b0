public import Model

/// What came of asking the router for something.
public enum Reading<Value: Sendable & Equatable>: Sendable, Equatable {
  case read(Value)
  /// It was not asked for: nobody wanted it, or the router was out of reach.
  case skipped
  case failed(RouterFailure)

  /// nil unless it was read.
  public var value: Value? {
    if case .read(let value) = self { value } else { nil }
  }

  public var failure: RouterFailure? {
    if case .failed(let failure) = self { failure } else { nil }
  }

  func map<Other>(_ transform: (Value) -> Other) -> Reading<Other> {
    switch self {
    case .read(let value): .read(transform(value))
    case .skipped: .skipped
    case .failed(let failure): .failed(failure)
    }
  }
}

/// The same thing read twice, some seconds apart, to see what moves.
public struct Samples<Value: Sendable & Equatable>: Sendable, Equatable {
  public var first: Reading<Value>
  public var last: Reading<Value>

  public init(first: Reading<Value> = .skipped, last: Reading<Value> = .skipped) {
    self.first = first
    self.last = last
  }

  /// The newest value there is.
  public var newest: Value? { last.value ?? first.value }

  /// Both values; nil when one is missing.
  public var pair: (first: Value, last: Value)? {
    guard let first = first.value, let last = last.value else { return nil }
    return (first, last)
  }
}

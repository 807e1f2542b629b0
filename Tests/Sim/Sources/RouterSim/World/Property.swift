/// What a property accepts, and the form in which it reads back.
enum Property {
  case text
  case name
  case flag
  /// Bits per second; `k`, `M`, `G` accepted, digits read back.
  case rate
  case number(ClosedRange<Int>)
  case choice([String])
  /// The name of a queue type that exists.
  case queueType
  /// `global`, an interface or another queue.
  case parent

  /// The normal form of a value that was written, as text.
  func normalised(_ value: JSON, argument: String, in world: World) throws(Refusal) -> String {
    let text: String
    switch value {
    case .string(let string): text = string
    case .bool(let flag): text = flag ? "true" : "false"
    case .number(let digits):
      guard Int64(digits) != nil else { throw .invalid(argument: argument) }
      text = digits
    case .null, .array, .object: throw .invalid(argument: argument)
    }
    switch self {
    case .text: return text
    case .name:
      guard !text.isEmpty else { throw .invalid(argument: argument) }
      return text
    case .flag:
      guard let flag = JSON.string(text).flag else { throw .invalid(argument: argument) }
      return flag ? "true" : "false"
    case .rate:
      guard let rate = Text.rate(text) else { throw .invalid(argument: argument) }
      return String(rate)
    case .number(let range):
      guard let number = Int(text) else { throw .invalid(argument: argument) }
      guard range.contains(number) else {
        throw .bad("value of \(argument) out of range (\(range.lowerBound)..\(range.upperBound))")
      }
      return String(number)
    case .choice(let choices):
      guard choices.contains(text) else { throw .noMatch(of: argument) }
      return text
    case .queueType:
      guard world.queueTypes.row(named: text) != nil else { throw .noMatch(of: argument) }
      return text
    case .parent:
      guard world.isParent(text) else { throw .noMatch(of: argument) }
      return text
    }
  }
}

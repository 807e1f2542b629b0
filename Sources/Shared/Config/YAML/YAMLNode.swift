/// A node of a YAML document with the place where it stands; aliases and merge keys are resolved.
struct YAMLNode: Sendable {
  enum Content: Sendable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    case mapping([YAMLEntry])
  }

  var content: Content
  var location: ConfigLocation
  /// The number of nodes from here downwards, aliases counted as often as they are used.
  var count = 1
  /// The number of levels from here downwards.
  var height = 1

  /// The entries of a mapping, nil of anything else.
  var entries: [YAMLEntry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  var scalar: YAMLScalar? {
    if case .scalar(let scalar) = content { scalar } else { nil }
  }

  var isNull: Bool { scalar?.value == .null }
}

/// A key of a mapping and its value.
struct YAMLEntry: Sendable {
  var key: YAMLKey
  var location: ConfigLocation
  var value: YAMLNode
}

/// A key of a mapping. `1: x` and `"1": x` are different keys, and only the second is a text.
struct YAMLKey: Sendable, Hashable {
  var text: String
  var isText: Bool
}

/// A scalar: its text, how it was written and what YAML 1.1 makes of it.
struct YAMLScalar: Sendable {
  var text: String
  /// Written without quotes: its type follows from its text.
  var isPlain: Bool
  /// An explicit tag, `tag:yaml.org,2002:str`.
  var tag: String?
  var value: YAMLValue
  /// Names of variables in the text that are not set. The name itself stands in the text then.
  var unsetVariables: [String] = []
  /// The text, or a part of it, came from the environment or from a variable's default.
  var isSubstituted = false
}

/// What a scalar means by the rules of YAML 1.1, as PyYAML's safe loader reads it.
enum YAMLValue: Sendable, Equatable {
  case null
  case flag(Bool)
  /// Limited to the range of `Int`: no key allows a number that large.
  case integer(Int)
  case number(Double)
  case text(String)
  /// A date or a point in time. No key wants one, so it stays a text.
  case date(String)
  case binary
}

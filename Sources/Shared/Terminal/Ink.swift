public import Model

/// The colours of our output, by name. Where there is no colour, nothing may depend on them.
public enum Ink: UInt8, Sendable, CaseIterable {
  case plain, dim, white, green, yellow, orange, red, blue, cyan

  /// The colour of a zone: the order of the traffic light, with orange for SOFT_RED.
  public init(_ zone: Zone) {
    self =
      switch zone {
      case .green: .green
      case .yellow: .yellow
      case .softRed: .orange
      case .red: .red
      }
  }

  /// The parameters of the SGR control sequence (ECMA-48) that begins it; nil for plain.
  var code: String? {
    switch self {
    case .plain: nil
    case .dim: "38;5;245"
    case .white: "97"
    case .green: "32"
    case .yellow: "33"
    case .orange: "38;5;208"
    case .red: "31"
    case .blue: "34"
    case .cyan: "36"
    }
  }

  /// The colour on the dark ground of a picture.
  var hexadecimal: String {
    switch self {
    case .plain: "#c9d1d9"
    case .dim: "#768390"
    case .white: "#f0f6fc"
    case .green: "#3fb950"
    case .yellow: "#d9b62b"
    case .orange: "#f0883e"
    case .red: "#f85149"
    case .blue: "#58a6ff"
    case .cyan: "#39c5cf"
    }
  }
}

/// How a piece of text looks.
public struct Style: Sendable, Equatable {
  public var ink: Ink
  public var isBold: Bool

  public init(_ ink: Ink, bold: Bool = false) {
    self.ink = ink
    self.isBold = bold
  }

  public static let plain = Style(.plain)

  /// The control sequence that begins it after a reset; empty for plain text.
  var sequence: String {
    let codes = [isBold ? "1" : nil, ink.code].compactMap { $0 }
    return codes.isEmpty ? "" : "\u{1B}[\(codes.joined(separator: ";"))m"
  }

  static let reset = "\u{1B}[0m"
}

/// Whether output is coloured.
public struct Palette: Sendable, Equatable {
  public var isColored: Bool

  public init(isColored: Bool) { self.isColored = isColored }

  /// Colours belong on a terminal that has them, and only if nobody asked for none
  /// (`NO_COLOR` with any content, https://no-color.org).
  public init(isTerminal: Bool, environment: [String: String]) {
    let refused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    isColored = isTerminal && !refused && environment["TERM"] != "dumb"
  }

  /// `text` in a style, or as it is.
  public func paint(_ text: String, _ style: Style) -> String {
    let sequence = style.sequence
    return isColored && !sequence.isEmpty ? sequence + text + Style.reset : text
  }
}

/// Behaviour of real routers that nobody has verified, and the knobs of the model. Each can be set
/// by its name over the control port, so that clients are tested against both possibilities.
struct Switches {
  enum Headers: String { case full, minimal }
  enum CommentQuery: String { case exact, empty }
  enum UnknownPatch: String {
    case notFound = "404"
    case noSuchItem = "400-no-such-item"
  }
  enum CakeRowStyle: String {
    case trueFalse = "true-false"
    case yesNo = "yes-no"
    case minimal
  }

  enum LegendCase: String { case mixed, upper, lower }

  var headers = Headers.full
  /// Seconds after which an idle connection is closed; nil = never.
  var idleCloseSeconds: Double? = 25
  var plusIsSpace = false
  var commentQuery = CommentQuery.exact
  var patchUnknownID = UnknownPatch.notFound
  var cakeRowStyle = CakeRowStyle.trueFalse
  /// Columns at which the console wraps; nil = it does not.
  var textWidth: Int? = 80
  /// How the legend of flags is written; `mixed`: upper case but for queues.
  var legendCase = LegendCase.mixed
  /// The console shows `rate` as `48.2Mbps`.
  var ratesWithSuffix = false
  var countCakeDrops = false
  /// Whether writing the value that is there already costs flash sectors.
  var setUnchangedWritesFlash = false
  var flashSectorsPerSet = 2
  /// How long REST answers wrongly after a boot, in milliseconds.
  var bootWrongDataMs: Double = 5000
  var abortDamage = true
  /// Backlog that CAKE lets bulk flows keep, in milliseconds at the queue's rate.
  var bulkBacklogMs: Double = 36

  struct Unknown: Error { var message: String }

  mutating func set(_ name: String, to value: JSON) throws(Unknown) {
    switch name {
    case "headers": headers = try choice(name, value)
    case "idleCloseSec":
      idleCloseSeconds = value == "never" ? nil : try number(name, value, 0.001...86_400)
    case "plusIsSpace": plusIsSpace = try flag(name, value)
    case "commentQuery": commentQuery = try choice(name, value)
    case "patchUnknownId": patchUnknownID = try choice(name, value)
    case "cakeRowStyle": cakeRowStyle = try choice(name, value)
    case "textWidth":
      textWidth = value == "none" ? nil : Int(try number(name, value, 20...10_000))
    case "legendCase": legendCase = try choice(name, value)
    case "ratesWithSuffix": ratesWithSuffix = try flag(name, value)
    case "countCakeDrops": countCakeDrops = try flag(name, value)
    case "setUnchangedWritesFlash": setUnchangedWritesFlash = try flag(name, value)
    case "flashSectorsPerSet": flashSectorsPerSet = Int(try number(name, value, 0...1e9))
    case "bootWrongDataMs": bootWrongDataMs = try number(name, value, 0...3.6e6)
    case "abortDamage": abortDamage = try flag(name, value)
    case "bulkBacklogMs": bulkBacklogMs = try number(name, value, 0...60_000)
    default: throw Unknown(message: "no switch is called \(name)")
    }
  }

  var json: JSON {
    [
      "headers": .string(headers.rawValue),
      "idleCloseSec": idleCloseSeconds.map { .double($0) } ?? "never",
      "plusIsSpace": .bool(plusIsSpace),
      "commentQuery": .string(commentQuery.rawValue),
      "patchUnknownId": .string(patchUnknownID.rawValue),
      "cakeRowStyle": .string(cakeRowStyle.rawValue),
      "textWidth": textWidth.map { .int($0) } ?? "none",
      "legendCase": .string(legendCase.rawValue),
      "ratesWithSuffix": .bool(ratesWithSuffix),
      "countCakeDrops": .bool(countCakeDrops),
      "setUnchangedWritesFlash": .bool(setUnchangedWritesFlash),
      "flashSectorsPerSet": .int(flashSectorsPerSet),
      "bootWrongDataMs": .double(bootWrongDataMs),
      "abortDamage": .bool(abortDamage),
      "bulkBacklogMs": .double(bulkBacklogMs),
    ]
  }

  private func choice<Choice: RawRepresentable<String>>(
    _ name: String, _ value: JSON
  ) throws(Unknown) -> Choice {
    guard let choice = value.text.flatMap(Choice.init(rawValue:)) else {
      throw Unknown(message: "switch \(name) cannot be \(value.encoded)")
    }
    return choice
  }

  private func flag(_ name: String, _ value: JSON) throws(Unknown) -> Bool {
    guard let flag = value.flag else {
      throw Unknown(message: "switch \(name) is true or false, not \(value.encoded)")
    }
    return flag
  }

  private func number(
    _ name: String, _ value: JSON, _ range: ClosedRange<Double>
  ) throws(Unknown) -> Double {
    guard let number = value.value, range.contains(number) else {
      throw Unknown(message: "switch \(name) is a number in \(range), not \(value.encoded)")
    }
    return number
  }
}

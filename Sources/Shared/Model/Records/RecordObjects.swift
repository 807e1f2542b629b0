/// One direction of a `decision` record as it stands there.
struct DirectionFields {
  var state: String
  var rateBps: Int64
  var reason: String?
  var streaks: Streaks?
}

extension DirectionFields {
  init(from json: inout JSONScanner) throws(JSONScanner.Fault) {
    var state: String?
    var rate: Int64?
    var reason: String?
    var streaks: Streaks?
    try json.members { (key, json) throws(JSONScanner.Fault) in
      switch key {
      case "state": state = try json.string()
      case "rate_bps": rate = try json.integer()
      case "reason": reason = try json.null() ? nil : json.string()
      case "streaks": streaks = try json.null() ? nil : Streaks(from: &json)
      default: try json.skipValue()
      }
    }
    self.init(
      state: try required(state, "state"), rateBps: try required(rate, "rate_bps"),
      reason: reason, streaks: streaks)
  }
}

extension Streaks {
  fileprivate init(from json: inout JSONScanner) throws(JSONScanner.Fault) {
    var green: Int?
    var softRed: Int?
    var red: Int?
    try json.members { (key, json) throws(JSONScanner.Fault) in
      switch key {
      case "green": green = Int(try json.integer())
      case "soft_red": softRed = Int(try json.integer())
      case "red": red = Int(try json.integer())
      default: try json.skipValue()
      }
    }
    self.init(
      green: try required(green, "green"), softRed: try required(softRed, "soft_red"),
      red: try required(red, "red"))
  }
}

extension LoopState {
  init(from json: inout JSONScanner) throws(JSONScanner.Fault) {
    var download: Queue?
    var upload: Queue?
    var baseline: Double?
    var load: Double?
    var lastApplied: PerDirection<BitsPerSecond?>?
    try json.members { (key, json) throws(JSONScanner.Fault) in
      switch key {
      case "download": download = try Queue(from: &json)
      case "upload": upload = try Queue(from: &json)
      case "ewma":
        try json.members { (key, json) throws(JSONScanner.Fault) in
          switch key {
          case "baseline_rtt": baseline = try json.double()
          case "load_rtt": load = try json.double()
          default: try json.skipValue()
          }
        }
      case "last_applied":
        var rates = PerDirection<BitsPerSecond?>(download: nil, upload: nil)
        try json.members { (key, json) throws(JSONScanner.Fault) in
          switch key {
          case "dl_rate": rates.download = try json.null() ? nil : BitsPerSecond(json.integer())
          case "ul_rate": rates.upload = try json.null() ? nil : BitsPerSecond(json.integer())
          default: try json.skipValue()
          }
        }
        lastApplied = rates
      default: try json.skipValue()
      }
    }
    self.init(
      queues: PerDirection(
        download: try required(download, "download"), upload: try required(upload, "upload")),
      baseline: Milliseconds(try required(baseline, "ewma.baseline_rtt")),
      load: Milliseconds(try required(load, "ewma.load_rtt")),
      lastApplied: try required(lastApplied, "last_applied"))
  }
}

extension LoopState.Queue {
  fileprivate init(from json: inout JSONScanner) throws(JSONScanner.Fault) {
    var green: Int?
    var softRed: Int?
    var red: Int?
    var rate: Double?
    try json.members { (key, json) throws(JSONScanner.Fault) in
      switch key {
      case "green_streak": green = Int(try json.integer())
      case "soft_red_streak": softRed = Int(try json.integer())
      case "red_streak": red = Int(try json.integer())
      case "current_rate": rate = try json.double()
      default: try json.skipValue()
      }
    }
    self.init(
      streaks: Streaks(
        green: try required(green, "green_streak"),
        softRed: try required(softRed, "soft_red_streak"), red: try required(red, "red_streak")),
      rate: try required(rate, "current_rate"))
  }
}

extension SteerRecord.Confidence {
  init(from json: inout JSONScanner) throws(JSONScanner.Fault) {
    var score: Int?
    var contributors: [String] = []
    var confidence = Self(score: 0)
    try json.members { (key, json) throws(JSONScanner.Fault) in
      switch key {
      case "score": score = Int(try json.integer())
      case "contributors":
        try json.beginArray()
        while try json.nextElement() { contributors.append(try json.string()) }
      case "degrade_timer": confidence.degradeTimer = try json.null() ? nil : json.double()
      case "hold_down": confidence.holdDown = try json.null() ? nil : json.double()
      case "recovery_timer": confidence.recoveryTimer = try json.null() ? nil : json.double()
      case "decision": confidence.decision = try json.null() ? nil : verdict(from: &json)
      case "would": confidence.would = try json.null() ? nil : verdict(from: &json)
      default: try json.skipValue()
      }
    }
    confidence.score = try required(score, "score")
    confidence.contributors = contributors
    self = confidence
  }
}

private func verdict(
  from json: inout JSONScanner
) throws(JSONScanner.Fault) -> SteeringVerdict {
  let text = try json.string()
  guard let verdict = SteeringVerdict(rawValue: text) else {
    throw JSONScanner.Fault(message: "unknown name '\(text)'")
  }
  return verdict
}

extension JSONScanner {
  /// Calls `take` for each member of the object that is next; it must pass the member's value. Its
  /// faults are told to be below the member's key.
  mutating func members(
    _ take: (String, inout JSONScanner) throws(Fault) -> Void
  ) throws(Fault) {
    try beginObject()
    while let key = try nextKey() {
      do {
        try take(key, &self)
      } catch {
        throw error.below(key)
      }
    }
  }
}

func required<Value>(
  _ value: Value?, _ key: String
) throws(JSONScanner.Fault) -> Value {
  guard let value else { throw JSONScanner.Fault(message: "\(key) is missing") }
  return value
}

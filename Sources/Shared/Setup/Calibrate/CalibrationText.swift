public import Model
public import Terminal

/// What a calibration tells while it works, and in the end.
public enum CalibrationText {
  /// The step in words.
  public static func line(_ step: Calibration.Step) -> String {
    switch step {
    case .idle: "latency of the idle line"
    case .raw(let direction): "\(direction.name) without a limit"
    case .search(let direction, let step, let rate):
      "\(direction.name) at \(fixed(rate, digits: 1)) Mbit/s (\(step) of \(RateSearch.steps))"
    case .retry(let direction, let why): "\(direction.name) again: \(why)"
    case .result(let direction, let found, let isGood):
      "\(direction.name): \(fixed(found.rate, digits: 1)) Mbit/s with "
        + "\(fixed(found.bloat.rawValue, digits: 1)) ms"
        + (isGood ? "" : ", which is above the target")
    }
  }

  /// `[=====>     ]  3/13`.
  ///
  /// - Parameter width: of the bar alone.
  public static func bar(done: Int, of total: Int, width: Int = 24) -> String {
    let share = total > 0 ? min(max(Double(done) / Double(total), 0), 1) : 0
    let filled = min(width, Int(share * Double(width)))
    let arrow = filled < width ? ">" : ""
    let blanks = max(0, width - filled - arrow.count)
    return "[" + String(repeating: "=", count: filled) + arrow
      + String(repeating: " ", count: blanks) + "] \(done)/\(total)"
  }

  /// The result for people. Ends with a newline.
  public static func report(_ result: CalibrationResult, median: Milliseconds, _ palette: Palette)
    -> String
  {
    func milliseconds(_ time: Milliseconds) -> String { fixed(time.rawValue, digits: 1) + " ms" }
    func megabits(_ rate: Double) -> String { fixed(rate, digits: 1) + " Mbit/s" }
    var lines: [(String, String)] = [
      ("Baseline RTT", "\(milliseconds(result.baseline)) (median \(milliseconds(median)))"),
      ("Kind of line", result.type.rawValue),
    ]
    for direction in result.measured {
      let found = direction == .download ? result.download : result.upload
      let name = direction == .download ? "Download" : "Upload"
      lines += [
        ("\(name), no limit", megabits(found.raw)),
        (
          "\(name), best",
          "\(megabits(found.optimal)), \(milliseconds(found.bloat)) above the baseline"
            + (found.isGood ? "" : " (above the target)")
        ),
        ("\(name), floor", megabits(result.floors[direction])),
      ]
    }
    let width = lines.map(\.0.count).max() ?? 0
    return palette.paint("Result of \(result.wan)", Style(.plain, bold: true)) + "\n"
      + lines.map { name, value in
        "    \(name):" + String(repeating: " ", count: width - name.count + 1) + value + "\n"
      }.joined()
  }
}

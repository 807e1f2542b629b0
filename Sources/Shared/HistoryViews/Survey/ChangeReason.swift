import Model

/// The reason of a change of state: `RTT delta 51.2ms exceeded hard_red threshold 80ms`.
struct ChangeReason: Equatable {
  /// The smoothed RTT less the baseline.
  var delta: Milliseconds?
  /// Which threshold was passed: `green`, `soft_red`, `hard_red`, of upload `target`, `warn`.
  var threshold: String?
  var limit: Milliseconds?

  /// What is not of that form is not known.
  init(_ text: String) {
    let words = text.split(separator: " ")
    for (index, word) in words.enumerated() {
      let value = word.hasSuffix("ms") ? Double(word.dropLast(2)) : nil
      guard index > 0, let value, value.isFinite, abs(value) < 1e6 else { continue }
      if words[index - 1] == "delta" { delta = Milliseconds(value) }
      if words[index - 1] == "threshold", index > 1 {
        threshold = String(words[index - 2])
        limit = Milliseconds(value)
      }
    }
  }
}

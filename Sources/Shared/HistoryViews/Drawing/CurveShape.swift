import Model

/// Curves as SVG paths in a box.
struct CurveShape {
  var left: Double
  var top: Double
  var width: Double
  var height: Double
  var scale: ValueScale

  func y(_ value: Double) -> Double { top + (1 - scale.share(of: value)) * height }

  /// The middle of a slot.
  private func x(_ slot: Int, of count: Int) -> Double {
    left + (Double(slot) + 0.5) / Double(count) * width
  }

  /// A line through the means, interrupted where nothing is known.
  func line(_ values: [SlotValue?]) -> String {
    var path = ""
    for run in Self.runs(values) {
      if run.count == 1 {
        // A single slot has a width too.
        let half = width / Double(values.count) / 2
        let x = x(run.lowerBound, of: values.count)
        path += "M\(Markup.number(x - half)) \(height(of: values[run.lowerBound]))"
        path += "H\(Markup.number(x + half))"
        continue
      }
      for slot in run {
        path += slot == run.lowerBound ? "M" : "L"
        path += "\(Markup.number(x(slot, of: values.count))) \(height(of: values[slot]))"
      }
    }
    return path
  }

  private func height(of value: SlotValue?) -> String { Markup.number(y(value?.mean ?? 0)) }

  /// What lies between the least and the greatest samples; empty where that is nothing to see.
  func band(_ values: [SlotValue?]) -> String {
    var path = ""
    for run in Self.runs(values) where run.count > 1 {
      let spans = run.contains { slot in
        guard let value = values[slot] else { return false }
        return y(value.minimum) - y(value.maximum) > 1
      }
      guard spans else { continue }
      for slot in run {
        path += slot == run.lowerBound ? "M" : "L"
        path += point(slot, values.count, values[slot]?.maximum)
      }
      for slot in run.reversed() { path += "L" + point(slot, values.count, values[slot]?.minimum) }
      path += "z"
    }
    return path
  }

  private func point(_ slot: Int, _ count: Int, _ value: Double?) -> String {
    "\(Markup.number(x(slot, of: count))) \(Markup.number(y(value ?? 0)))"
  }

  private static func runs(_ values: [SlotValue?]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start: Int?
    for (slot, value) in values.enumerated() {
      if value != nil, start == nil { start = slot }
      if value == nil, let first = start {
        runs.append(first..<slot)
        start = nil
      }
    }
    if let start { runs.append(start..<values.count) }
    return runs
  }
}

/// States as a strip: in each slot the zones one above the other, each as high as its share.
struct ZoneShape {
  var left: Double
  var top: Double
  var width: Double
  var height: Double

  /// A path per zone; empty for those that did not occur.
  func paths(_ zones: [ZoneSeconds]) -> [(zone: Zone, path: String)] {
    var paths = Zone.allCases.map { (zone: $0, path: "") }
    var slot = 0
    while slot < zones.count {
      let shares = Self.shares(zones[slot])
      var next = slot + 1
      // Equal neighbours are one shape.
      while next < zones.count, Self.shares(zones[next]) == shares { next += 1 }
      if let shares { add(shares, slots: slot..<next, of: zones.count, to: &paths) }
      slot = next
    }
    return paths.filter { !$0.path.isEmpty }
  }

  private func add(
    _ shares: ZoneSeconds, slots: Range<Int>, of count: Int,
    to paths: inout [(zone: Zone, path: String)]
  ) {
    let x = left + Double(slots.lowerBound) / Double(count) * width
    let end = left + Double(slots.upperBound) / Double(count) * width
    var bottom = top + height
    for index in paths.indices {
      let size = shares[paths[index].zone] * height
      guard size > 0 else { continue }
      bottom -= size
      paths[index].path +=
        "M\(Markup.number(x)) \(Markup.number(bottom))h\(Markup.number(end - x))"
        + "v\(Markup.number(size))H\(Markup.number(x))z"
    }
  }

  /// Shares in tenths. What is rare is what one looks for: everything but GREEN has three at least.
  private static func shares(_ seconds: ZoneSeconds) -> ZoneSeconds? {
    let total = seconds.sum()
    guard total > 0 else { return nil }
    var shares = (seconds / total * 10).rounded(.toNearestOrAwayFromZero)
    for zone in Zone.allCases where seconds[zone] > 0 && zone != .green {
      shares[zone] = max(shares[zone], 3)
    }
    return shares / shares.sum()
  }
}

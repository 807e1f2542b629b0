import History

extension HistoryPlot {
  /// The same in fewer slots: each takes some neighbours together.
  func condensed(to slots: Int) -> HistoryPlot {
    let step = (axis.count + max(slots, 1) - 1) / max(slots, 1)
    guard step > 1 else { return self }
    var plot = self
    let count = (axis.count + step - 1) / step
    // The last slot may reach beyond the end.
    let end = axis.start + Int64(count * step) * axis.slotSeconds
    plot.axis = SlotAxis(HistoryRange(start: axis.start, end: end - 1), slots: count)
    for index in panels.indices {
      plot.panels[index].finerFigures = panels[index].figures
      for curve in panels[index].curves.indices {
        plot.panels[index].curves[curve].values =
          Self.groups(panels[index].curves[curve].values, step).map(Self.joined)
      }
      plot.panels[index].zones = Self.groups(panels[index].zones, step)
        .map { $0.reduce(ZoneSeconds(), +) }
    }
    return plot
  }

  private static func groups<Value>(_ values: [Value], _ step: Int) -> [ArraySlice<Value>] {
    stride(from: 0, to: values.count, by: step).map { values[$0..<min($0 + step, values.count)] }
  }

  private static func joined(_ values: ArraySlice<SlotValue?>) -> SlotValue? {
    let known = values.compactMap { $0 }
    guard var joined = known.first else { return nil }
    joined.seconds = known.reduce(0) { $0 + $1.seconds }
    joined.mean = known.reduce(0) { $0 + $1.mean * $1.seconds } / joined.seconds
    joined.minimum = known.reduce(.infinity) { min($0, $1.minimum) }
    joined.maximum = known.reduce(-.infinity) { max($0, $1.maximum) }
    return joined
  }
}

public import Model

extension SimulationReport {
  /// The report for people, several lines.
  public var text: String {
    var lines = ["scenario   \(scenario)\(summary.isEmpty ? "" : ": \(summary)")"]
    lines.append(
      "time       \(fixed(elapsed.seconds, digits: 1)) s, \(cycles) cycles"
        + (fallbackCycles > 0 ? ", \(fallbackCycles) by fallback" : "")
        + (heldCycles > 0 ? ", \(heldCycles) held" : "")
        + ", \(lostProbes) of \(probes) probes lost, seed \(seed)")
    if let addedDelay, let unmanagedDelay {
      lines.append("delay      added while loaded: \(Self.text(addedDelay))")
      lines.append("           without wanctl:     \(Self.text(unmanagedDelay))")
    }
    for direction in Direction.allCases {
      lines.append(line(direction))
      lines.append("           " + zoneText(links[direction].zones))
    }
    lines.append("verdict    \(verdict.rawValue): \(sentence)")
    return lines.map { $0 + "\n" }.joined()
  }

  private static func text(_ delay: AddedDelay) -> String {
    func text(_ value: Milliseconds) -> String { fixed(value.rawValue, digits: 1) }
    return "p50 \(text(delay.p50))  p95 \(text(delay.p95))  p99 \(text(delay.p99))  "
      + "max \(text(delay.max)) ms"
  }

  private func line(_ direction: Direction) -> String {
    let link = links[direction]
    let name = direction == .download ? "download   " : "upload     "
    let used =
      link.used.map {
        "\(fixed($0 * 100, digits: 1)) % of the capacity used in "
          + "\(fixed(link.loaded.seconds, digits: 1)) s of load, "
      } ?? "never loaded, "
    let lowest = link.lowestRate.map { "down to \(fixed($0.megabits, digits: 1)) Mbit/s, " } ?? ""
    return name + used + lowest
      + "\(link.rateChanges) rate changes, \(link.increases + link.decreases) writes "
      + "(\(link.increases) up, \(link.decreases) down)"
  }

  private func zoneText(_ zones: [Double]) -> String {
    zip(Zone.allCases, zones).filter { $1 > 0 }
      .map { "\($0.name) \(fixed($1 * 100, digits: 1)) %" }.joined(separator: "  ")
  }

  /// One line for the views while it runs.
  public var figures: String {
    guard let addedDelay else { return "not loaded yet" }
    func text(_ value: Milliseconds) -> String { fixed(value.rawValue, digits: 1) }
    let writes = Direction.allCases.reduce(0) { $0 + links[$1].increases + links[$1].decreases }
    let used = [links.download.used, links.upload.used].compactMap { $0 }
      .map { fixed($0 * 100, digits: 0) }.joined(separator: "/")
    let without =
      unmanagedDelay.map { " (\(fixed($0.p95.rawValue, digits: 0)) without wanctl)" } ?? ""
    return "added p50 \(text(addedDelay.p50))  p95 \(text(addedDelay.p95)) ms\(without), "
      + "\(used) % used, \(writes) writes"
  }

  /// The machine form: one JSON object.
  public func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("scenario", scenario)
    json.field("seed", seed)
    json.field("elapsed_s", elapsed.seconds)
    json.field("cycles", cycles)
    json.field("fallback_cycles", fallbackCycles)
    json.field("held_cycles", heldCycles)
    json.field("probes", probes)
    json.field("lost_probes", lostProbes)
    json.field("target_ms", target)
    write(addedDelay, as: "added_delay_ms", to: &json)
    write(unmanagedDelay, as: "unmanaged_delay_ms", to: &json)
    for direction in Direction.allCases {
      json.key(direction.name)
      write(links[direction], to: &json)
    }
    json.field("verdict", verdict.rawValue)
    json.endObject()
  }

  private func write(_ delay: AddedDelay?, as key: String, to json: inout JSONWriter) {
    json.key(key)
    guard let delay else { return json.null() }
    json.beginObject()
    json.field("p50", delay.p50)
    json.field("p95", delay.p95)
    json.field("p99", delay.p99)
    json.field("max", delay.max)
    json.endObject()
  }

  private func write(_ link: Link, to json: inout JSONWriter) {
    json.beginObject()
    json.field("loaded_s", link.loaded.seconds)
    json.field("used", link.used)
    json.field("rate_changes", link.rateChanges)
    json.field("writes_up", link.increases)
    json.field("writes_down", link.decreases)
    json.field("lowest_rate_bps", link.lowestRate)
    json.field("last_rate_bps", link.lastRate)
    json.key("zones")
    json.beginObject()
    for (zone, share) in zip(Zone.allCases, link.zones) { json.field(zone.name, share) }
    json.endObject()
    json.endObject()
  }
}

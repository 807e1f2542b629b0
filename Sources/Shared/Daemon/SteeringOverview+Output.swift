import Model
import Router
import Service

extension SteeringOverview {
  /// For people: one line that says it all, then what it rests on. Ends with a newline.
  public var text: String {
    var lines = ["\(health.name): \(headline)"]
    for trouble in troubles { lines.append("  \(trouble.health.name): \(trouble.text)") }
    func add(_ name: String, _ text: String?) {
      guard let text else { return }
      lines.append("  \(name)\(String(repeating: " ", count: 12 - name.count))\(text)")
    }
    add("process", processID.map { "\($0)" })
    add("mode", mode)
    if let line = state?.primary {
      let figures =
        "RTT +\(fixed(line.rttAverage, digits: 1)) ms smoothed, "
        + "\(line.queuedPackets.last ?? 0) packets queued"
      add("assessment", "\(line.zone), \(figures)")
      add("counts", counts)
    }
    if let baseline {
      let age = Self.duration(time - baseline.writtenAt)
      add("baseline", "\(fixed(baseline.baseline.rawValue, digits: 1)) ms, written \(age) ago")
    } else if let kept = state?.primary.baseline {
      add("baseline", "\(fixed(kept.rawValue, digits: 1)) ms, the last one")
    }
    for rule in rules ?? [] {
      add("rule", "\(rule.target) \(rule.statusText): \"\(rule.comment)\"")
    }
    if !transitions.isEmpty { lines.append("  transitions, newest last:") }
    for transition in transitions { lines.append("    " + Self.line(transition)) }
    return lines.joined(separator: "\n") + "\n"
  }

  private var headline: String {
    guard let state, let isDegraded else { return "\(settings.primary): the state is not known" }
    let since = since.map { " since \(Self.stamp($0)) (\(Self.duration(time - $0)))" } ?? ""
    let way = isDegraded ? "steered to \(target ?? "nobody")" : "by \(settings.primary)"
    return "\(state.name)\(since): new connections that suffer from latency go \(way)"
  }

  /// How it decides.
  private var mode: String {
    var text = settings.isCAKEAware ? "RTT, queue and drops" : "RTT alone"
    if let confidence = settings.confidence {
      text +=
        confidence.isDryRun
        ? "; the score only tells what it would do"
        : confidence.isExclusive ? "; the score decides alone" : "; the score decides too"
    }
    return text
  }

  private var counts: String? {
    guard let state else { return nil }
    let samples = settings.samples
    if isDegraded == true {
      return
        "\(state.goodCount) of \(settings.isCAKEAware ? samples.green : samples.good) to return"
    }
    return settings.isCAKEAware
      ? "\(state.redCount) of \(samples.red) to steer"
      : "\(state.badCount) of \(samples.bad) to steer"
  }

  /// `2026-11-21 18:40:12  WAN1_GOOD -> WAN1_DEGRADED  hysteresis, wan2: RTT +33.6 ms, …`.
  static func line(_ transition: SteeringTransition) -> String {
    var text = "\(stamp(transition.time))  \(transition.from) -> \(transition.to)  "
    if transition.isDryRun {
      text += "would, by the score"
    } else {
      text += transition.reason.rawValue
      if let target = transition.target { text += ", \(target)" }
      if transition.applied == false { text += ", NOT confirmed by the router" }
    }
    var reasons: [String] = []
    if let figures = transition.figures {
      reasons.append("RTT +\(fixed(figures.rttAverage.rawValue, digits: 1)) ms")
      reasons.append("queue \(figures.queuedPackets)")
      if let drops = figures.drops { reasons.append("drops \(drops)") }
    }
    if let confidence = transition.confidence {
      let why =
        confidence.contributors.isEmpty
        ? "" : " (\(confidence.contributors.joined(separator: ", ")))"
      reasons.append("score \(confidence.score)\(why)")
    }
    return reasons.isEmpty ? text : "\(text): \(reasons.joined(separator: ", "))"
  }

  private static func stamp(_ time: UnixTime) -> String {
    String(LocalTime(time).logStamp.prefix(19))
  }

  /// For programs: one JSON object without a newline.
  public var json: String {
    var json = JSONWriter(reserving: 4096)
    json.beginObject()
    json.field("status", health.name)
    json.field("t", time)
    json.field("wan", settings.primary)
    json.field("pid", processID)
    json.field("state", state?.name)
    if let isDegraded {
      json.field("enabled", isDegraded)
    } else {
      json.field("enabled", nil as String?)
    }
    json.field("target", target)
    if let since { json.field("since", since) } else { json.field("since", nil as String?) }
    json.field("time_in_state_seconds", since.map { max(0, (time - $0).seconds) })
    json.field("mode", settings.confidence?.isDryRun == true ? "dry_run" : "active")
    json.field("assessment", state?.primary.zone)
    json.key("counters")
    json.beginObject()
    json.field("red_count", state?.redCount)
    json.field("good_count", state?.goodCount)
    json.field("bad_count", state?.badCount)
    json.field("cake_read_failures", state?.primary.readFailures)
    json.endObject()
    json.key("baseline")
    json.beginObject()
    json.field("rtt_ms", baseline?.baseline ?? state?.primary.baseline)
    if let baseline {
      json.field("written", baseline.writtenAt)
      json.field("age_seconds", max(0, (time - baseline.writtenAt).seconds))
      json.field("stale", time - baseline.writtenAt > Self.baselineStaleAfter)
    } else {
      json.field("written", nil as String?)
      json.field("age_seconds", nil as Double?)
      json.field("stale", true)
    }
    json.endObject()
    if let rules {
      json.key("rules")
      json.beginArray()
      for rule in rules {
        json.beginObject()
        json.field("target", rule.target)
        json.field("comment", rule.comment.text)
        json.field("status", rule.statusText)
        json.endObject()
      }
      json.endArray()
    }
    json.key("transitions")
    json.beginArray()
    for transition in transitions { transition.write(to: &json) }
    json.endArray()
    json.key("troubles")
    json.beginArray()
    for trouble in troubles {
      json.beginObject()
      json.field("status", trouble.health.name)
      json.field("message", trouble.text)
      json.endObject()
    }
    json.endArray()
    json.endObject()
    return json.text
  }
}

extension SteeringOverview.Rule {
  /// `on`, `off`, `missing`, `3 times`, `unknown`.
  fileprivate var statusText: String {
    switch status {
    case .enabled: "on"
    case .disabled: "off"
    case .missing: "missing"
    case .ambiguous(let count): "\(count) times"
    case nil: "unknown"
    }
  }
}

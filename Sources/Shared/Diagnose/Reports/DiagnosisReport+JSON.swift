import Model

extension DiagnosisReport {
  /// For programs: one JSON object with a newline behind it. wanctl-cake(8) describes the keys.
  public var json: String {
    var json = JSONWriter(reserving: 4096)
    json.beginObject()
    json.field("clean", isClean)
    json.field("errors", count(.error))
    json.field("warnings", count(.warning))
    json.field("notes", count(.note))
    json.key("routers")
    json.beginArray()
    for section in sections { section.facts.writeSummary(to: &json) }
    json.endArray()
    json.key("findings")
    json.beginArray()
    for section in sections {
      for finding in section.findings {
        finding.write(to: &json, router: section.facts.settings.host)
      }
    }
    json.endArray()
    json.endObject()
    return json.text + "\n"
  }
}

extension RouterFacts {
  fileprivate func writeSummary(to json: inout JSONWriter) {
    let resource = resource.newest
    json.beginObject()
    json.field("host", settings.host)
    json.field("identity", identity)
    json.field("board", resource?.board)
    json.field("version", resource?.version)
    json.field("uptime_s", resource?.uptime?.seconds)
    json.field("cpu_load_percent", resource?.processorLoad)
    json.field("flash_sectors", resource?.sectorsWritten)
    json.field("flash_sectors_per_hour", FlashCheck.slope(self))
    json.field("flash_sectors_per_hour_since_boot", FlashCheck.sinceBoot(self))
    json.field("flash_sectors_per_year", FlashCheck.rate(self).map { $0 * FlashCheck.hoursPerYear })
    json.field("clock_offset_s", clock.value?.offset.seconds)
    json.field("sampled_s", interval.seconds)
    json.endObject()
  }
}

extension Finding {
  /// - Parameter router: its configured host; nil for what is about no router.
  func write(to json: inout JSONWriter, router: String?) {
    json.beginObject()
    json.field("id", kind.rawValue)
    json.field("severity", severity.rawValue)
    json.field("router", router)
    switch subject {
    case .router: break
    case .queue(let name, let wan):
      json.field("wan", wan.text)
      json.field("queue", name)
    case .rule(let comment): json.field("rule", comment)
    case .path(let path): json.field("path", path)
    case .account(let name): json.field("user", name)
    case .listener(let address): json.field("listener", address)
    }
    json.field("title", kind.title)
    json.key("facts")
    json.beginArray()
    for fact in facts {
      json.beginObject()
      json.field("name", fact.name)
      json.field("value", fact.value)
      json.endObject()
    }
    json.endArray()
    json.field("reason", reason)
    json.key("mending")
    json.beginArray()
    for mending in mending { mending.write(to: &json) }
    json.endArray()
    json.endObject()
  }
}

extension Finding.Mending {
  func write(to json: inout JSONWriter) {
    json.beginObject()
    switch self {
    case .router(let command):
      json.field("where", "router")
      json.field("text", command)
    case .configuration(let yaml, let file):
      json.field("where", "configuration")
      json.field("file", file)
      json.field("text", yaml)
    case .host(let command):
      json.field("where", "host")
      json.field("text", command)
    }
    json.endObject()
  }
}

import Model

/// What health tells of the contact with a router: the original's five keys, then ours.
struct RouterHealth {
  let contact: WANSnapshot.RouterContact
  let now: MonotonicTime
  let time: UnixTime

  func write(to json: inout JSONWriter) {
    json.field("is_reachable", contact.isReachable)
    json.field("consecutive_failures", contact.consecutiveFailures)
    json.field("last_failure_type", contact.lastFailure?.originalName)
    json.field("last_failure_time", contact.lastFailureAt.map { Double($0.rawValue) / 1e9 })
    json.field("outage_duration_seconds", outage?.seconds)
    json.field("failure", contact.lastFailure?.rawValue)
    json.field("outage_started", isoTime: outage == nil ? nil : contact.outageSince)
    json.field("transport", contact.transport.rawValue)
    json.field("transport_since", isoTime: contact.transportSince)
    json.field("transport_reason", contact.transportReason?.rawValue)
    json.field("failovers", contact.failovers)
    json.field("writes", contact.writes)
    json.field("failed_writes", contact.failedWrites)
    json.field("writes_last_hour", contact.writesInLastHour)
    json.field("writes_last_day", contact.writesInLastDay)
    json.key("write_budget")
    if let budget = contact.budget {
      json.beginObject()
      json.field("tokens", budget.tokens(at: time), digits: 1)
      json.field("burst", budget.burst)
      json.field("per_minute", budget.perMinute)
      json.field("waits", contact.budgetWaits)
      json.endObject()
    } else {
      json.null()
    }
    json.field("flash_sectors_written", contact.identity?.sectorsWritten)
    json.field("router_version", contact.identity?.version)
    json.field("router_uptime_seconds", contact.identity?.uptime?.seconds)
  }

  private var outage: Milliseconds? {
    guard !contact.isReachable, let began = contact.outageBegan else { return nil }
    return max(now - began, .zero)
  }
}

extension RouterFailure.Class {
  /// One of the names that the original knows.
  var originalName: String {
    switch self {
    case .connectionRefused, .networkUnreachable, .dnsFailure, .timeout, .authFailure: rawValue
    // There, whatever TLS refused was a network that cannot be reached.
    case .tls: Self.networkUnreachable.rawValue
    case .staleConnection, .reset, .serviceOff, .permission, .rejected, .missing, .busy,
      .verifyMismatch, .protocolError:
      "unknown"
    }
  }
}

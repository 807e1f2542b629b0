import Model

/// The checks and the settings of `alerts`.
extension ConfigChecks {
  mutating func checkAlerts() {
    let url = "alerts.url"
    for index in findings.indices
    where findings[index].reason == .unsetVariable
      && findings[index].key?.hasPrefix("alerts.") == true
    {
      // A variable that nobody needs keeps nothing from starting.
      findings[index].preventsRun = values.flag("alerts.enabled") == true
    }
    guard values.flag("alerts.enabled") == true, let secret = values.secret(url) else { return }
    let isUnset = findings.contains { $0.reason == .unsetVariable && $0.key == url }
    if secret.isEmpty {
      if !isUnset {
        add(
          .error, .missing, key: url, "is empty, and alerts.enabled is true",
          remedy: "write the URL of the webhook, or enabled: false")
      }
      return
    }
    guard !secret.revealed.contains(placeholder) else { return }
    guard let address = WebhookURL(secret.revealed) else {
      add(
        .error, .type, key: url, "is no URL of the form https://HOST/PATH",
        remedy: "copy it from the receiver's page")
      return
    }
    let isHere =
      address.host == "localhost" || address.host.hasPrefix("127.") || address.host == "::1"
    if !address.usesTLS, !isHere {
      add(
        .warning, .exposure, key: url, "is http: the URL and the messages can be read on the way",
        remedy: "write https")
    }
    if values.text("alerts.format") == "ntfy", address.parent.name.isEmpty {
      add(
        .error, .type, key: url, "names no topic",
        remedy: "write the topic behind it: https://ntfy.sh/TOPIC")
    }
  }
}

extension ConfigValues {
  /// nil when alerts are switched off, or the file has errors.
  func alerts() -> AlertSettings? {
    guard flag("alerts.enabled") == true, let url = secret("alerts.url"),
      let format = text("alerts.format").flatMap(AlertSettings.Format.init(rawValue:)),
      let token = secret("alerts.token"), let cooldown = seconds("alerts.cooldown_sec"),
      let grouping = seconds("alerts.group_sec"), let tellsRecovery = flag("alerts.recovery")
    else { return nil }
    return AlertSettings(
      url: url, format: format, token: token, caFile: text("alerts.ca_file"), cooldown: cooldown,
      grouping: grouping, tellsRecovery: tellsRecovery,
      rules: AlertSettings.Rules(
        wanDownAfter: waiting("wan_down_sec"),
        routerUnreachableAfter: waiting("router_unreachable_sec"), redAfter: waiting("red_sec"),
        floorHeldAfter: waiting("floor_held_sec"), errorsPerMinute: limit("errors_per_minute"),
        missedTicksPerMinute: limit("missed_ticks_per_minute"),
        storageFailingAfter: waiting("storage_failing_sec"),
        tellsSteering: has("steering") && flag("alerts.steering") == true,
        steeringUnableAfter: waiting("steering_unable_sec"),
        steeringLockFile: has("steering_lock_file")
          ? text("alerts.steering_lock_file") : nil))
  }

  /// Each daemon has rules that the other one lacks.
  private func has(_ name: String) -> Bool { schema["alerts." + name] != nil }

  private func waiting(_ name: String) -> Milliseconds? {
    guard has(name) else { return nil }
    return seconds("alerts." + name).flatMap { $0 > .zero ? $0 : nil }
  }

  private func limit(_ name: String) -> Int? {
    guard has(name) else { return nil }
    return integer("alerts." + name).flatMap { $0 > 0 ? $0 : nil }
  }
}

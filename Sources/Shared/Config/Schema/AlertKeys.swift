import Model

/// The keys of `alerts`, which the configurations of the loop and of steering have in common.
extension ConfigKey {
  static let alerts =
    [
      ConfigKey(
        "alerts.enabled", .flag, .optional(.flag(false)), "Whether somebody is told of trouble."),
      ConfigKey(
        "alerts.url", .secret, .optional(.secret(Secret(""))),
        "Where messages are sent by POST. Write ${NAME} to take it from the environment."),
      ConfigKey(
        "alerts.format", .choice(AlertSettings.Format.allCases.map(\.rawValue)),
        .optional(.text("generic")), "Form of the messages: that of the receiver."),
      ConfigKey(
        "alerts.token", .secret, .optional(.secret(Secret(""))),
        "Sent as Authorization: Bearer, where the receiver wants that."),
      ConfigKey(
        "alerts.ca_file", .path, .optional(.null),
        "PEM file of the authority that signed the receiver's certificate; none is the system's."),
      ConfigKey(
        "alerts.cooldown_sec", .number(0...86_400), .optional(.integer(300)), unit: "s",
        "The same alert is told at most once in this time."),
      ConfigKey(
        "alerts.group_sec", .number(0...3600), .optional(.integer(5)), unit: "s",
        "Alerts of this time become one message."),
      ConfigKey(
        "alerts.recovery", .flag, .optional(.flag(true)), "Whether the end is told too."),
      waiting("router_unreachable_sec", 60, "The router was not reached for so long."),
      count("errors_per_minute", 1, "More errors than this within a minute."),
      waiting("storage_failing_sec", 60, "History or state could not be stored for so long."),
    ]

  /// The rules of the loop.
  static let loopAlerts = [
    waiting("wan_down_sec", 10, "Nothing answered on the line for so long."),
    waiting("red_sec", 60, "A direction was RED for so long."),
    waiting("floor_held_sec", 600, "A rate lay at its lowest floor for so long."),
    count("missed_ticks_per_minute", 60, "More missed ticks than this within a minute."),
    ConfigKey(
      "alerts.steering_lock_file", .path, .optional(.null),
      "Lock file of steering on this host; it is an alert when no daemon holds it."),
  ]

  /// The rules of steering.
  static let steeringAlerts = [
    ConfigKey(
      "alerts.steering", .flag, .optional(.flag(true)), "Steering goes on, or off again."),
    waiting(
      "steering_unable_sec", 60,
      "No baseline, no statistics, no rule or no answer to a switch for so long."),
  ]

  private static func waiting(_ name: String, _ seconds: Int, _ meaning: String) -> ConfigKey {
    ConfigKey(
      "alerts." + name, .number(0...86_400), .optional(.integer(seconds)), unit: "s",
      meaning + " 0 = no such alert.")
  }

  private static func count(_ name: String, _ limit: Int, _ meaning: String) -> ConfigKey {
    ConfigKey(
      "alerts." + name, .integer(0...10_000), .optional(.integer(limit)),
      meaning + " 0 = no such alert.")
  }
}

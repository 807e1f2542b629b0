import Model

/// The keys that the configurations of the loop and of steering have in common.
extension ConfigKey {
  /// How a file is read and what it is called.
  static func general(nameMeaning: String) -> [ConfigKey] {
    [
      ConfigKey(
        "extends", .path, .directive,
        "Another file, relative to this one, whose keys apply where this file has none."),
      ConfigKey(
        "schema_version", .any, .optional(.text("1.0")), "Version of the format; not checked."),
      ConfigKey("wan_name", .identifier, .required, nameMeaning),
    ]
  }

  static let router = [
    ConfigKey("router.host", .host, .required, "The router."),
    ConfigKey("router.user", .text, .required, "User on the router, for REST and SSH."),
    ConfigKey("router.ssh_key", .path, .required, "Private key for SSH; may be empty for REST."),
    ConfigKey(
      "router.transport", .choice(["rest", "ssh"]), .optional(.text("rest")),
      "How the router is reached first; the other way is the fallback where it can be used."),
    ConfigKey(
      "router.password", .secret, .optional(.secret(Secret(""))),
      "Password for REST. Write ${NAME} to take it from the environment."),
    ConfigKey(
      "router.ssh_password", .secret, .optional(.secret(Secret(""))),
      "Password for SSH, where a key is not wanted."),
    ConfigKey("router.ssh_port", .integer(1...65535), .optional(.integer(22)), "Port of SSH."),
    ConfigKey("router.port", .integer(1...65535), .optional(.integer(443)), "Port of REST."),
    ConfigKey(
      "router.tls", .tls, .optional(.text("auto")),
      "Whether REST is spoken over TLS: auto is plain http on port 80 and https elsewhere."),
    ConfigKey(
      "router.scheme", .tls, .alias(of: "router.tls"), "https is yes, and http is no."),
    ConfigKey(
      "router.verify_ssl", .flag, .optional(.flag(true)),
      "Whether the router's certificate is verified."),
    ConfigKey(
      "router.ca_file", .path, .optional(.null),
      "PEM file of the authority that signed the router's certificate."),
    ConfigKey(
      "router.pin_sha256", .pin, .optional(.null),
      "The public key that the router must have; wanctl-setq trust shows it."),
    ConfigKey(
      "router.write_budget.burst", .integer(1...100_000), .optional(.integer(120)),
      "Changes of a queue that may be written at once."),
    ConfigKey(
      "router.write_budget.per_minute", .integer(1...100_000), .optional(.integer(60)),
      "Changes of a queue per minute in the long run."),
    ConfigKey(
      "router.increase_interval_sec", .number(0...3600), .optional(.number(1)), unit: "s",
      "Increases of a WAN are put together to one write per this time."),
    ConfigKey(
      "router.stats_interval_sec", .number(0...3600), .optional(.number(1)), unit: "s",
      "How often queue rows and uptime are read from the router; 0 = never."),
    ConfigKey("router.type", .any, .unused("RouterOS is the only type"), "Type of the router."),
  ]

  static let logs = [
    ConfigKey("logging.main_log", .path, .required, needsValue: true, "The log."),
    ConfigKey(
      "logging.debug_log", .path, .required, needsValue: true,
      "The log with every cycle, with --debug."),
  ]

  static func lock(_ meaning: String) -> [ConfigKey] {
    [
      ConfigKey("lock_file", .path, .required, needsValue: true, meaning),
      ConfigKey(
        "lock_timeout", .integer(1...3600), .required, unit: "s",
        "Must be there, and has no effect: a lock is held or it is not."),
    ]
  }

  static func operationTimeout(seconds: Int) -> ConfigKey {
    ConfigKey(
      "timeouts.ssh_command", .number(0.1...600), .optional(.integer(seconds)), unit: "s",
      "Total time of one operation of the router, by REST too.")
  }

  static func probeTimeout(seconds: Int) -> ConfigKey {
    ConfigKey(
      "timeouts.ping", .number(0.01...60), .optional(.integer(seconds)), unit: "s",
      "After this a probe is lost.")
  }

  static func health(port: Int) -> [ConfigKey] {
    [
      ConfigKey(
        "health_check.enabled", .flag, .optional(.flag(true)), "Whether health is served by HTTP."),
      ConfigKey(
        "health_check.host", .host, .optional(.text("127.0.0.1")), "Address to listen on."),
      ConfigKey(
        "health_check.port", .integer(0...65535), .optional(.integer(port)),
        "Port to listen on; 0 = any."),
      ConfigKey(
        "health_check.token", .secret, .optional(.secret(Secret(""))),
        "Bearer token that everything but /livez and /readyz then needs."),
    ]
  }

  static let storage = [
    ConfigKey(
      "storage.db_path", .path, .optional(.text("/var/lib/wanctl/metrics.db")),
      "The history database; empty or null switches history off."),
    ConfigKey(
      "storage.retention_days", .integer(1...730_000), .optional(.integer(90)), unit: "d",
      "How long history is kept."),
    ConfigKey(
      "storage.commit_interval_sec", .number(0.1...3600), .optional(.integer(10)), unit: "s",
      "How often history is written to the disk."),
  ]
}

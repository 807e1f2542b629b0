import Model
import Router

// What each fact is read from. A row without a name is left out; what else is missing is nil, or
// what RouterOS leaves it out for.

extension TreeQueue {
  static let properties = [
    "name", "parent", "queue", "packet-mark", "max-limit", "bytes", "disabled", "invalid",
  ]

  init?(_ row: RouterRow) {
    guard let name = row["name"],
      let limit = row["max-limit"].flatMap({ BitsPerSecond(parsing: $0) })
    else { return nil }
    self.init(
      name: name, parent: row["parent"] ?? "", queueType: row["queue"] ?? "",
      packetMark: row["packet-mark"] ?? "", maxLimit: limit, bytes: row.counter("bytes"),
      isDisabled: row.flag("disabled") ?? false, isInvalid: row.flag("invalid") ?? false)
  }
}

extension QueueType {
  static let properties = ["name", "kind", "cake-bandwidth"]

  init?(_ row: RouterRow) {
    guard let name = row["name"], let kind = row["kind"] else { return nil }
    self.init(
      name: name, kind: kind,
      bandwidth: row["cake-bandwidth"].flatMap { BitsPerSecond(parsing: $0) })
  }
}

extension InterfaceCounters {
  static let properties = ["name", "tx-byte"]

  init?(_ row: RouterRow) {
    guard let name = row["name"], let sent = row.counter("tx-byte") else { return nil }
    self.init(name: name, sentBytes: sent)
  }
}

extension FirewallRule {
  static let properties = [".id", "action", "comment", "disabled", "dynamic"]

  init?(_ row: RouterRow) {
    guard let id = row.id else { return nil }
    // RouterOS leaves `disabled` out until a rule is disabled for the first time, and `action`
    // where it is to accept.
    self.init(
      id: id, action: row["action"] ?? "accept", comment: row["comment"] ?? "",
      packetMark: row["new-packet-mark"], isDisabled: row.flag("disabled") ?? false,
      isDynamic: row.flag("dynamic") ?? false)
  }
}

extension RouterUser {
  static let properties = ["name", "group"]

  init?(_ row: RouterRow) {
    guard let name = row["name"], let group = row["group"] else { return nil }
    self.init(name: name, group: group)
  }
}

extension UserGroup {
  static let properties = ["name", "policy"]

  init?(_ row: RouterRow) {
    guard let name = row["name"], let policy = row["policy"] else { return nil }
    self.init(
      name: name,
      policies: policy.split(separator: ",").map(String.init).filter { !$0.hasPrefix("!") })
  }
}

extension RouterResourceFacts {
  static let properties = [
    "version", "board-name", "uptime", "write-sect-since-reboot", "cpu-load",
  ]

  init(_ row: RouterRow) {
    self.init(
      version: row["version"] ?? "", board: row["board-name"] ?? "",
      uptime: row.duration("uptime"), sectorsWritten: row.counter("write-sect-since-reboot"),
      processorLoad: row["cpu-load"].flatMap { text in
        Int(text.last == "%" ? text.dropLast() : text[...])
      })
  }
}

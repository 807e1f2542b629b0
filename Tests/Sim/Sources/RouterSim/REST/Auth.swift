/// Who may do what, before it is looked at what he wants.
struct Auth {
  let world: World
  let log: RouterLog
  let sessions: Sessions

  enum Verdict {
    case user(User)
    case refused(Refusal, isPasswordFailure: Bool)
  }

  func check(_ request: Request, from address: String) -> Verdict {
    guard let credentials = request.credentials else {
      return .refused(.unauthorized, isPasswordFailure: false)
    }
    guard let user = world.users[credentials.user], !user.isDisabled,
      user.password == credentials.password
    else {
      sessions.end(credentials.user)
      log.write(
        "system,error,critical",
        "login failure for user \(credentials.user) from \(address) via rest-api")
      return .refused(.unauthorized, isPasswordFailure: true)
    }
    guard user.address == nil || user.address == address,
      user.policies.contains("rest-api")
    else { return .refused(.unauthorized, isPasswordFailure: false) }
    guard user.policies.contains("api") else {
      return .refused(.notAllowed, isPasswordFailure: false)
    }
    return .user(user)
  }
}

/// Logins live for ten minutes over all connections of a user.
final class Sessions {
  private static let lifetime = Nanoseconds.seconds(600)
  private var lastSeen: [String: Nanoseconds] = [:]
  private let log: RouterLog

  init(log: RouterLog) {
    self.log = log
  }

  /// Notes activity; true when it began a session.
  func touch(_ user: String, from address: String, at now: Nanoseconds) -> Bool {
    let isNew = lastSeen[user].map { now - $0 > Self.lifetime } ?? true
    lastSeen[user] = now
    if isNew {
      log.write(
        "system,info,account", "user \(user) logged in from \(address) via rest-api")
      log.write("system,info,account", "user \(user) logged in from \(address) via api")
    }
    return isNew
  }

  func end(_ user: String) { lastSeen[user] = nil }
  func endAll() { lastSeen = [:] }
}

/// The router's log, oldest first, bounded as the real one.
final class RouterLog {
  private static let capacity = 10_000
  private let clock: Clock
  private(set) var lines: [(at: Nanoseconds, topics: String, message: String)] = []

  init(clock: Clock) {
    self.clock = clock
  }

  func write(_ topics: String, _ message: String) {
    if lines.count == Self.capacity { lines.removeFirst(Self.capacity / 2) }
    lines.append((clock.now, topics, message))
  }
}

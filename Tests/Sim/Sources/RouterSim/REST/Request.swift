/// A REST request as it came over the wire, or a line that came over SSH.
struct Request {
  var method: String
  /// Path and query, still encoded.
  var target: String
  var authorization: String?
  var contentType: String?
  var body: [UInt8] = []
  /// Who asks, where that is known before the request.
  var login: String?

  static func line(_ line: String, of user: String) -> Request {
    Request(method: "EXEC", target: line, body: Array(line.utf8), login: user)
  }

  var user: String? { login ?? credentials?.user }
  var path: Substring { target.prefix { $0 != "?" } }
  var query: Substring { target.drop { $0 != "?" }.dropFirst() }

  /// User and password of HTTP Basic authentication.
  var credentials: (user: String, password: String)? {
    guard let authorization, authorization.lowercased().hasPrefix("basic "),
      let bytes = Text.base64Decoded(
        authorization.dropFirst(6).filter { $0 != " " }),
      let text = String(validating: bytes, as: UTF8.self),
      let colon = text.firstIndex(of: ":")
    else { return nil }
    return (String(text[..<colon]), String(text[text.index(after: colon)...]))
  }

  var hasJSONType: Bool {
    contentType.map {
      $0.prefix { $0 != ";" }.filter { $0 != " " }.lowercased() == "application/json"
    } ?? false
  }
}

/// Where a path leads: a menu and what follows it.
enum Place {
  case table(Table)
  case record(Table, String)
  case command(Table, String)
  /// A menu that is one record.
  case singleton(String, command: String?)
  case queueMonitor
  case execute

  /// Decodes the segments behind `/rest`.
  static func segments(of path: Substring) throws(Refusal) -> [String] {
    var parts = path.split(separator: "/")
    guard parts.first == "rest" else { throw .noDirectory(parts.first ?? "") }
    parts.removeFirst()
    var decoded: [String] = []
    for part in parts {
      if part.lowercased().contains("%2a") { throw .noPrefix }
      guard let text = Text.percentDecoded(part) else { throw .noDirectory(part) }
      decoded.append(text)
    }
    return decoded
  }

  static func find(_ segments: [String], in world: World) throws(Refusal) -> Place {
    if segments == ["execute"] { return .execute }
    if segments == ["queue", "monitor"] { return .queueMonitor }
    let known = world.menus.map { $0.split(separator: "/").map(String.init) }
    guard
      let menu = known.filter({ segments.starts(with: $0) }).max(by: { $0.count < $1.count })
    else {
      // The first word that leads nowhere is the one that RouterOS names.
      let depth = (0...segments.count).last { count in
        known.contains { $0.starts(with: segments.prefix(count)) }
      }
      guard let depth, depth < segments.count else { throw .noCommand }
      throw .noDirectory(segments[depth])
    }
    let rest = segments.dropFirst(menu.count)
    guard rest.count <= 1 else { throw .noDirectory(rest.last ?? "") }
    let path = menu.joined(separator: "/")
    guard let table = world.table(path) else { return .singleton(path, command: rest.first) }
    guard let word = rest.first else { return .table(table) }
    return table.commands.contains(word) ? .command(table, word) : .record(table, word)
  }
}

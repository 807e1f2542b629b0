/// What happens to one request because of the faults that claimed it.
struct FaultPlan {
  /// How the answer gets to the client.
  enum Delivery: Equatable {
    case whole
    /// The connection is reset in its place.
    case reset
    /// The body ends early, after this many bytes, and the connection with it.
    case cut(Int?)
    case drip(bytes: Int, every: Nanoseconds)
    /// Nothing ever comes.
    case nothing
  }

  var codes: [String] = []
  /// Faults of the world that happen just before the request runs.
  var beforehand: [Fault] = []
  /// Closes the connection unanswered: true with a reset.
  var closesUnread: Bool?
  /// Refused at the door, before any right is looked at.
  var refusedAtDoor: Refusal?
  /// Answered so without being run.
  var substitute: Reply?
  /// Answered so after being run.
  var replacement: Reply?
  var withholdsWrites = false
  var delivery = Delivery.whole
  var extraDelay: Nanoseconds = 0
  /// What a line of SSH says instead of its output.
  var spokenText: String?
  var sshEnding = SSHEnding.exit
  var splitting: Splitting?
  private var edits: [(field: String, edit: Edit)] = []

  /// How the channel of a line of SSH ends.
  enum SSHEnding: String {
    /// With status 0.
    case exit
    /// The output comes, the end does not.
    case hang
    /// Not even the output comes.
    case silent
    /// The end comes without a status.
    case noStatus = "no-status"
  }

  /// How the output of a line of SSH is torn.
  struct Splitting {
    var bytes = 1
    var every: Nanoseconds
    var hasCarriageReturns: Bool
    var hasFinalNewline: Bool
  }

  private enum Edit { case missing, empty, suffix }

  mutating func add(_ fault: Fault, to request: Request) {
    codes.append(fault.code.rawValue)
    let args = fault.args
    let isApplied = args["applied"]?.flag ?? true
    switch fault.code {
    case .blackhole:
      delivery = .nothing
      // What never arrived was never done.
      if args["applied"]?.flag != true { substitute = Reply(status: 200) }
    case .resetBeforeReply:
      delivery = .reset
      substitute = isApplied ? nil : Reply(status: 200)
    case .staleConnection: closesUnread = args["how"] == "rst"
    case .cutReply: delivery = .cut(args["bytes"]?.whole)
    case .drip:
      delivery = .drip(
        bytes: max(args["bytes"]?.whole ?? 1, 1),
        every: .milliseconds(args["ms"]?.value ?? 100))
    case .garbage: spoil(args, isApplied: isApplied)
    case .stall: extraDelay += .milliseconds(args["ms"]?.value ?? 40)
    case .unauthorized: refusedAtDoor = .unauthorized
    case .permission:
      let refusal: Refusal =
        if args["kind"] == "api" { .notAllowed } else if request.method == "PATCH" {
          .masked
        } else { .notPermitted }
      substitute = .refused(refusal)
    case .serviceOff: refusedAtDoor = .forbidden
    case .rejected:
      substitute = .refused(.bad(args["detail"]?.text ?? "failure: refused"))
    case .unchanged: withholdsWrites = true
    case .appliedButRefused:
      replacement = .refused(.bad(args["detail"]?.text ?? "failure: could not save"))
    case .unsupportedMedia: substitute = .refused(.unsupportedMedia)
    case .sessionClosed:
      extraDelay += .milliseconds(args["ms"]?.value ?? 0)
      substitute = .refused(.sessionClosed)
    case .oddStatistics:
      let kind: Edit =
        switch args["kind"]?.text {
        case "empty": .empty
        case "suffix": .suffix
        default: .missing
        }
      edits.append((args["field"]?.text ?? "rate", kind))
    case .errorText:
      spokenText = args["text"]?.text ?? "failure: cannot do that now"
      if args["applied"]?.flag != true { substitute = Reply(status: 200) }
    case .openEnd: sshEnding = args["kind"]?.text.flatMap(SSHEnding.init) ?? .hang
    case .silentNothing: withholdsWrites = true
    case .splitOutput:
      splitting = Splitting(
        bytes: max(args["bytes"]?.whole ?? 1, 1), every: .milliseconds(args["ms"]?.value ?? 1),
        hasCarriageReturns: args["crlf"]?.flag ?? false,
        hasFinalNewline: args["finalNewline"]?.flag ?? false)
    default: beforehand.append(fault)
    }
  }

  private mutating func spoil(_ args: JSON, isApplied: Bool) {
    var reply = Reply(status: 200)
    switch args["kind"]?.text {
    case "empty": reply.bytes = []
    case "html":
      reply.contentType = "text/html"
      reply.bytes = Array("<html><body>RouterOS</body></html>".utf8)
    case "nul": reply.bytes = Array("[{\".id\":\"*1000000\",\"name\":\"\0\0\0\"}]\0\0".utf8)
    case "huge":
      let size = min(max(args["bytes"]?.whole ?? 10_000_000, 2), 100_000_000)
      reply.bytes =
        [UInt8(ascii: "\"")]
        + Array(repeating: UInt8(ascii: "x"), count: size - 2) + [UInt8(ascii: "\"")]
    default: reply.bytes = Array("[{\".id\":\"*1000000\",\"name\":".utf8)
    }
    if isApplied { replacement = reply } else { substitute = reply }
  }

  /// The reply as the faults leave it.
  func rewrite(_ reply: Reply) -> Reply {
    var reply = replacement ?? reply
    guard !edits.isEmpty, let json = reply.json else { return reply }
    if let elements = json.elements {
      reply.json = .array(elements.map(edited))
    } else {
      reply.json = edited(json)
    }
    return reply
  }

  /// The properties of a row of the console as the faults leave them.
  func edited(_ values: [String: String]) -> [String: String] {
    guard !edits.isEmpty else { return values }
    let members = edited(.sorted(values)).members ?? []
    return Dictionary(members.map { ($0.key, $0.value.text ?? "") }) { $1 }
  }

  private func edited(_ record: JSON) -> JSON {
    guard var members = record.members else { return record }
    for (field, edit) in edits {
      guard let index = members.firstIndex(where: { $0.key == field }) else { continue }
      switch edit {
      case .missing: members.remove(at: index)
      case .empty: members[index].value = ""
      case .suffix:
        members[index].value = .string(Text.bitsPerSecond(members[index].value.value ?? 0))
      }
    }
    return .object(members)
  }
}

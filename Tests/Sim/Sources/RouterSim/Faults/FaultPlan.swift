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
  private var edits: [(field: String, edit: Edit)] = []

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

  private func edited(_ record: JSON) -> JSON {
    guard var members = record.members else { return record }
    for (field, edit) in edits {
      guard let index = members.firstIndex(where: { $0.key == field }) else { continue }
      switch edit {
      case .missing: members.remove(at: index)
      case .empty: members[index].value = ""
      case .suffix:
        members[index].value = .string(Self.suffixed(members[index].value.value ?? 0))
      }
    }
    return .object(members)
  }

  /// A rate as the console shows it: 48213344 becomes `48.2Mbps`.
  private static func suffixed(_ rate: Double) -> String {
    for (unit, scale) in [("Gbps", 1e9), ("Mbps", 1e6), ("kbps", 1e3)] where rate >= scale {
      let tenths = Int64((rate / scale * 10).rounded())
      return tenths % 10 == 0
        ? "\(tenths / 10)\(unit)" : "\(tenths / 10).\(tenths % 10)\(unit)"
    }
    return "\(Int64(rate))bps"
  }
}

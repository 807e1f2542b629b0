/// Faults that change the world or the listeners.
extension Simulator {
  struct Impossible: Error { var message: String }

  /// Arms a fault; one that waits for no request happens at once.
  func arm(_ fault: Fault) throws {
    if fault.level == .service {
      try performService(fault)
      fault.noteFired()
      server.faults.arm(fault)
    } else if fault.level == .world, fault.match == nil, fault.after == 0 {
      try performWorld(fault)
      fault.noteFired()
    } else {
      server.faults.arm(fault)
    }
  }

  /// A fault of the world whose request has come.
  func perform(_ fault: Fault) {
    do {
      try performWorld(fault)
    } catch {
      Remark.write("fault \(fault.code.rawValue) was not possible: \(error)")
    }
  }

  /// Ends faults; ports and certificates become what they were.
  func disarm(id: Int?) throws {
    let gone = server.faults.disarm(id: id)
    let codes = Set(gone.map(\.code))
    if codes.contains(.certificate) {
      use(try certificates.makeContext(options.certificate), endingConnections: false)
    }
    if codes.contains(.portClosed) || codes.contains(.blackhole) { openListeners() }
    if id == nil { world.freezesDrops = false }
  }

  // MARK: Listeners

  private func performService(_ fault: Fault) throws {
    let args = fault.args
    let services = try services(args["service"])
    switch fault.code {
    case .portClosed:
      refuse(services)
      reopen(after: args["ms"]?.value, fault)
    case .blackhole:
      for (name, listener) in listeners where services.contains(name) {
        if args["stage"] == "syn" { try listener.becomeDeaf() } else { listener.isSilent = true }
        for connection in server.openConnections where connection.service == name {
          connection.goSilent()
        }
      }
      reopen(after: args["ms"]?.value, fault)
    case .certificate:
      let wanted = args["certificate"]?.text ?? "expired"
      guard let mode = CertificateMode(rawValue: wanted) else {
        throw Impossible(message: "there is no certificate \"\(wanted)\"")
      }
      use(try certificates.makeContext(mode), endingConnections: true)
    case .certificateChange:
      if args["authority"] == "new" { try certificates.makeAuthority() }
      use(try certificates.makeContext(.valid), endingConnections: true)
    case .hostKeyChange:
      guard let ssh else { throw Impossible(message: "there is no SSH; see --ssh-port") }
      let wanted = args["type"]?.text ?? ssh.hostKey.type.rawValue
      guard let type = SSHProfile.KeyType(rawValue: wanted) else {
        throw Impossible(message: "a host key is rsa or ed25519, not \"\(wanted)\"")
      }
      try ssh.changeHostKey(type: type)
    case .reboot:
      try reboot(
        down: .milliseconds(args["downMs"]?.value ?? 1000),
        refusing: .milliseconds(args["refuseMs"]?.value ?? 500))
    default: break
    }
  }

  /// Those of the web when none is named.
  private func services(_ name: JSON?) throws -> Set<ServiceName> {
    guard let name else { return Set(ServiceName.allCases.filter(\.isWeb)) }
    if name == "all" { return Set(ServiceName.allCases) }
    guard let service = name.text.flatMap(ServiceName.init(rawValue:)) else {
      throw Impossible(message: "a service is www, www-ssl, ssh or all, not \(name.encoded)")
    }
    return [service]
  }

  private func reopen(after milliseconds: Double?, _ fault: Fault) {
    guard let milliseconds else { return }
    clock.after(.milliseconds(milliseconds)) { [self] in
      _ = server.faults.disarm(id: fault.id)
      openListeners()
    }
  }

  // MARK: World

  private func performWorld(_ fault: Fault) throws {
    let args = fault.args
    switch fault.code {
    case .recreated: recreate(try queue(args["queue"]))
    case .otherRecord:
      let first = try queue(args["queue"])
      let second =
        try args["with"].map { try queue($0) }
        ?? world.queues.rows.first { $0 !== first }
      guard let second else { throw Impossible(message: "there is only one queue") }
      swap(&first.id, &second.id)
    case .busyUser:
      guard let user = args["user"]?.text ?? fault.match?.user else {
        throw Impossible(message: "Q1 needs args.user")
      }
      server.queue(of: user).block(for: .milliseconds(args["ms"]?.value ?? 1000))
    case .abortDamage:
      let span =
        args["ms"]?.value
        ?? server.latency.uniform(AbortDamage.shortest...AbortDamage.longest)
      server.breakDown(for: .milliseconds(span), stale: stale(args))
    case .countersBack: setBack(try queues(args["queue"]), by: args["by"]?.whole)
    case .frozenDrops: world.freezesDrops = true
    case .queueState: try breakQueue(try queue(args["queue"]), args)
    case .twinRules: addTwin(try rule(args["comment"]), kind: args["kind"]?.text)
    case .ruleWithoutDisabled: try rule(args["comment"]).values["disabled"] = nil
    case .otherAdmin: try meddle(args)
    case .silentReboot:
      world.resource.reboot(at: clock.now, uptime: args["uptimeSec"]?.whole ?? 5)
      if args["counters"]?.flag ?? true { forgetCounters() }
    case .flashWear: world.resource.extraSectorsPerHour = args["perHour"]?.value ?? 36_000
    default: break
    }
  }

  private func stale(_ args: JSON) -> Reply? {
    guard let status = args["status"]?.whole else { return nil }
    if let body = args["body"] { return Reply(status: status, json: body) }
    return status == 401 ? .refused(.unauthorized) : Reply(status: status, json: [])
  }

  func queue(_ name: JSON?) throws -> Row {
    let wanted = name?.text ?? world.queues.rows.first?.name ?? ""
    guard let row = world.queues.row(named: wanted) else {
      throw Impossible(message: "there is no queue \"\(wanted)\"")
    }
    return row
  }

  private func queues(_ name: JSON?) throws -> [Row] {
    try name.map { [try queue($0)] } ?? world.queues.rows
  }

  /// The static rule with exactly this comment; the steering rule without one.
  func rule(_ comment: JSON?) throws -> Row {
    let wanted = comment?.text ?? Firewall.steeringComment
    let found = world.mangle.rows.first {
      $0.values["comment"] == wanted && $0.values["dynamic"] != "true"
    }
    guard let found else { throw Impossible(message: "no rule has the comment \"\(wanted)\"") }
    return found
  }

  func recreate(_ queue: Row) {
    queue.id = world.queues.freshID()
    queue.flow = Flow(pinned: Statistics())
    world.queues.rows.removeAll { $0 === queue }
    world.queues.rows.append(queue)
  }

  private func setBack(_ queues: [Row], by bytes: Int?) {
    for queue in queues {
      world.advance(queue)
      guard let bytes else {
        queue.flow?.resetCounters(at: clock.now)
        continue
      }
      queue.flow?.setCounters(at: clock.now) {
        $0.bytes = max(0, $0.bytes - Int64(bytes))
        $0.packets = max(0, $0.packets - Int64(bytes) / 1200)
      }
    }
  }

  private func breakQueue(_ queue: Row, _ args: JSON) throws {
    switch args["kind"]?.text {
    case "disabled", nil: queue.values["disabled"] = "true"
    case "invalid": queue.values["parent"] = "gone"
    case "deleted": world.queues.rows.removeAll { $0 === queue }
    case "leaf":
      let type = args["type"]?.text ?? "default-small"
      guard world.queueTypes.row(named: type) != nil else {
        throw Impossible(message: "there is no queue type \"\(type)\"")
      }
      world.set(queue, to: ["queue": type])
    case let kind?: throw Impossible(message: "V4 has no kind \"\(kind)\"")
    }
  }

  private func addTwin(_ rule: Row, kind: String?) {
    var values = rule.values
    switch kind {
    case "dynamic": values["dynamic"] = "true"
    case "substring": values["comment"] = "old " + (values["comment"] ?? "") + " (copy)"
    case "fasttrack": values = Firewall.fasttrackDummy
    default: break
    }
    world.mangle.rows.append(Firewall.rule(world.mangle.freshID(), values))
  }

  /// Another administrator at work.
  private func meddle(_ args: JSON) throws {
    if args["queue"] != nil || args["comment"] == nil {
      let limit = args["max-limit"]?.text ?? "1000000"
      guard let rate = Text.rate(limit) else {
        throw Impossible(message: "max-limit \"\(limit)\" is no rate")
      }
      world.set(try queue(args["queue"]), to: ["max-limit": String(rate)])
    }
    if let comment = args["comment"] {
      let row = try rule(comment)
      let disabled = args["disabled"]?.flag ?? (row.values["disabled"] != "true")
      world.set(row, to: ["disabled": disabled ? "true" : "false"])
    }
  }
}

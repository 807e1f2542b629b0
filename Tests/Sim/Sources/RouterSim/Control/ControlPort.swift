import NIOCore

/// The control port: JSON over HTTP, for tests. It is not part of the router and knows no users.
struct ControlPort {
  struct Invalid: Error {
    var status = 400
    var message: String
  }

  let simulator: Simulator
  var world: World { simulator.world }
  var clock: Clock { simulator.clock }
  var server: RestServer { simulator.server }

  /// Answers the requests of one connection.
  func serve(_ input: HTTPInput) {
    input.receive = { [unowned input] request in
      let reply: Reply
      do {
        reply = .ok(try handle(request))
      } catch let error as Invalid {
        reply = Reply(status: error.status, json: ["error": .string(error.message)])
      } catch {
        reply = Reply(status: 400, json: ["error": .string("\(error)")])
      }
      let body = reply.body
      let bytes = reply.head(length: body.count, style: .minimal, date: "") + body
      if request.method == "GET" { return input.write(bytes) }
      // What a command opened is open when its answer arrives.
      simulator.opening.assumeIsolated().whenComplete { _ in input.write(bytes) }
    }
  }

  private func handle(_ request: Request) throws -> JSON {
    let path = String(request.path)
    switch (request.method, path) {
    case ("GET", "/queues"): return queues
    case ("GET", "/backlog"): return backlogs
    case ("GET", "/state"): return state
    case ("GET", "/requests"):
      let records = server.requests.since(try number(request, "since") ?? 0)
      return ["last": .int(server.requests.last), "requests": .array(records.map(\.json))]
    case ("GET", "/log"): return log
    case ("GET", "/fault"): return .array(server.faults.armed.map(\.json))
    case ("DELETE", "/fault"):
      try simulator.disarm(id: try number(request, "id"))
      return [:]
    case ("POST", _):
      let body: JSON
      do {
        body = request.body.isEmpty ? [:] : try JSONParser.parse(request.body)
      } catch {
        throw Invalid(message: "the body is no JSON from byte \(error.offset) on")
      }
      guard let members = body.members else { throw Invalid(message: "the body is no object") }
      return try post(path, body, members)
    default:
      throw Invalid(status: 404, message: "there is no \(request.method) \(path)")
    }
  }

  private func number(_ request: Request, _ name: String) throws -> Int? {
    for pair in request.query.split(separator: "&") where pair.hasPrefix(name + "=") {
      guard let number = Int(pair.dropFirst(name.count + 1)) else {
        throw Invalid(message: "\(name) must be a number")
      }
      return number
    }
    return nil
  }

  private func post(_ path: String, _ body: JSON, _ members: [JSON.Member]) throws -> JSON {
    switch path {
    case "/load": try load(members)
    case "/fault":
      do {
        let fault = try server.faults.read(body)
        try simulator.arm(fault)
        return ["id": .int(fault.id)]
      } catch let error as FaultBook.Invalid {
        throw Invalid(message: error.message)
      } catch let error as Simulator.Impossible {
        throw Invalid(message: error.message)
      }
    case "/world": try change(members)
    case "/series": try series(body)
    case "/profile": try profile(body)
    case "/reboot":
      try simulator.reboot(
        down: .milliseconds(body["downMs"]?.value ?? 1000),
        refusing: .milliseconds(body["refuseMs"]?.value ?? 500))
    case "/clock":
      if body["virtual"]?.flag == false { clock.run() }
      if let span = body["advanceMs"] {
        guard let span = span.value, span >= 0 else {
          throw Invalid(message: "advanceMs is a number of milliseconds, not \(span.encoded)")
        }
        clock.advance(by: .milliseconds(span))
      }
      return ["now_s": .double(clock.now.inSeconds), "virtual": .bool(clock.isVirtual)]
    case "/admin": return try administer(body)
    default: throw Invalid(status: 404, message: "there is no POST \(path)")
    }
    return [:]
  }

  // MARK: Small answers

  /// What a simulated line wants to know many times a second: the limit of each queue in bit/s.
  private var queues: JSON {
    .object(
      world.queues.rows.map {
        JSON.Member(key: $0.name, value: .int(world.limit(of: $0)))
      })
  }

  /// How long a byte waits in each queue, in milliseconds.
  private var backlogs: JSON {
    .object(
      world.queues.rows.map {
        JSON.Member(key: $0.name, value: .double(world.backlogMilliseconds(of: $0)))
      })
  }

  private var log: JSON {
    .array(
      server.log.lines.map {
        [
          "t": .double($0.at.inSeconds), "topics": .string($0.topics),
          "message": .string($0.message),
        ]
      })
  }

  /// Offered load in bits per second by the name of the queue.
  private func load(_ members: [JSON.Member]) throws {
    var loads: [(Row, Double)] = []
    for member in members {
      guard let queue = world.queues.row(named: member.key) else {
        throw Invalid(message: "there is no queue \"\(member.key)\"")
      }
      guard let load = member.value.value, load >= 0 else {
        throw Invalid(message: "the load of \(member.key) is not \(member.value.encoded)")
      }
      loads.append((queue, load))
    }
    for (queue, load) in loads {
      world.advance(queue)
      queue.flow?.offer(load, at: clock.now)
    }
  }

  private func profile(_ body: JSON) throws {
    for member in body.members ?? [] {
      switch member.key {
      case "profile":
        guard let name = member.value.text.flatMap(LatencyProfile.Name.init(rawValue:)) else {
          throw Invalid(message: "there is no profile \(member.value.encoded)")
        }
        server.latency.use(name)
      case "ssh":
        guard let ssh = simulator.ssh,
          let profile = member.value.text.flatMap(SSHProfile.init(rawValue:))
        else { throw Invalid(message: "there is no SSH profile \(member.value.encoded)") }
        ssh.profile = profile
        if profile.hostKeyType != ssh.hostKey.type {
          try ssh.changeHostKey(type: profile.hostKeyType)
        }
      case "cpuLoad":
        guard let load = member.value.value, (0...1).contains(load) else {
          throw Invalid(message: "cpuLoad is between 0 and 1, not \(member.value.encoded)")
        }
        server.latency.processorLoad = load
        world.resource.processorLoad = load
      case "tcpDelayMs":
        guard let delay = member.value.value, (0...60_000).contains(delay) else {
          throw Invalid(message: "tcpDelayMs is not \(member.value.encoded)")
        }
        server.latency.networkDelay = delay
      default: throw Invalid(message: "/profile has no \"\(member.key)\"")
      }
    }
  }
}

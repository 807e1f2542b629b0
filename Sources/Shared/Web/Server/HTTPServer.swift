import CMicroHTTPD
import Glibc
public import Model
public import Platform
import Synchronization

/// An HTTP server on threads of its own: one for all connections, one for answers that wait for a
/// disk, and one that looks at the clock.
///
/// It answers GET. Requests with a body, other methods and what is no HTTP are refused before a route
/// sees them; who is slow, or wants too much, is cut off.
public final class HTTPServer: @unchecked Sendable {
  /// How often the clock thread looks at deadlines and streams.
  static let period = Milliseconds(250)

  /// With the port that the kernel chose, where 0 was asked for.
  public let address: SocketAddress
  private let limits: HTTPLimits
  private let route: @Sendable (HTTPRequest) -> HTTPAnswer
  private let tick: (@Sendable (HTTPServer, MonotonicTime) -> Void)?
  private let connections = ConnectionTable()
  private let work: DeferredWork
  private let streams = Mutex<[UInt: EventStream]>([:])
  private let isStopping = Atomic<Bool>(false)
  private let clockWakeUp: WakeUp
  private var daemon: OpaquePointer?
  private var clockThread: Thread?
  private var workThread: Thread?

  /// Begins to listen. The server stays until it is stopped.
  ///
  /// - Parameters:
  ///   - tick: called by the clock thread, several times a second.
  ///   - route: called by the thread of all connections: it must not wait.
  init(
    host: String, port: UInt16, limits: HTTPLimits = HTTPLimits(),
    tick: (@Sendable (HTTPServer, MonotonicTime) -> Void)? = nil,
    route: @escaping @Sendable (HTTPRequest) -> HTTPAnswer
  ) throws(HTTPListenerError) {
    let listener = try HTTPListener(host: host, port: port)
    self.limits = limits
    self.route = route
    self.tick = tick
    address = listener.address
    do throws(SystemError) {
      clockWakeUp = try WakeUp()
      work = try DeferredWork(capacity: limits.waiting)
    } catch {
      throw .system(error)
    }
    do throws(SystemError) {
      try start(on: listener)
    } catch {
      stop(within: .zero)
      throw .system(error)
    }
  }

  private func start(on listener: borrowing HTTPListener) throws(SystemError) {
    // The library closes what it is given.
    let descriptor = listener.socket.rawValue
    let socket = try systemCall("dup") { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) }
    let context = Unmanaged.passRetained(self)
    guard
      let daemon = wanctl_mhd_start(socket, limits.forLibrary, Self.callbacks, context.toOpaque())
    else {
      let code = errno
      context.release()
      throw SystemError("start the server on \(address)", code: code)
    }
    self.daemon = daemon
    workThread = try Thread(name: "http work") { [work] in work.run() }
    clockThread = try Thread(name: "http clock") { [self] in watchClock() }
  }

  /// Open connections.
  var openConnections: Int { connections.count }

  /// Ends all connections and threads. An answer that waits for a disk longer than `patience` keeps
  /// its connection until the process ends.
  public func stop(within patience: Milliseconds) {
    guard !isStopping.exchange(true, ordering: .acquiringAndReleasing) else { return }
    clockWakeUp.notify()
    clockThread?.join()
    work.stop()
    let deadline = Clock.monotonic() + patience
    while !work.isIdle, Clock.monotonic() < deadline { usleep(1000) }
    guard work.isIdle else {
      // Its thread resumes a connection of the library later on: all of it has to stay.
      workThread?.detach()
      return
    }
    workThread?.join()
    endStreams()
    guard let daemon else { return }
    MHD_stop_daemon(daemon)
    self.daemon = nil
    Unmanaged.passUnretained(self).release()
  }

  private func endStreams() {
    for (connection, stream) in streams.withLock({ $0 }) {
      stream.finish { MHD_resume_connection(OpaquePointer(bitPattern: connection)) }
    }
  }

  private func watchClock() {
    while !isStopping.load(ordering: .acquiring) {
      clockWakeUp.wait(upTo: Self.period)
      let now = Clock.monotonic()
      connections.shutDownOverdue(at: now)
      tick?(self, now)
    }
  }

  // MARK: - Streams

  /// How many clients listen to events.
  var streamCount: Int { streams.withLock { $0.count } }

  /// Sends an event to everybody who listens.
  func broadcast(_ event: [UInt8]) {
    for (connection, stream) in streams.withLock({ $0 }) {
      stream.send(event) { MHD_resume_connection(OpaquePointer(bitPattern: connection)) }
    }
  }
}

// MARK: - The library's side

extension HTTPServer {
  /// A connection of the library. It is only ever handed back to it.
  typealias Connection = OpaquePointer

  fileprivate static func server(_ context: UnsafeMutableRawPointer?) -> HTTPServer? {
    context.map { Unmanaged<HTTPServer>.fromOpaque($0).takeUnretainedValue() }
  }

  private static let callbacks = wanctl_mhd_callbacks(
    began: { context, target, connection in
      guard let server = server(context), let target, let connection else { return nil }
      return server.began(String(cString: target), on: connection)
    },
    answer: { context, connection, _, method, _, _, _, exchange in
      guard let server = server(context), let connection, let method,
        let pointer = exchange?.pointee
      else { return .NO }
      let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
      return server.answer(exchange, method: String(cString: method), on: connection)
    },
    ended: { context, connection, exchange, _ in
      guard let server = server(context), let connection, let pointer = exchange?.pointee else {
        return
      }
      exchange?.pointee = nil
      server.ended(Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue(), on: connection)
    },
    connection: { context, connection, _, change in
      guard let server = server(context), let connection else { return }
      server.changed(connection, change)
    })

  private func changed(_ connection: Connection, _ change: MHD_ConnectionNotificationCode) {
    let key = UInt(bitPattern: connection)
    if change == .CONNECTION_NOTIFY_STARTED {
      connections.opened(
        key, socket: wanctl_mhd_socket(connection), deadline: Clock.monotonic() + limits.headers)
    } else {
      connections.closed(key)
    }
  }

  private func began(_ target: String, on connection: Connection) -> UnsafeMutableRawPointer {
    Unmanaged.passRetained(Exchange(target: target)).toOpaque()
  }

  private func ended(_ exchange: Exchange, on connection: Connection) {
    let key = UInt(bitPattern: connection)
    streams.withLock { streams in _ = streams.removeValue(forKey: key) }
    connections.setDeadline(of: key, Clock.monotonic() + limits.headers)
  }

  private func answer(
    _ exchange: Exchange, method: String, on connection: Connection
  ) -> MHD_Result {
    switch exchange.current {
    case .answered(let response): return queue(response, on: connection)
    // The library asks again while a body comes in, and after a pause.
    case .working, .streaming: return .YES
    case .new: return accept(exchange, method: method, on: connection)
    case .accepted: break
    }
    let request = HTTPRequest(
      target: exchange.target, accept: header("Accept", of: connection),
      authorization: header("Authorization", of: connection))
    switch route(request) {
    case .now(let response): return queue(response, on: connection)
    case .later(let job): return put(off: job, exchange, on: connection)
    case .events(let stream): return open(stream, exchange, on: connection)
    }
  }

  /// An answer at this point, before the end of the request, also ends the connection.
  private func accept(
    _ exchange: Exchange, method: String, on connection: Connection
  ) -> MHD_Result {
    let key = UInt(bitPattern: connection)
    connections.setDeadline(of: key, Clock.monotonic() + limits.answer)
    guard method == "GET" else {
      return queue(
        .error(.notImplemented, "Unsupported method ('\(method)')"), on: connection, closes: true)
    }
    guard !hasBody(connection) else {
      return queue(.error(.contentTooLarge, "No body is taken"), on: connection, closes: true)
    }
    exchange.set(.accepted)
    return .YES
  }

  private func hasBody(_ connection: Connection) -> Bool {
    if header("Transfer-Encoding", of: connection) != nil { return true }
    guard let length = header("Content-Length", of: connection) else { return false }
    return length != "0"
  }

  private func header(_ name: String, of connection: Connection) -> String? {
    wanctl_mhd_header(connection, name).map { String(cString: $0) }
  }

  private func queue(
    _ response: HTTPResponse, on connection: Connection, closes: Bool = false
  ) -> MHD_Result {
    let made = response.body.withUnsafeBytes { bytes in
      // The library copies it and writes to nothing.
      MHD_create_response_from_buffer(
        bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
    }
    guard let made else { return .NO }
    defer { MHD_destroy_response(made) }
    add(response.headers, to: made)
    if closes { MHD_add_response_header(made, "Connection", "close") }
    return MHD_queue_response(connection, response.status.rawValue, made)
  }

  private func add(_ headers: [HTTPResponse.Header], to response: OpaquePointer) {
    MHD_add_response_header(response, "Cache-Control", "no-store")
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff")
    for header in headers { MHD_add_response_header(response, header.name, header.value) }
  }

  private func put(
    off job: @escaping @Sendable () -> HTTPResponse, _ exchange: Exchange,
    on connection: Connection
  ) -> MHD_Result {
    let key = UInt(bitPattern: connection)
    exchange.set(.working)
    connections.setDeadline(of: key, nil)
    MHD_suspend_connection(connection)
    let isTaken = work.submit { [connections, limits] in
      exchange.set(.answered(job()))
      connections.setDeadline(of: key, Clock.monotonic() + limits.answer)
      MHD_resume_connection(OpaquePointer(bitPattern: key))
    }
    if !isTaken {
      exchange.set(.answered(.error(.unavailable, "Too many requests wait for the disk")))
      connections.setDeadline(of: key, Clock.monotonic() + limits.answer)
      MHD_resume_connection(connection)
    }
    return .YES
  }

  private func open(
    _ stream: EventStream, _ exchange: Exchange, on connection: Connection
  ) -> MHD_Result {
    let source = StreamSource(stream: stream, connection: connection)
    let made = MHD_create_response_from_callback(
      UInt64.max, 32_768,
      { source, _, buffer, capacity in
        guard let source, let buffer else { return -1 }
        return Unmanaged<StreamSource>.fromOpaque(source).takeUnretainedValue()
          .read(into: UnsafeMutableRawBufferPointer(start: buffer, count: capacity))
      }, Unmanaged.passRetained(source).toOpaque(),
      { source in
        if let source { Unmanaged<StreamSource>.fromOpaque(source).release() }
      })
    guard let made else { return .NO }
    defer { MHD_destroy_response(made) }
    add(stream.headers, to: made)
    let key = UInt(bitPattern: connection)
    exchange.set(.streaming(stream))
    connections.setDeadline(of: key, nil)
    streams.withLock { $0[key] = stream }
    if isStopping.load(ordering: .acquiring) { stream.finish {} }
    return MHD_queue_response(connection, HTTPResponse.Status.ok.rawValue, made)
  }
}

/// What the library reads a stream from.
private final class StreamSource {
  private let stream: EventStream
  private let connection: OpaquePointer

  init(stream: EventStream, connection: OpaquePointer) {
    self.stream = stream
    self.connection = connection
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    switch stream.take(into: buffer, sleep: { MHD_suspend_connection(connection) }) {
    case .bytes(let count): count
    case .sleep: 0
    // MHD_CONTENT_READER_END_OF_STREAM
    case .end: -1
    }
  }
}

extension HTTPLimits {
  fileprivate var forLibrary: wanctl_mhd_limits {
    wanctl_mhd_limits(
      connections: UInt32(clamping: connections),
      connections_per_address: UInt32(clamping: connectionsPerAddress),
      idle_seconds: UInt32(clamping: Int(idle.seconds.rounded(.up))), request_bytes: requestBytes)
  }
}

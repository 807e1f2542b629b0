import CSSH2
import Glibc
import Model
import Platform

/// A TCP connection with an SSH session on it. Nothing here blocks but `SSHCanceller.wait`.
final class SSHConnection {
  private let socket: FileDescriptor
  private let session: OpaquePointer
  private let canceller: SSHCanceller
  /// Set while a command may have reached the server.
  private(set) var isCommandSent = false

  private static let isLibraryReady = libssh2_init(0) == 0

  /// Connects and exchanges keys. Whose key the server has is not looked at.
  ///
  /// - Parameter hostKeyTypes: of keys that the server is known by: asked for before others.
  init(
    _ server: SSHServer, preferring hostKeyTypes: [String], until deadline: MonotonicTime,
    canceller: SSHCanceller
  ) throws(SSHFailure) {
    socket = try TCPConnection.open(server, until: deadline, canceller: canceller)
    guard Self.isLibraryReady, let session = libssh2_session_init_ex(nil, nil, nil, nil) else {
      throw SSHFailure(.unusable, detail: "libssh2 cannot be initialised")
    }
    self.session = session
    self.canceller = canceller
    libssh2_session_set_blocking(session, 0)
    prefer(hostKeyTypes)
    let descriptor = socket.rawValue
    let code = try drive(until: deadline) { libssh2_session_handshake(session, descriptor) }
    guard code == 0 else { throw handshakeFailure(code) }
  }

  deinit {
    // The server's log shall not speak of an error. What cannot be sent at once is not sent.
    libssh2_session_disconnect_ex(session, SSH_DISCONNECT_BY_APPLICATION, "", "")
    // From here on nothing that the library would still send can make it wait.
    shutdown(socket.rawValue, CInt(SHUT_RDWR))
    for _ in 0..<8 where libssh2_session_free(session) != LIBSSH2_ERROR_EAGAIN { break }
  }

  /// Whether the connection can be used: the other side has not ended it meanwhile.
  var isAlive: Bool {
    var byte: UInt8 = 0
    let count = recv(socket.rawValue, &byte, 1, CInt(MSG_PEEK) | CInt(MSG_DONTWAIT))
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
  }

  /// The server's key.
  func hostKey() throws(SSHFailure) -> HostKey {
    var length = 0
    var type: CInt = 0
    guard let start = libssh2_session_hostkey(session, &length, &type),
      let key = HostKey(
        bytes: Array(UnsafeRawBufferPointer(start: UnsafeRawPointer(start), count: length)))
    else { throw SSHFailure(.handshake, detail: "the server showed no key") }
    return key
  }

  /// Moves algorithms to the front of the library's list. All others stay behind them: a list
  /// without them would exclude them.
  private func prefer(_ hostKeyTypes: [String]) {
    var names: UnsafeMutablePointer<UnsafePointer<CChar>?>?
    let count = libssh2_session_supported_algs(session, LIBSSH2_METHOD_HOSTKEY, &names)
    guard count > 0, let names else { return }
    let supported = (0..<Int(count)).compactMap { names[$0].map { String(cString: $0) } }
    libssh2_free(session, names)
    let list = HostKeyAlgorithms.ordered(supported, preferring: hostKeyTypes)
    libssh2_session_method_pref(session, LIBSSH2_METHOD_HOSTKEY, list.joined(separator: ","))
  }
}

/// The names of algorithms that sign with a host key.
enum HostKeyAlgorithms {
  /// - Parameter types: of keys, in order of preference; an RSA key signs by several algorithms.
  static func ordered(_ algorithms: [String], preferring types: [String]) -> [String] {
    func isWanted(_ algorithm: String) -> Bool {
      types.contains(algorithm) || (types.contains("ssh-rsa") && algorithm.hasPrefix("rsa-sha2-"))
    }
    return algorithms.filter(isWanted) + algorithms.filter { !isWanted($0) }
  }
}

extension SSHConnection {
  /// Repeats a call of the library until it has a result, waiting for the socket in between.
  private func drive<Result: BinaryInteger>(
    until deadline: MonotonicTime, _ call: () -> Result
  ) throws(SSHFailure) -> Result {
    while true {
      let result = call()
      if result != Result(LIBSSH2_ERROR_EAGAIN) { return result }
      try waitForSocket(until: deadline)
    }
  }

  /// As the other one, for calls that return a pointer, or nil and leave the reason behind.
  private func drive<Pointer>(
    until deadline: MonotonicTime, _ call: () -> Pointer?
  ) throws(SSHFailure) -> Pointer? {
    while true {
      if let result = call() { return result }
      guard libssh2_session_last_errno(session) == LIBSSH2_ERROR_EAGAIN else { return nil }
      try waitForSocket(until: deadline)
    }
  }

  private func waitForSocket(until deadline: MonotonicTime) throws(SSHFailure) {
    let directions = libssh2_session_block_directions(session)
    var events: CInt = 0
    if directions & LIBSSH2_SESSION_BLOCK_OUTBOUND != 0 { events |= CInt(POLLOUT) }
    if directions & LIBSSH2_SESSION_BLOCK_INBOUND != 0 || events == 0 { events |= CInt(POLLIN) }
    if events & CInt(POLLIN) != 0 {
      // A server that holds back its next segment until we have acknowledged the last one would
      // wait for our delayed acknowledgement, 40 ms. The kernel forgets this setting by itself.
      var one: CInt = 1
      setsockopt(
        socket.rawValue, CInt(IPPROTO_TCP), TCP_QUICKACK, &one, socklen_t(MemoryLayout<CInt>.size))
    }
    try canceller.wait(for: socket.rawValue, events: events, until: deadline)
  }

  /// What the library says of its last error.
  private var lastError: String {
    var text: UnsafeMutablePointer<CChar>?
    libssh2_session_last_error(session, &text, nil, 0)
    return text.map { String(cString: $0) } ?? ""
  }

  /// The failure that a code of the library is, in any phase; nil = it depends on the phase.
  private func commonFailure(_ code: CInt) -> SSHFailure? {
    switch code {
    case LIBSSH2_ERROR_SOCKET_SEND, LIBSSH2_ERROR_SOCKET_RECV, LIBSSH2_ERROR_SOCKET_DISCONNECT:
      SSHFailure(.reset, detail: lastError)
    case LIBSSH2_ERROR_TIMEOUT: SSHFailure(.timeout, detail: lastError)
    case LIBSSH2_ERROR_ALLOC: SSHFailure(.unusable, detail: lastError)
    default: nil
    }
  }

  private func handshakeFailure(_ code: CInt) -> SSHFailure {
    if let failure = commonFailure(code) { return failure }
    let kind: SSHFailure.Kind =
      switch code {
      case LIBSSH2_ERROR_KEX_FAILURE, LIBSSH2_ERROR_METHOD_NONE: .noCommonAlgorithm
      case LIBSSH2_ERROR_BANNER_RECV, LIBSSH2_ERROR_BANNER_SEND: .notSSH
      default: .handshake
      }
    return SSHFailure(kind, detail: "\(lastError) (\(code))")
  }

  private func protocolFailure(_ code: CInt) -> SSHFailure {
    commonFailure(code) ?? SSHFailure(.protocolError, detail: "\(lastError) (\(code))")
  }
}

extension SSHConnection {
  /// Logs in: by key where there is one, then by password where there is one.
  func authenticate(_ server: SSHServer, until deadline: MonotonicTime) throws(SSHFailure) {
    let user = server.user
    let length = CUnsignedInt(user.utf8.count)
    var refusal = SSHFailure.Refusal(keyType: nil, triedPassword: false, offered: [])
    if let file = server.keyFile {
      refusal.keyType = try PrivateKeyFile(path: file).type
      let code = try drive(until: deadline) {
        libssh2_userauth_publickey_fromfile_ex(session, user, length, nil, file, nil)
      }
      if code == 0 { return }
      if let failure = commonFailure(code) { throw failure }
      if code == LIBSSH2_ERROR_FILE, server.password.isEmpty {
        throw SSHFailure(.keyFile(.unknownFormat), detail: "\(file): \(lastError)")
      }
    }
    if !server.password.isEmpty {
      refusal.triedPassword = true
      let password = server.password.revealed
      let code = try drive(until: deadline) {
        libssh2_userauth_password_ex(
          session, user, length, password, CUnsignedInt(password.utf8.count), nil)
      }
      if code == 0 { return }
      if let failure = commonFailure(code) { throw failure }
    }
    let detail = lastError
    refusal.offered = try offeredMethods(user, until: deadline)
    throw SSHFailure(.authentication(refusal), detail: detail)
  }

  private func offeredMethods(
    _ user: String, until deadline: MonotonicTime
  ) throws(SSHFailure) -> [String] {
    let list = try drive(until: deadline) {
      libssh2_userauth_list(session, user, CUnsignedInt(user.utf8.count))
    }
    return list.map { String(cString: $0).split(separator: ",").map(String.init) } ?? []
  }
}

extension SSHConnection {
  /// How long the server may take to close a channel after the end of its output.
  private static let closePatience = Milliseconds(500)

  /// Runs one command on a channel of its own.
  ///
  /// - Returns: the reply, and whether the connection may be used again.
  func execute(
    _ command: String, until deadline: MonotonicTime
  ) throws(SSHFailure) -> (reply: SSHReply, isReusable: Bool) {
    isCommandSent = false
    guard
      let channel = try drive(
        until: deadline,
        { libssh2_channel_open_ex(session, "session", 7, 2 << 20, 32768, nil, 0) })
    else {
      let code = libssh2_session_last_errno(session)
      if code == LIBSSH2_ERROR_CHANNEL_FAILURE {
        throw SSHFailure(.commandRefused, detail: lastError)
      }
      throw protocolFailure(code)
    }
    isCommandSent = true
    let length = CUnsignedInt(command.utf8.count)
    let code = try drive(until: deadline) {
      libssh2_channel_process_startup(channel, "exec", 4, command, length)
    }
    if code == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED {
      isCommandSent = false
      throw SSHFailure(.commandRefused, detail: lastError)
    }
    guard code == 0 else { throw protocolFailure(code) }
    var reply = SSHReply(output: [])
    try read(channel, into: &reply, until: deadline)
    let isReusable = close(channel, &reply, until: deadline)
    if let signal = exitSignal(of: channel) {
      // Part of the output may be missing.
      throw SSHFailure(.reset, detail: "the command was ended by signal \(signal)")
    }
    return (reply, isReusable && free(channel, until: deadline))
  }

  private func read(
    _ channel: OpaquePointer, into reply: inout SSHReply, until deadline: MonotonicTime
  ) throws(SSHFailure) {
    var chunk = [CChar](repeating: 0, count: 32768)
    while libssh2_channel_eof(channel) == 0 {
      var isBlocked = true
      for stream in [CInt(0), CInt(SSH_EXTENDED_DATA_STDERR)] {
        let count = libssh2_channel_read_ex(channel, stream, &chunk, chunk.count)
        if count == Int(LIBSSH2_ERROR_EAGAIN) { continue }
        guard count >= 0 else { throw protocolFailure(CInt(truncatingIfNeeded: count)) }
        isBlocked = isBlocked && count == 0
        let bytes = chunk.prefix(count).map { UInt8(bitPattern: $0) }
        if stream == 0 { reply.output += bytes } else { reply.errors += bytes }
      }
      guard reply.output.count + reply.errors.count <= SSHClient.maximumOutputBytes else {
        throw SSHFailure(.tooLarge)
      }
      if isBlocked, libssh2_channel_eof(channel) == 0 { try waitForSocket(until: deadline) }
    }
  }

  /// The answer is complete: a server that does not close the channel costs the connection, not
  /// the answer.
  private func close(
    _ channel: OpaquePointer, _ reply: inout SSHReply, until deadline: MonotonicTime
  ) -> Bool {
    let deadline = min(deadline, Clock.monotonic() + Self.closePatience)
    do throws(SSHFailure) {
      guard try drive(until: deadline, { libssh2_channel_close(channel) }) == 0 else {
        return false
      }
      reply.exitStatus = libssh2_channel_get_exit_status(channel)
      return true
    } catch {
      return false
    }
  }

  private func free(_ channel: OpaquePointer, until deadline: MonotonicTime) -> Bool {
    (try? drive(until: deadline) { libssh2_channel_free(channel) }) == 0
  }

  /// `KILL`, …; nil when the command ended by itself.
  private func exitSignal(of channel: OpaquePointer) -> String? {
    var name: UnsafeMutablePointer<CChar>?
    libssh2_channel_get_exit_signal(channel, &name, nil, nil, nil, nil, nil)
    guard let name else { return nil }
    defer { libssh2_free(session, name) }
    return String(cString: name)
  }
}

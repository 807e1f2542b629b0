import NIOCore

/// An SSH connection: our end of it and the sshd that serves it.
final class SSHSession: ClientConnection {
  let number: Int
  let service = ServiceName.ssh
  let peer: String
  private let wire: Wire
  private let stream: ByteStream
  private unowned let server: RestServer
  private var daemon: ByteStream?
  private var lines: [ObjectIdentifier: SSHLine] = [:]
  /// Lines that were read so far.
  private var count = 0
  private var user: String?
  private(set) var isOpen = true
  private var isSilent = false
  private var hasNotedFailure = false
  var ended: (() -> Void)?

  init(number: Int, peer: String, wire: Wire, stream: ByteStream, server: RestServer) {
    self.number = number
    self.peer = peer
    self.wire = wire
    self.stream = stream
    self.server = server
    stream.closed = { [weak self] in self?.leave() }
  }

  var isIdle: Bool { lines.isEmpty }

  /// sshd is there.
  func join(_ daemon: ByteStream) {
    guard isOpen, !isSilent else { return daemon.end() }
    self.daemon = daemon
    daemon.closed = { [weak self] in
      guard let self, !isSilent else { return }
      end()
    }
    stream.start { daemon.write($0) }
    daemon.start { [stream] in stream.write($0) }
  }

  /// Notes a line; whether it is not the first of its connection.
  func begin(_ line: SSHLine, of user: String) -> Bool {
    lines[ObjectIdentifier(line)] = line
    count += 1
    if self.user == nil {
      self.user = user
      server.log.write("system,info,account", "user \(user) logged in from \(peer) via ssh")
    }
    return count > 1
  }

  func finished(_ line: SSHLine) {
    lines[ObjectIdentifier(line)] = nil
  }

  /// What sshd said: our own trouble goes to our stderr, a failed login into the router's log.
  func noteLog(_ text: String) {
    guard user == nil, !hasNotedFailure else { return }
    for line in text.split(whereSeparator: \.isNewline) {
      if line.hasPrefix("Accepted ") { return }
      if line.hasPrefix("routersim: ") {
        hasNotedFailure = true
        Remark.write("SSH connection \(number): \(line.dropFirst(11))")
      }
      let words = line.split(separator: " ").map(String.init)
      let place = words.firstIndex(of: "user").map { $0 + 1 }
      guard line.contains("authenticating user") || line.contains("invalid user"),
        let place, place < words.count, !hasNotedFailure
      else { continue }
      hasNotedFailure = true
      server.log.write(
        "system,error,critical", "login failure for user \(words[place]) from \(peer) via ssh")
    }
  }

  func end() {
    guard isOpen else { return }
    stream.end()
    leave()
  }

  func reset() {
    guard isOpen else { return }
    wire.reset()
    leave()
  }

  func goSilent() {
    isSilent = true
    wire.mute()
    for line in lines.values { line.lose() }
    lines = [:]
    daemon?.receive = nil
    daemon?.end()
    daemon = nil
  }

  private func leave() {
    guard isOpen else { return }
    isOpen = false
    for line in lines.values { line.lose() }
    lines = [:]
    daemon?.end()
    daemon = nil
    if let user {
      server.log.write("system,info,account", "user \(user) logged out from \(peer) via ssh")
    }
    ended?()
    ended = nil
  }
}

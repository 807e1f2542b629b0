import Glibc
import Model
import Platform

/// Whether a listener finds its port free, or held by our own daemon.
enum PortCheck {
  /// - Parameters:
  ///   - name: the section that names it: `health_check`.
  ///   - process: the daemon that runs now; nil = none.
  static func item(
    _ listener: LoopSettings.Listener, name: String, file: String, process: Int32?
  ) -> LiveItem? {
    // With port 0 the kernel finds one.
    guard listener.isEnabled, let port = UInt16(exactly: listener.port), port != 0 else {
      return nil
    }
    let subject =
      listener.host.contains(":")
      ? "[\(listener.host)]:\(port)" : "\(listener.host):\(port)"
    let host = listener.host == "localhost" ? "127.0.0.1" : listener.host
    guard let address = IPAddress(host) else {
      return .skipped(.port, subject, "\(listener.host) is a name; it is looked up at the start")
    }
    func finding(
      _ severity: Finding.Severity, _ facts: [Finding.Fact], _ reason: String
    ) -> Finding {
      Finding(
        .portTaken, severity, .listener(subject),
        facts: [Finding.Fact("named by", name)] + facts, reason: reason,
        mending: [.configuration("\(name):\n  port: PORT", file: file)])
    }
    do throws(SystemError) {
      try attempt(SocketAddress(address, port: port))
    } catch {
      guard error.code == EADDRINUSE else {
        return LiveItem(
          .port, subject, error.reason,
          findings: [
            finding(
              .warning, [Finding.Fact("bind", error.reason)],
              "The daemon runs without it: nobody can ask for \(name) there.")
          ])
      }
      let holder = ListeningSocket.holder(ofPort: port)
      if let holder, holder.processID == process || holder.command.contains("wanctl") {
        return LiveItem(.port, subject, "held by our process \(holder.processID)")
      }
      if let holder {
        return LiveItem(
          .port, subject, "taken",
          findings: [
            finding(
              .warning,
              [Finding.Fact("held by", "process \(holder.processID): \(holder.command)")],
              "Another program has the port; the daemon runs without it.")
          ])
      }
      return LiveItem(
        .port, subject, "taken",
        findings: [
          finding(
            process == nil ? .warning : .note, [],
            process == nil
              ? "A process of another user has the port; the daemon runs without it."
              : "A process of another user has the port, and a daemon of ours runs: root sees "
                + "whether that is the one.")
        ])
    }
    return LiveItem(.port, subject, "free")
  }

  /// Binds as a server does, and lets go.
  private static func attempt(_ address: SocketAddress) throws(SystemError) {
    let family = address.address.isV6 ? AF_INET6 : AF_INET
    let socket = try Socket.open(family, type: CInt(SOCK_STREAM.rawValue), protocol: 0)
    try Socket.set(socket.rawValue, SOL_SOCKET, SO_REUSEADDR, to: 1, name: "SO_REUSEADDR")
    if address.address.isV6 {
      try Socket.set(socket.rawValue, CInt(IPPROTO_IPV6), IPV6_V6ONLY, to: 1, name: "IPV6_V6ONLY")
    }
    try Socket.bind(socket.rawValue, to: address)
  }
}

import Diagnose
public import Model

/// The commands that prepare a router for wanctl, for its console. A comment begins with `#`.
public struct RouterOSScript: Sendable, Equatable {
  public var host: String
  public var user: String
  public var queues: PerDirection<String>
  /// What the queues begin with, in Mbit/s.
  public var limits: PerDirection<Double>
  public var wanInterface: String
  public var lanInterface: String
  public var usesTLS: Bool
  public var usesSSH: Bool

  public init(
    host: String, user: String, queues: PerDirection<String>, limits: PerDirection<Double>,
    wanInterface: String = "ether1", lanInterface: String = "bridge", usesTLS: Bool = true,
    usesSSH: Bool = false
  ) {
    self.host = host
    self.user = user
    self.queues = queues
    self.limits = limits
    self.wanInterface = wanInterface
    self.lanInterface = lanInterface
    self.usesTLS = usesTLS
    self.usesSSH = usesSSH
  }

  /// Ends with a newline. `PASSWORD` and `HOST` are for the user to fill in.
  public var text: String {
    var lines: [String] = []
    if usesTLS {
      lines.append("# REST over TLS, with a certificate of its own")
      lines += ConsoleText.certificate(for: host).compactMap {
        if case .router(let command) = $0 { command } else { nil }
      }
      lines.append("")
    }
    lines += [
      "# A user for wanctl. HOST is the address of the machine that it runs on.",
      "/user/group/add name=wanctl policy=read,write,api,rest-api\(usesSSH ? ",ssh" : "")",
      "/user/add name=\(ConsoleText.quoted(user)) group=wanctl address=HOST password=PASSWORD", "",
      "# CAKE as the leaf; its own bandwidth stays 0, the queue tree shapes",
      "/queue/type/add name=cake-down kind=cake cake-flowmode=dual-dsthost cake-nat=yes "
        + "cake-diffserv=besteffort",
      "/queue/type/add name=cake-up kind=cake cake-flowmode=dual-srchost cake-nat=yes "
        + "cake-diffserv=besteffort",
      tree(.download, parent: lanInterface, type: "cake-down"),
      tree(.upload, parent: wanInterface, type: "cake-up"), "",
      "# Packets that FastTrack takes past queues below global are not shaped:",
      "# /ip/firewall/filter/disable [find action=fasttrack-connection]",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private func tree(_ direction: Direction, parent: String, type: String) -> String {
    let limit = BitsPerSecond(whole(limits[direction] * 1e6))
    return "/queue/tree/add name=\(ConsoleText.quoted(queues[direction])) "
      + "parent=\(ConsoleText.quoted(parent)) packet-mark=no-mark queue=\(type) max-limit=\(limit)"
  }

  /// A rate of a queue, whatever was typed.
  private func whole(_ rate: Double) -> Int64 {
    guard rate.isFinite else { return 0 }
    return Int64(min(max(rate, 0), 1e12).rounded())
  }
}

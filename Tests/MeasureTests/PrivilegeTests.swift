import Glibc
import Model
import Platform
import TestSupport
import Testing

@testable import Measure

/// Sockets without CAP_NET_RAW, and interfaces that come and go.
@Suite(.enabled(if: NetworkNamespace.isAvailable, NetworkNamespace.need))
struct PrivilegeTests {
  private static let timeout = Milliseconds(1000)
  private let stamps: KernelStamps

  init() throws { stamps = try KernelStamps() }

  @Test func withoutTheCapabilityTheUnprivilegedSocketServes() throws {
    let (isRaw, outcomes) = try NetworkNamespace.run {
      try NetworkNamespace.shell("echo '0 0' > /proc/sys/net/ipv4/ping_group_range")
      try Privileges.keepOnly([])
      let prober = try ICMPProber(targets: [.loopback4, .loopback6], timeout: Self.timeout)
      prober.sendRound()
      return (prober.isRaw, try prober.outcomes(2))
    }
    #expect(isRaw == false)
    #expect(outcomes.count == 2 && outcomes.allSatisfy(\.isFromKernel))
  }

  @Test func anICMPErrorReachesTheUnprivilegedSocket() throws {
    let outcomes = try NetworkNamespace.run {
      try NetworkNamespace.silence()
      try NetworkNamespace.shell("echo '0 0' > /proc/sys/net/ipv4/ping_group_range")
      let injector = try Injector()
      try Privileges.keepOnly([])
      let prober = try ICMPProber(targets: [.loopback4], timeout: Self.timeout)
      prober.sendRound()
      // The kernel chose the identifier.
      let identifier = prober.v4.socket?.identifier ?? 0
      try injector.sendError(
        type: 3, code: 1,
        quoting: PacketBytes.request(number: 0, cookie: prober.cookie, identifier: identifier))
      return try prober.outcomes(1)
    }
    #expect(outcomes.map(\.loss) == [.unreachable])
  }

  @Test func whereBothAreRefusedTheErrorSaysWhatToDo() throws {
    let text = try NetworkNamespace.run {
      try NetworkNamespace.shell("echo '1 0' > /proc/sys/net/ipv4/ping_group_range")
      try Privileges.keepOnly([])
      do {
        _ = try ICMPProber(targets: [.loopback4], timeout: Self.timeout)
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(
      text.hasPrefix(
        "no permission to send ICMP (raw socket: Operation not permitted (errno 1); datagram socket:"
      ))
    #expect(text.contains("setcap cap_net_raw+ep"))
    #expect(text.contains("AmbientCapabilities=CAP_NET_RAW"))
    #expect(text.contains("net.ipv4.ping_group_range"))
    #expect(!text.contains("\n"))
  }

  @Test func optionsThatNeedACapabilitySaySo() throws {
    let text = try NetworkNamespace.run {
      try NetworkNamespace.shell("echo '0 0' > /proc/sys/net/ipv4/ping_group_range")
      try Privileges.keepOnly([])
      do {
        _ = try ICMPProber(
          targets: [.loopback4], timeout: Self.timeout, options: ProbeOptions(mark: 7))
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(
      text == "setsockopt SO_MARK 7: Operation not permitted (errno 1): a mark needs CAP_NET_ADMIN"
        + " or, from Linux 5.17 on, CAP_NET_RAW")
  }

  @Test func marksAreSet() throws {
    let outcomes = try NetworkNamespace.run {
      // Packets with this mark, and only those, have no way.
      try NetworkNamespace.shell(
        "ip rule add priority 2 lookup local; ip rule del priority 0;"
          + " ip rule add priority 1 fwmark 0xfffffff0 prohibit")
      let marked = try ICMPProber(
        targets: [.loopback4], timeout: Self.timeout, options: ProbeOptions(mark: 0xffff_fff0))
      let plain = try ICMPProber(targets: [.loopback4], timeout: Self.timeout)
      plain.sendRound()
      return (marked.sendRound(), try plain.outcomes(1))
    }
    #expect(outcomes.0.map(\.loss) == [.sendFailed])
    #expect(outcomes.1.first?.rtt != nil)
  }

  /// The far end of the cable is a namespace of its own, so that packets travel.
  private static let plugIn = """
    ip link add wan0 type veth peer name far0; ip link set far0 netns $(cat /tmp/PIDFILE);
    nsenter -n -t $(cat /tmp/PIDFILE) ip address add 192.0.2.2/24 dev far0;
    nsenter -n -t $(cat /tmp/PIDFILE) ip link set far0 up;
    ip address add 192.0.2.1/24 dev wan0; ip link set wan0 up
    """

  @Test func anInterfaceGoesAndReturns() throws {
    let far = IPAddress.v4(0xc000_0202)
    let result = try NetworkNamespace.run { () throws -> Journey in
      let file = "wanctl-far-\(getpid())"
      defer { try? NetworkNamespace.shell("kill -9 $(cat /tmp/\(file)); rm /tmp/\(file)") }
      try NetworkNamespace.shell(
        "unshare -n sleep 120 < /dev/null > /dev/null 2>&1 & echo $! > /tmp/\(file);"
          + " while [ /proc/$!/ns/net -ef /proc/self/ns/net ]; do sleep 0.01; done")
      let plugIn = Self.plugIn.replacing("PIDFILE", with: file)
      let options = ProbeOptions(interface: "wan0", waitsForInterface: true)
      let prober = try ICMPProber(targets: [far], timeout: Self.timeout, options: options)
      var journey = Journey()
      var now = MonotonicTime(nanoseconds: 1_000_000_000)
      journey.before = prober.sendRound(0, now: now)
      try NetworkNamespace.shell(plugIn)
      // Tried again only a second later.
      now = now + Milliseconds(500)
      journey.tooEarly = prober.sendRound(1, now: now)
      now = now + Milliseconds(501)
      journey.first = prober.sendRound(2, now: now) + (try prober.outcomes(1))
      try NetworkNamespace.shell("ip link delete wan0")
      now = now + Milliseconds(50)
      journey.gone = prober.sendRound(3, now: now)
      now = now + Milliseconds(1000)
      journey.stillGone = prober.sendRound(4, now: now)
      try NetworkNamespace.shell(plugIn)
      now = now + Milliseconds(1000)
      journey.back = prober.sendRound(5, now: now) + (try prober.outcomes(1))
      journey.generation = prober.descriptorGeneration
      journey.counters = prober.counters
      return journey
    }
    #expect(result.before.map(\.loss) == [.sendFailed])
    #expect(result.tooEarly.map(\.loss) == [.sendFailed])
    #expect(result.first.map(\.seq) == [2] && result.first.allSatisfy { $0.rtt != nil })
    #expect(result.gone.map(\.loss) == [.sendFailed])
    #expect(result.stillGone.map(\.loss) == [.sendFailed])
    #expect(result.back.map(\.seq) == [5] && result.back.allSatisfy { $0.rtt != nil })
    #expect(result.generation == 2 && result.counters.reopened == 2)
    #expect(result.counters.sent == 2)
  }

  private struct Journey: Sendable {
    var before: [ProbeOutcome] = []
    var tooEarly: [ProbeOutcome] = []
    var first: [ProbeOutcome] = []
    var gone: [ProbeOutcome] = []
    var stillGone: [ProbeOutcome] = []
    var back: [ProbeOutcome] = []
    var generation = 0
    var counters = ProbeCounters()
  }
}

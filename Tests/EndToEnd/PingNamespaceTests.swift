import Foundation
import Model
import Testing

/// `wanctl-ping` in a network namespace of its own, where hosts can be silent, interfaces come and
/// go, and rights are missing. An ordinary user may have such a namespace too.
@Suite(.enabled(if: UserNamespace.isAvailable, "needs unshare -rn and iproute2"))
struct PingNamespaceTests {
  /// Starts a script in a new namespace; `PING` in it is the program.
  private func start(_ script: String) throws -> ChildProcess {
    try ChildProcess(
      ["unshare", "-rn", "sh", "-ec", "ip link set lo up\n" + script], folder: PingTests.folder,
      environment: ["PING": PingTests.ping])
  }

  private func run(_ script: String) throws -> PingTests.Run {
    try PingTests().finish(start(script))
  }

  @Test func aSilentHostIsTimedOut() throws {
    let run = try run(
      """
      echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all
      exec $PING -c 2 -p 10 -t 30 127.0.0.1 ::1
      """)
    #expect(run.status == 1)
    #expect(run.output.contains("127.0.0.1 : [0], timed out (NaN avg, 100% loss)\n"))
    #expect(run.output.contains("127.0.0.1 : [1], timed out (NaN avg, 100% loss)\n"))
    #expect(run.remarks.contains("127.0.0.1 : xmt/rcv/%loss = 2/0/100%\n"))
    #expect(run.remarks.contains("::1       : xmt/rcv/%loss = 2/2/0%, "))
  }

  @Test func aLostProbeIsARecordToo() throws {
    let run = try run(
      """
      echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all
      exec $PING --json -c 1 -t 30 127.0.0.1
      """)
    #expect(
      run.output.hasSuffix(
        #""host":"127.0.0.1","seq":0,"rtt_ms":null,"waited_ms":30.0,"method":"icmp","#
          + #""error":"timeout"}"# + "\n"))
  }

  @Test func withoutARouteNothingIsSent() throws {
    let run = try run("exec $PING -c 1 192.0.2.1")
    #expect(run.status == 1)
    #expect(run.output == "192.0.2.1 : [0], send failed (NaN avg, 100% loss)\n")
  }

  /// Without CAP_NET_RAW, even for root of the namespace.
  private let unprivileged = "setpriv --bounding-set=-net_raw --inh-caps=-net_raw $PING"

  @Test func withoutPermissionItSaysWhatToDo() throws {
    let run = try run("exec \(unprivileged) -c 1 127.0.0.1")
    #expect(run.status == 4)
    #expect(run.output.isEmpty)
    #expect(run.remarks.hasPrefix("wanctl-ping: no permission to send ICMP (raw socket:"))
    #expect(run.remarks.contains("setcap cap_net_raw+ep"))
    #expect(run.remarks.split(separator: "\n").count == 1)
  }

  @Test func theUnprivilegedSocketServesToo() throws {
    let run = try run(
      """
      echo 0 0 > /proc/sys/net/ipv4/ping_group_range
      exec \(unprivileged) -c 2 -p 10 127.0.0.1 ::1
      """)
    #expect(run.status == 0, "\(run.remarks)")
    #expect(run.lines.count == 4)
  }

  /// The line of `/proc/self/status` of a running `wanctl-ping`.
  private func capabilities(_ arguments: String) throws -> String? {
    let child = try start("exec $PING -p 10 \(arguments)")
    #expect(eventually(within: 30) { child.output.contains("[1]") }, "\(child.remarks)")
    let status = try String(
      contentsOfFile: "/proc/\(child.processID)/status", encoding: .utf8)
    child.terminate()
    #expect(try PingTests().finish(child).status == 0)
    return status.firstMatch(of: /CapPrm:\s*(\w+)\n/).map { String($0.output.1) }
  }

  @Test func rightsThatAreNotNeededAreGivenUp() throws {
    #expect(try capabilities("127.0.0.1") == "0000000000000000")
    // CAP_NET_RAW opens the socket of an interface that came back.
    #expect(try capabilities("-I lo 127.0.0.1") == "0000000000002000")
  }

  @Test func anInterfaceGoesAndReturns() throws {
    let child = try start(
      """
      unshare -n sleep 60 < /dev/null > /dev/null 2>&1 &
      far=$!
      trap 'kill -9 $far' EXIT
      while [ /proc/$far/ns/net -ef /proc/self/ns/net ]; do sleep 0.01; done
      plug_in() {
        ip link add wan0 type veth peer name far0
        ip link set far0 netns $far
        nsenter -n -t $far ip address add 192.0.2.2/24 dev far0
        nsenter -n -t $far ip link set far0 up
        ip address add 192.0.2.1/24 dev wan0
        ip link set wan0 up
      }
      answers() { [ $(grep -c 'rtt_ms":[0-9]' "$out" || true) -gt $1 ]; }
      lost() { grep -q send-failed "$out"; }
      out=$(mktemp)
      plug_in
      $PING --json -p 20 -t 200 -I wan0 192.0.2.2 > "$out" 2> /dev/null &
      ping=$!
      until answers 5; do sleep 0.02; done
      ip link delete wan0
      until lost; do sleep 0.02; done
      before=$(grep -c . "$out")
      plug_in
      until [ $(tail -n +$((before + 1)) "$out" | grep -c 'rtt_ms":[0-9]' || true) -gt 5 ]; do
        sleep 0.02
      done
      kill -TERM $ping
      wait $ping
      echo ended with $?
      rm "$out"
      """)
    let run = try PingTests().finish(child)
    #expect(run.status == 0, "\(run.remarks)")
    #expect(run.output == "ended with 0\n")
  }
}

/// A program that is installed setuid root, started by nobody in particular.
@Suite(.enabled(if: geteuid() == 0, "needs root to install a setuid program"))
struct PingSetuidTests {
  @Test func itRunsAsWhoStartedIt() throws {
    let folder = PingTests.folder.appending(path: "setuid-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let copy = folder.appending(path: "wanctl-ping")
    try Binaries.copy("wanctl-ping", to: copy, mode: "4755")
    let child = try ChildProcess(
      [
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copy.path, "-p", "10",
        "127.0.0.1",
      ], folder: folder)
    #expect(eventually(within: 30) { child.output.contains("[1]") }, "\(child.remarks)")
    let status = try String(contentsOfFile: "/proc/\(child.processID)/status", encoding: .utf8)
    child.send(SIGKILL)
    _ = child.waitUntilExit(within: 10)
    #expect(status.contains("Uid:\t65534\t65534\t65534\t65534\n"))
    #expect(status.contains("Gid:\t65534\t65534\t65534\t65534\n"))
    #expect(status.contains("CapPrm:\t0000000000000000\n"))
  }
}

/// What `unshare -rn` gives.
enum UserNamespace {
  static let isAvailable: Bool = {
    guard
      let child = try? ChildProcess(
        ["unshare", "-rn", "ip", "link", "set", "lo", "up"], folder: PingTests.folder)
    else { return false }
    return child.waitUntilExit(within: 10) == 0
  }()
}

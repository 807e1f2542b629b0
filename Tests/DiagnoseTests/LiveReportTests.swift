import Foundation
import Model
import Platform
import Terminal
import Testing

@testable import Diagnose

@Suite struct LiveReportTests {
  @Test func aSoundRouterIsToldLineByLine() {
    let items = RouterItems(.clean()).items
    #expect(items.map(\.topic) == [.trust, .router, .queue, .queue, .rule, .health])
    #expect(items.allSatisfy { $0.result == .ok })
    #expect(items[2].detail == "below bridge1, 80M, leaf cake-down")
    #expect(items[4].detail == "there, switched off")
  }

  @Test func everyFindingOfTheDoctorHasItsLine() {
    var facts = RouterFacts.clean()
    facts.changeQueue(upName) { $0.isDisabled = true }
    facts.mangleRules = .read([])
    facts.contacts[1].failure = failure(.timeout)
    facts.hostKey = .unknown(fingerprint: "SHA256:x")
    facts.changeResource(RouterFacts.resource(version: "7.10 (stable)"))
    let items = RouterItems(facts).items
    let told = items.flatMap(\.findings).map(\.kind)
    #expect(Set(told) == Set(facts.findings().map(\.kind)))
    #expect(told.count == facts.findings().count)
    #expect(items.first { $0.topic == .queue && $0.subject == upName.text }?.result == .error)
    #expect(items.first { $0.topic == .rule }?.detail == "missing")
    #expect(items.first { $0.topic == .trust }?.result == .warning)
  }

  @Test func whatWasNotReadIsSkipped() {
    var facts = RouterFacts(settings: RouterFacts.clean().settings, configFile: "wan1.yaml")
    facts.wans = RouterFacts.clean().wans
    facts.contacts = [.init(.rest, user: "wanctl-rate", failure: failure(.timeout))]
    let items = RouterItems(facts).items
    #expect(items.first { $0.topic == .router }?.result == .error)
    #expect(items.filter { $0.topic == .queue }.allSatisfy { $0.result == .skipped })
  }

  @Test func theReportIsATableAndThenWhatMendsIt() throws {
    var facts = RouterFacts.clean()
    facts.changeQueue(upName) { $0.isDisabled = true }
    let report = LiveReport(userName: "wanctl", items: RouterItems(facts).items)
    #expect(!report.isPassed)
    let text = report.text(width: 80, palette: Palette(isColored: false))
    #expect(text.hasPrefix("RESULT  WHAT"))
    #expect(text.contains("\nerror   queue "))
    #expect(
      text.contains("\nerror: WAN-Upload-1 (wan1): the queue is switched off [queue-disabled]"))
    #expect(text.hasSuffix("\n5 ok, 1 error\n"))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    let live = try #require(object["live"] as? [String: Any])
    #expect(live["passed"] as? Bool == false && live["error"] as? Int == 1)
    #expect((object["checks"] as? [[String: Any]])?.count == 6)
  }

  @Test func aPortIsFreeOrHasAHolder() throws {
    let socket = try Socket.open(AF_INET, type: CInt(SOCK_STREAM.rawValue), protocol: 0)
    try Socket.bind(socket.rawValue, to: SocketAddress(.loopback4))
    #expect(listen(socket.rawValue, 1) == 0)
    let port = try #require(try Socket.localAddress(socket.rawValue)?.port)
    #expect(ListeningSocket.holder(ofPort: port)?.processID == getpid())
    let listener = LoopSettings.Listener(isEnabled: true, host: "127.0.0.1", port: Int(port))
    func item(_ process: Int32?) -> LiveItem? {
      PortCheck.item(listener, name: "health_check", file: "wan1.yaml", process: process)
    }
    #expect(item(getpid())?.result == .ok)
    // The process of the tests is called wanctlPackageTests, which counts as ours.
    let off = LoopSettings.Listener(isEnabled: false, host: "127.0.0.1", port: Int(port))
    #expect(PortCheck.item(off, name: "metrics", file: "x", process: nil) == nil)
    let elsewhere = LoopSettings.Listener(isEnabled: true, host: "192.0.2.1", port: 9101)
    #expect(
      PortCheck.item(elsewhere, name: "metrics", file: "x", process: nil)?.findings.map(\.kind)
        == [.portTaken])
    let name = LoopSettings.Listener(isEnabled: true, host: "some.host", port: 9101)
    #expect(PortCheck.item(name, name: "metrics", file: "x", process: nil)?.result == .skipped)
  }
}

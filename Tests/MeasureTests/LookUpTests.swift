import Platform
import Testing

@testable import Measure

@Suite struct GatewayTests {
  private static let titles =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"

  private func gateway(_ routes: String, interface: String? = nil) -> IPAddress? {
    Gateway.defaultV4(inRoutes: Self.titles + routes, interface: interface)
  }

  @Test func theDefaultRouteWithTheLowestMetric() {
    let routes = """
      eth0\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
      wlan0\t00000000\t0101A8C0\t0003\t0\t0\t50\t00000000\t0\t0\t0
      eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0

      """
    #expect(gateway(routes) == IPAddress("192.168.1.1"))
    #expect(gateway(routes, interface: "eth0") == IPAddress("192.168.2.1"))
    #expect(gateway(routes, interface: "eth") == nil)
  }

  @Test(arguments: [
    // Not up, no gateway, a subnet, half of a default route.
    "eth0\t00000000\t0102A8C0\t0002\t0\t0\t0\t00000000\t0\t0\t0",
    "ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0",
    "eth0\t0000A8C0\t0102A8C0\t0003\t0\t0\t0\t0000FFFF\t0\t0\t0",
    "tun0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000080\t0\t0\t0",
    // No numbers, too few fields.
    "eth0\t00000000\tgateway!\t0003\t0\t0\t0\t00000000\t0\t0\t0",
    "eth0\t00000000\t0102A8C0\tzz\t0\t0\t0\t00000000\t0\t0\t0",
    "eth0\t00000000\t0102A8C0\t0003\t0\t0\t-1\t00000000\t0\t0\t0",
    "eth0\t00000000\t0102A8C0", "", "\t\t\t\t\t\t\t",
  ])
  func noOtherRouteCounts(route: String) {
    #expect(gateway(route + "\n") == nil)
  }

  @Test func theRealTableIsRead() {
    #expect(Gateway.defaultV4(interface: "nosuch0") == nil)
    #expect(Gateway.defaultV4(inRoutes: "", interface: nil) == nil)
    // Whatever it is, it is an IPv4 address.
    #expect(Gateway.defaultV4()?.isV6 != true)
  }
}

@Suite struct ResolverTests {
  @Test func addressesNeedNoLookUp() throws {
    #expect(try Resolver.addresses(of: "127.0.0.1") == [.loopback4])
    #expect(try Resolver.addresses(of: "::1", family: .v6) == [.loopback6])
    #expect(throws: ResolverError(host: "::1", reason: "not an IPv4 address", isTemporary: false)) {
      try Resolver.addresses(of: "::1", family: .v4)
    }
    #expect(
      throws: ResolverError(host: "127.0.0.1", reason: "not an IPv6 address", isTemporary: false)
    ) {
      try Resolver.addresses(of: "127.0.0.1", family: .v6)
    }
  }

  @Test func theHostsFileIsAsked() throws {
    #expect(try Resolver.addresses(of: "localhost", family: .v4) == [.loopback4])
    let all = try Resolver.addresses(of: "localhost")
    #expect(Set(all).count == all.count)
    #expect(all.contains(.loopback4) || all.contains(.loopback6))
  }

  @Test(arguments: ["", String(repeating: "a", count: 254), "a\u{0}b"])
  func whatIsNoNameIsNotLookedUp(host: String) {
    #expect(throws: ResolverError(host: host, reason: "not a host name", isTemporary: false)) {
      try Resolver.addresses(of: host)
    }
  }

  @Test func aNameThatIsNotFoundIsNamed() {
    // Reserved for this (RFC 6761); without any name server the reason is a temporary one.
    let error = #expect(throws: ResolverError.self) {
      try Resolver.addresses(of: "nosuch.invalid")
    }
    #expect(error?.description.hasPrefix("nosuch.invalid: ") == true)
    #expect(AddressFamily.any.contains(.loopback4) && AddressFamily.any.contains(.loopback6))
  }
}

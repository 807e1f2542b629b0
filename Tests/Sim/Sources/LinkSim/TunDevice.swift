import Glibc

/// A TUN device with the addresses of the test networks.
///
/// IPv4 is 198.18.0.0/15 (RFC 2544, benchmarks), IPv6 is 2001:db8::/32 (RFC 3849, documentation):
/// no real host has such an address, so that nothing can be reached by mistake.
struct TunDevice: ~Copyable {
  static let prefix: UInt32 = 0xC612_0000
  static let prefixLength = 15
  /// Our own end, the last usable address of the prefix.
  static let local: UInt32 = 0xC613_FFFE
  /// 2001:db8:ffff::1
  static let local6: [UInt8] = [
    0x20, 0x01, 0x0D, 0xB8, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
  ]

  // linux/if_tun.h, linux/sockios.h
  private static let tunSetInterface: UInt = 0x4004_54CA
  private static let tunWithoutHeader: UInt16 = 0x1001
  private static let setAddress: UInt = 0x8916
  private static let setMask: UInt = 0x891C
  private static let getFlags: UInt = 0x8913
  private static let setFlags: UInt = 0x8914
  private static let getIndex: UInt = 0x8933
  private static let addRoute: UInt = 0x890B
  private static let isUp: UInt16 = 1

  let descriptor: Int32

  init(name: String, ipv6: Bool, defaultRoute: Bool) throws(SystemError) {
    let device = try SystemError.check("open /dev/net/tun") {
      open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC)
    }
    do {
      try Self.configure(device, name: name, ipv6: ipv6, defaultRoute: defaultRoute)
    } catch {
      close(device)
      throw error
    }
    descriptor = device
  }

  deinit { close(descriptor) }

  private static func configure(
    _ device: Int32, name: String, ipv6: Bool, defaultRoute: Bool
  ) throws(SystemError) {
    var request = Request(name)
    request.set(tunWithoutHeader, at: 16)
    try request.perform(tunSetInterface, on: device, "TUNSETIFF \(name)")

    let control = try SystemError.check("socket") {
      socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    }
    defer { close(control) }
    try bringUp("lo", control)
    request = Request(name)
    request.setIPv4(local, at: 16)
    try request.perform(setAddress, on: control, "SIOCSIFADDR \(name)")
    request.setIPv4(~0 << UInt32(32 - prefixLength), at: 16)
    try request.perform(setMask, on: control, "SIOCSIFNETMASK \(name)")
    try bringUp(name, control)
    if ipv6 { try addIPv6(name, control) }
    if defaultRoute { try addDefaultRoute(name, control) }
  }

  private static func bringUp(_ name: String, _ control: Int32) throws(SystemError) {
    var request = Request(name)
    try request.perform(getFlags, on: control, "SIOCGIFFLAGS \(name)")
    request.set(request.flags | isUp, at: 16)
    try request.perform(setFlags, on: control, "SIOCSIFFLAGS \(name)")
  }

  /// `struct in6_ifreq`: address, prefix length, interface index.
  private static func addIPv6(_ name: String, _ control: Int32) throws(SystemError) {
    var request = Request(name)
    try request.perform(getIndex, on: control, "SIOCGIFINDEX \(name)")
    var bytes = local6
    withUnsafeBytes(of: UInt32(32)) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: request.bytes[16..<20])
    let control6 = try SystemError.check("socket AF_INET6") {
      socket(AF_INET6, Int32(SOCK_DGRAM.rawValue), 0)
    }
    defer { close(control6) }
    try SystemError.check("SIOCSIFADDR \(name) IPv6") {
      bytes.withUnsafeMutableBytes { ioctl(control6, setAddress, $0.baseAddress!) }
    }
  }

  /// `struct rtentry` with the destination 0.0.0.0/0 and the device's name.
  private static func addDefaultRoute(_ name: String, _ control: Int32) throws(SystemError) {
    var entry = [UInt8](repeating: 0, count: 120)
    for sockaddrAt in [8, 24, 40] { entry[sockaddrAt] = UInt8(AF_INET) }
    entry[56] = UInt8(isUp)  // RTF_UP
    var device = name.utf8CString
    try SystemError.check("SIOCADDRT default dev \(name)") {
      device.withUnsafeMutableBytes { device in
        withUnsafeBytes(of: UInt(bitPattern: device.baseAddress!)) {
          entry.replaceSubrange(88..<96, with: $0)
        }
        return entry.withUnsafeMutableBytes { ioctl(control, addRoute, $0.baseAddress!) }
      }
    }
  }

  /// `struct ifreq`: 16 bytes of name, 24 of a union.
  private struct Request {
    var bytes = [UInt8](repeating: 0, count: 40)

    init(_ name: String) { bytes.replaceSubrange(0..<name.utf8.count, with: name.utf8) }

    var flags: UInt16 { UInt16(bytes[16]) | UInt16(bytes[17]) << 8 }

    mutating func set(_ value: UInt16, at offset: Int) {
      bytes[offset] = UInt8(truncatingIfNeeded: value)
      bytes[offset + 1] = UInt8(truncatingIfNeeded: value >> 8)
    }

    /// A `sockaddr_in`.
    mutating func setIPv4(_ address: UInt32, at offset: Int) {
      set(UInt16(AF_INET), at: offset)
      for index in 0..<4 {
        bytes[offset + 4 + index] = UInt8(truncatingIfNeeded: address >> UInt32(24 - 8 * index))
      }
    }

    mutating func perform(
      _ request: UInt, on descriptor: Int32, _ name: String
    ) throws(SystemError) {
      try SystemError.check(name) {
        bytes.withUnsafeMutableBytes { ioctl(descriptor, request, $0.baseAddress!) }
      }
    }
  }
}

/// A version of RouterOS, of which a text like `7.23.7 (long-term)` or `7.25beta4` begins with one.
struct RouterOSVersion: Comparable {
  var major: Int
  var minor: Int
  var patch: Int

  init(_ major: Int, _ minor: Int, _ patch: Int = 0) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// nil when the text does not begin with a version.
  init?(_ text: String) {
    let digits = text.utf8.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    let numbers = String(decoding: digits, as: UTF8.self)
      .split(separator: ".", maxSplits: 2).map { Int($0) }
    guard numbers.count >= 2, let major = numbers[0], let minor = numbers[1] else { return nil }
    self.init(major, minor, numbers.count > 2 ? numbers[2] ?? 0 : 0)
  }

  static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }

  /// Whether the hole of the SSH server that 6.49.21, 7.23.4 and 7.24.2 close is still in it.
  var hasSSHHole: Bool {
    switch (major, minor) {
    case (7, 24): patch < 2
    case (7, ..<24): self < RouterOSVersion(7, 23, 4)
    case (..<7, _): self < RouterOSVersion(6, 49, 21)
    default: false
    }
  }
}

import Model

/// The token that a client has to name in `Authorization: Bearer`.
struct BearerToken: Sendable {
  private let expected: [UInt8]

  /// nil when none is configured: then nobody is asked for one.
  init?(_ secret: Secret) {
    guard !secret.isEmpty else { return nil }
    expected = Array(secret.revealed.utf8)
  }

  /// Whether the value of the header names it. How long that takes tells nothing of the token but,
  /// as with every such comparison, its length.
  func admits(_ authorization: String?) -> Bool {
    guard let authorization else { return false }
    let parts = authorization.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
    let given = Array(parts[1].utf8.drop { $0 == UInt8(ascii: " ") })
    var difference = given.count ^ expected.count
    for (index, byte) in expected.enumerated() {
      difference |= Int(byte ^ (given.isEmpty ? 0 : given[index % given.count]))
    }
    return difference == 0
  }
}

import Model
import Testing

@testable import Web

@Suite struct BearerTokenTests {
  @Test func onlyTheTokenItselfIsAdmitted() throws {
    #expect(BearerToken(Secret("")) == nil)
    let token = try #require(BearerToken(Secret("open sesame")))
    for good in ["Bearer open sesame", "bearer open sesame", "BEARER   open sesame"] {
      #expect(token.admits(good))
    }
    for bad in [
      "", "Bearer", "Bearer ", "Basic open sesame", "open sesame", "Bearer open sesam",
      "Bearer open sesame!", "Bearer open sesameopen sesame", "Bearer Open sesame",
      "Bearer open sesame\u{0}",
    ] {
      #expect(!token.admits(bad), "\(bad)")
    }
    #expect(!token.admits(nil))
  }
}

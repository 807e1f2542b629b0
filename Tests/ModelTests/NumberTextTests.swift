import Model
import Testing

@Suite struct NumberTextTests {
  @Test(arguments: [
    (23.1, "23.1"), (45, "45.0"), (0, "0.0"), (1e16, "1e+16"), (1.5e-7, "1.5e-07"),
    (0.0001, "0.0001"), (0.00001, "1e-05"), (0.000012345, "1.2345e-05"),
    (123456789012345680, "1.2345678901234568e+17"),
    (-0.00002, "-2e-05"), (1e22, "1e+22"),
    (9999999999999998, "9999999999999998.0"),
  ])
  func shortestIsPythonsRepr(value: Double, text: String) {
    #expect(shortest(value) == text)
    #expect(Double(text) == value)
  }

  @Test func theSmallestDoubleReadsBack() {
    #expect(shortest(.leastNonzeroMagnitude) == "5e-324")
  }

  @Test func fixedRoundsTheExactBinaryValue() {
    #expect(fixed(0.25, digits: 1) == "0.2")
    #expect(fixed(0.35, digits: 1) == "0.3")
    #expect(fixed(18.249, digits: 1) == "18.2")
    #expect(fixed(-0.04, digits: 1) == "-0.0")
  }

  @Test(
    arguments: [
      ("612M", 612_000_000), ("1.5G", 1_500_000_000), ("0", 0), ("35500k", 35_500_000),
      ("48.2Mbps", 48_200_000), ("800000000", 800_000_000), ("1.50000M", 1_500_000),
    ] as [(String, Int64)])
  func ratesRead(text: String, value: Int64) {
    #expect(BitsPerSecond(parsing: text)?.rawValue == value)
  }

  @Test(arguments: [
    "", "M", "-5M", "1.5", "fast", "1..5M", "9223372036854775808", "1e6", ".5M", "5.M",
  ])
  func nonsenseIsNoRate(text: String) {
    #expect(BitsPerSecond(parsing: text) == nil)
  }
}

import Testing

@testable import Diagnose

@Suite struct ConsoleWidthTests {
  static let legend = "Flags: X - disabled, I - invalid \r\n"

  @Test func wrappedLinesTellBetweenWhichColumns() {
    let text =
      Self.legend
      + " 0   name=\"WAN-Download-1\" parent=bridge1 packet-mark=no-mark limit-at=0 \r\n"
      + "     queue=cake-down-wan1 priority=8 max-limit=612M burst-limit=0 \r\n"
      + "     burst-threshold=0 burst-time=0s bucket-size=0.1 rate=48213344 \r\n"
      + "     packet-rate=4211 queued-bytes=18168 queued-packets=12 bytes=272603902153 \r\n"
      + "     packets=184614358 dropped=0 \r\n\r\n"
    // The longest line has 78, and in two places a word for 83 was put into the next one.
    #expect(ConsoleWidth(of: text) == .columns(78...83))
  }

  @Test func aLineLongerThanAnyTerminalIsNotWrapped() {
    let line = " 0   " + (1...40).map { "p\($0)=1" }.joined(separator: " ")
    #expect(ConsoleWidth(of: Self.legend + line + "\r\n\r\n") == .unlimited)
  }

  @Test(arguments: [
    "", "no such item\r\n", legend + "\r\n", legend + " 0   name=\"a\" rate=0 \r\n\r\n",
    legend + " 0 X  ;;; a comment\r\n      chain=input action=accept\r\n",
    legend + " 0   name=\"a\" \r\n     comment=\"of blanks and more blanks\" \r\n",
  ])
  func whatSaysNothingIsUnknown(text: String) { #expect(ConsoleWidth(of: text) == .unknown) }
}

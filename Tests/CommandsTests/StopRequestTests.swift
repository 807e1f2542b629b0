import Commands
import Glibc
import Model
import Platform
import Testing

/// In a process of its own: signals are the process's. That a signal is a wish is seen with the
/// tools, for here other threads would take it.
@Suite struct StopRequestTests {
  @Test func aKeyIsAWishAndAnEndOfTheInputIsNone() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let (keyboard, hand) = try pipe()
      let (told, teller) = try pipe()
      let stop = try StopRequest(keyboard: keyboard) { _ = write(teller, "x", 1) }
      guard try !stop.wait(upTo: Clock.monotonic() + Milliseconds(50)) else { exit(2) }
      write(hand, "q", 1)
      guard try stop.wait(upTo: Clock.monotonic() + Milliseconds(seconds: 30)) else { exit(3) }
      var byte: UInt8 = 0
      guard read(told, &byte, 1) == 1 else { exit(4) }
      let (closed, other) = try pipe()
      close(other)
      let patient = try StopRequest(keyboard: closed)
      guard try !patient.wait(upTo: Clock.monotonic() + Milliseconds(50)) else { exit(5) }
      exit(7)
    }
  }
}

private func pipe() throws -> (reader: CInt, writer: CInt) {
  var ends: [CInt] = [0, 0]
  try systemCall("pipe") { Glibc.pipe(&ends) }
  return (ends[0], ends[1])
}

import Glibc

/// A system call that failed: its name, what it was for, and `errno`.
struct SystemError: Error, CustomStringConvertible {
  var call: String
  var code: Int32

  var description: String { "\(call): \(String(cString: strerror(code)))" }

  /// Repeats a call that a signal interrupted; throws when it returns a negative value.
  @discardableResult
  static func check<Number: SignedInteger>(
    _ call: String, _ body: () -> Number
  ) throws(SystemError) -> Number {
    while true {
      let result = body()
      if result >= 0 { return result }
      if errno != EINTR { throw SystemError(call: call, code: errno) }
    }
  }
}

/// Nanoseconds of `CLOCK_MONOTONIC`.
func monotonicNow() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Milliseconds since midnight UTC, as ICMP timestamps count (RFC 792).
func millisecondsOfDay() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Double(time.tv_sec % 86_400) * 1000 + Double(time.tv_nsec) / 1e6
}

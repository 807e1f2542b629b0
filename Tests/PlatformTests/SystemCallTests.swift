import Glibc
import Model
import Platform
import Testing

@Suite struct SystemCallTests {
  @Test func anErrorNamesTheCallAndTheReason() {
    let error = SystemError("sendto", code: ENETUNREACH)
    #expect(error.description == "sendto: Network is unreachable (errno 101)")
    #expect(error.reason == "Network is unreachable")
    #expect(SystemError("x", code: 31_999).description == "x: unknown error (errno 31999)")
  }

  @Test func interruptedCallsAreMadeAgain() throws {
    var calls = 0
    let result = try systemCall("read") { () -> Int in
      calls += 1
      errno = EINTR
      return calls < 3 ? -1 : 7
    }
    #expect(result == 7)
    #expect(calls == 3)
  }

  @Test func failuresAreThrown() {
    #expect(throws: SystemError("close", code: EBADF)) {
      try systemCall("close") { close(-1) }
    }
    #expect(throws: SystemError("read", code: EBADF)) {
      try nonBlockingCall("read") { read(-1, nil, 0) }
    }
  }

  @Test func nothingToDoIsNoFailure() throws {
    var calls = 0
    let result = try nonBlockingCall("read") { () -> Int in
      calls += 1
      errno = calls == 1 ? EINTR : EAGAIN
      return -1
    }
    #expect(result == nil)
    #expect(calls == 2)
  }

  @Test func clocksGoOn() {
    let first = Clock.monotonic()
    let wall = Clock.wall()
    #expect(Clock.monotonic() >= first)
    #expect(abs(wall.seconds - Double(time(nil))) < 60)
    #expect(abs(Double(Clock.realtimeNanoseconds()) / 1e9 - wall.seconds) < 60)
    let used = Clock.threadCPUNanoseconds()
    #expect(used > 0)
    #expect(Clock.processCPUNanoseconds() >= used)
  }

  @Test func aDescriptorIsClosedWithItsOwner() throws {
    var ends: [CInt] = [0, 0]
    try systemCall("pipe") { pipe(&ends) }
    let number = ends[0]
    do {
      let descriptor = FileDescriptor(owning: number)
      #expect(fcntl(descriptor.rawValue, F_GETFD) >= 0)
    }
    // Another thread may have got the number since; then it is no end of this pipe.
    var gone = stat()
    var other = stat()
    fstat(ends[1], &other)
    #expect(fstat(number, &gone) != 0 || gone.st_ino != other.st_ino)
    close(ends[1])
  }

  @Test func textOfAFile() throws {
    #expect(try FileText.read("/proc/self/comm", limit: 100).hasSuffix("\n"))
    #expect(try FileText.read("/proc/self/comm", limit: 2).utf8.count == 2)
    #expect(throws: SystemError("open /no/such/file", code: ENOENT)) {
      try FileText.read("/no/such/file", limit: 1)
    }
    #expect(throws: SystemError("read /proc", code: EISDIR)) {
      try FileText.read("/proc", limit: 1)
    }
  }
}

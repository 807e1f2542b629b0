import Glibc

/// How long a router takes for what it is asked: log-normal times, drawn from the seeded generator.
struct LatencyProfile {
  /// A log-normal duration; `sigma` 0 is a constant.
  struct Service {
    var median: Double
    var sigma: Double = 0
    var floor: Double = 0
    var cap: Double = .infinity

    init(_ median: Double, _ sigma: Double = 0, floor: Double = 0, cap: Double = .infinity) {
      self.median = median
      self.sigma = sigma
      self.floor = floor
      self.cap = cap
    }

    /// Milliseconds for a standard normal `deviate`.
    func milliseconds(deviate: Double) -> Double {
      min(max(median * exp(sigma * deviate), floor), cap)
    }
  }

  enum Name: String, CaseIterable {
    case zero, chr, rb5009
    case rb5009Slow = "rb5009-slow"
    case hap
  }

  /// TCP and TLS set-up of a connection.
  var connect: Service
  /// The first request of a user after ten minutes of absence.
  var login: Service
  /// Reading a menu of a few rows that carry counters.
  var read: Service
  /// PATCH, set, and every other change.
  var write: Service
  /// Reading anything else.
  var readOther: Service
  /// What a refused password costs more.
  var refusal: Service
  /// Key exchange and login of an SSH connection, beyond what this machine takes.
  var sshConnect: Service
  /// One command over SSH.
  var sshExec: Service

  static func named(_ name: Name) -> LatencyProfile {
    let refusal = Service(125)
    switch name {
    case .zero:
      let none = Service(0)
      return LatencyProfile(
        connect: none, login: none, read: none, write: none, readOther: none, refusal: none,
        sshConnect: none, sshExec: none)
    case .chr:
      return LatencyProfile(
        connect: Service(4), login: Service(15), read: Service(1.2, 0.3),
        write: Service(1.4, 0.3), readOther: Service(1.1), refusal: refusal,
        sshConnect: Service(120), sshExec: Service(6, 0.3))
    case .rb5009:
      return LatencyProfile(
        connect: Service(60, 0.3), login: Service(60), read: Service(12, 0.6),
        write: Service(8, 0.69, floor: 3.8, cap: 150), readOther: Service(10), refusal: refusal,
        sshConnect: Service(500, 0.3), sshExec: Service(40, 0.5))
    case .rb5009Slow:
      return LatencyProfile(
        connect: Service(90), login: Service(125), read: Service(65, 0.15),
        write: Service(25, 0.6, cap: 150), readOther: Service(45), refusal: refusal,
        sshConnect: Service(900), sshExec: Service(150, 0.2))
    case .hap:
      return LatencyProfile(
        connect: Service(350, 0.4), login: Service(300), read: Service(60, 0.6),
        write: Service(40, 0.7, cap: 800), readOther: Service(50), refusal: refusal,
        sshConnect: Service(2500, 0.3), sshExec: Service(250, 0.5))
    }
  }
}

/// Draws service times. Confined to the event loop.
final class Latency {
  enum Kind { case connect, login, read, write, readOther, refusal, sshConnect, sshExec }

  private(set) var name: LatencyProfile.Name
  private var profile: LatencyProfile
  /// 0 to 1; a busy processor makes everything up to three times as slow.
  var processorLoad: Double = 0
  /// One way delay of the network in milliseconds, added twice to each answer.
  var networkDelay: Double = 0
  private var random: Random
  private var lastWrite: (ended: Nanoseconds, deviate: Double)?
  /// Writes that follow each other within this share their luck, as measured pairs do.
  private static let pairing = Nanoseconds.milliseconds(5)

  init(name: LatencyProfile.Name, seed: UInt64) {
    self.name = name
    profile = .named(name)
    random = Random(seed: seed)
  }

  func use(_ name: LatencyProfile.Name) {
    self.name = name
    profile = .named(name)
    lastWrite = nil
  }

  func draw(_ kind: Kind, at now: Nanoseconds) -> Nanoseconds {
    let service =
      switch kind {
      case .connect: profile.connect
      case .login: profile.login
      case .read: profile.read
      case .write: profile.write
      case .readOther: profile.readOther
      case .refusal: profile.refusal
      case .sshConnect: profile.sshConnect
      case .sshExec: profile.sshExec
      }
    var deviate = service.sigma > 0 ? random.normal() : 0
    if kind == .write, let lastWrite, now - lastWrite.ended < Self.pairing {
      deviate = lastWrite.deviate
    }
    let time = Nanoseconds.milliseconds(
      service.milliseconds(deviate: deviate) * (1 + 2 * processorLoad))
    if kind == .write { lastWrite = (now + time, deviate) }
    return time
  }

  /// A uniform number, for whatever else needs chance.
  func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * random.uniform()
  }
}

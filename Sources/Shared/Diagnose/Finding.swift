public import Model

/// One thing that makes shaping fail, or may: what was read, why it matters, and how to mend it.
public struct Finding: Sendable, Equatable {
  public enum Severity: String, Sendable, CaseIterable, Comparable {
    /// Traffic is not shaped, or rates cannot be set.
    case error
    /// It works, but not as it should, or not for long.
    case warning
    /// Nothing is wrong; something could not be seen.
    case note

    private var rank: Int { self == .error ? 0 : self == .warning ? 1 : 2 }

    /// The worst comes first.
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
  }

  /// What it is about.
  public enum Subject: Sendable, Equatable {
    /// The router as a whole, by its configured host.
    case router(String)
    case queue(String, wan: Identifier)
    /// A firewall rule, by its comment.
    case rule(String)
    /// A file or folder of this host.
    case path(String)
    /// A user of this host.
    case account(String)
    /// An address and port of this host, `127.0.0.1:9101`.
    case listener(String)
  }

  /// A value that was read, by the name it has where it stands.
  public struct Fact: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// A way to mend it: what to paste, and where.
  public enum Mending: Sendable, Equatable {
    /// Into the router's console.
    case router(String)
    /// Into a configuration file.
    case configuration(String, file: String)
    /// Into a shell of the host that runs wanctl.
    case host(String)
  }

  public var kind: FindingKind
  public var severity: Severity
  public var subject: Subject
  public var facts: [Fact]
  /// Why it matters: one sentence.
  public var reason: String
  /// In the order in which they are to be done, or from the best to the second best.
  public var mending: [Mending]

  public init(
    _ kind: FindingKind, _ severity: Severity, _ subject: Subject, facts: [Fact], reason: String,
    mending: [Mending]
  ) {
    self.kind = kind
    self.severity = severity
    self.subject = subject
    self.facts = facts
    self.reason = reason
    self.mending = mending
  }
}

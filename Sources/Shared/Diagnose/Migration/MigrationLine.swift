/// One thing of an installation of the original, and what becomes of it.
public struct MigrationLine: Sendable, Equatable {
  /// What becomes of it: a contract for programs.
  public enum Verdict: String, Sendable, CaseIterable {
    /// It is used as it is.
    case same
    /// It is used, and something is different from then on.
    case differs
    /// Something has to be done about it.
    case change
  }

  public var verdict: Verdict
  /// The path in the installation, `/etc/wanctl/wan1.yaml`.
  public var subject: String
  /// What is different, or that nothing is: one sentence.
  public var text: String
  public var mending: [Finding.Mending]

  init(
    _ verdict: Verdict, _ subject: String, _ text: String, mending: [Finding.Mending] = []
  ) {
    self.verdict = verdict
    self.subject = subject
    self.text = text
    self.mending = mending
  }
}

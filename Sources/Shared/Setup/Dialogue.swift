public import Model

/// Who answers the questions of a command: a person at a terminal, or nobody.
public protocol Dialogue: AnyObject {
  /// Something to read before the next question.
  func tell(_ text: String)

  /// Asks until `check` has nothing against the answer.
  ///
  /// - Parameters:
  ///   - flag: the option that gives the answer beforehand.
  ///   - fallback: what an empty answer means; nil = there has to be one.
  ///   - check: what is wrong with an answer; nil = nothing.
  func ask(
    _ question: String, flag: String, fallback: String?, check: (String) -> String?
  ) throws(DialogueFailure) -> String

  /// Asks for something that must not be seen.
  func askSecret(_ question: String, flag: String) throws(DialogueFailure) -> Secret

  /// Asks for a yes. Without a person it is never given.
  func confirm(_ question: String, flag: String) throws(DialogueFailure)
}

/// Why there is no answer.
public enum DialogueFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// Nobody can be asked, and this option was not given.
  case missing(flag: String)
  case invalid(flag: String, value: String, reason: String)
  case refused(String)
  /// The person went away (end of input, interrupt).
  case ended(isInterrupt: Bool)

  public var description: String {
    switch self {
    case .missing(let flag): "there is no terminal to ask at: give \(flag)"
    case .invalid(let flag, let value, let reason): "\(flag) '\(value)': \(reason)"
    case .refused(let what): "\(what): not accepted, so nothing was written"
    case .ended(let isInterrupt): isInterrupt ? "interrupted" : "the input has ended"
    }
  }
}

/// Nobody: only what options and defaults say.
public final class NoDialogue: Dialogue {
  private let remark: (String) -> Void

  /// - Parameter remark: takes what a person would read.
  public init(remark: @escaping (String) -> Void) { self.remark = remark }

  public func tell(_ text: String) { remark(text) }

  public func ask(
    _ question: String, flag: String, fallback: String?, check: (String) -> String?
  ) throws(DialogueFailure) -> String {
    guard let fallback else { throw .missing(flag: flag) }
    if let reason = check(fallback) {
      throw .invalid(flag: flag, value: fallback, reason: reason)
    }
    return fallback
  }

  public func askSecret(_ question: String, flag: String) throws(DialogueFailure) -> Secret {
    throw .missing(flag: flag)
  }

  public func confirm(_ question: String, flag: String) throws(DialogueFailure) {
    throw .missing(flag: flag)
  }
}

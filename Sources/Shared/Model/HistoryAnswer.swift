/// The answer to a request for rows of history.
public enum HistoryAnswer: Sendable, Equatable {
  /// A JSON text.
  case page(String)
  /// What is wrong with the request, in a sentence.
  case invalid(String)
  /// Why it cannot be answered now, in a sentence.
  case failed(String)
}

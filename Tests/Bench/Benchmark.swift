/// A hot path with the cost that we hold it to. A goal is told beside the result and never makes
/// the program fail: machines differ.
struct Benchmark: Sendable {
  /// One result.
  struct Row: Sendable {
    var operation: String
    var result: Result

    enum Result: Sendable {
      /// What an operation costs.
      case cost(Cost)
      /// Figures with their units, where a whole run is what is measured.
      case figures(String)
    }

    init(operation: String, cost: Cost) {
      self.operation = operation
      result = .cost(cost)
    }

    init(_ operation: String, _ figures: String) {
      self.operation = operation
      result = .figures(figures)
    }
  }

  var name: String
  var goal: String
  var run: @Sendable () throws -> [Row]

  init(name: String, goal: String, run: @escaping @Sendable () throws -> [Row]) {
    self.name = name
    self.goal = goal
    self.run = run
  }

  /// All sections in the order in which they are printed. Each has a file of its own.
  static let all: [Benchmark] = [
    .control, .engine, .steering, .records, .probe, .history, .historyStorage, .historyQueries,
  ]
}

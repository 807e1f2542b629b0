/// A hot path with the cost that we hold it to. A goal is told beside the result and never makes
/// the program fail: machines differ.
struct Benchmark: Sendable {
  /// One result: what an operation costs.
  struct Row: Sendable {
    var operation: String
    var cost: Cost
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
  static let all: [Benchmark] = [.control, .engine, .steering, .records, .probe, .history]
}

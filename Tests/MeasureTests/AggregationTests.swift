import Measure
import Model
import Testing

@Suite struct AggregationTests {
  @Test(
    arguments: [
      ([23.9, 25, 80.2], 25), ([24, 30, nil], 27), ([nil, 26.5, nil], 26.5),
      ([nil, nil, nil], nil),
      ([9, 9, 9, 1], 9), ([nil, 30, 10, 20], 20), ([nil, nil, 8, 4], 6),
    ] as [([Double?], Double?)])
  func medianOfTheFirstThreeThatAnswer(answers: [Double?], median: Double?) {
    let answers = answers.map { $0.map { Milliseconds($0) } }
    #expect(Aggregation.medianOfThree.measurement(of: answers)?.rawValue == median)
  }

  @Test func theFirstThatAnswersInConfiguredOrder() {
    let answers: [Milliseconds?] = [nil, Milliseconds(30), Milliseconds(10)]
    #expect(Aggregation.firstAnswer.measurement(of: answers) == Milliseconds(30))
    #expect(Aggregation.firstAnswer.measurement(of: [nil]) == nil)
  }
}

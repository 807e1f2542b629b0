public import Model

/// What a router answered to the questions of a probe. The document is described in wanctl-cake(8).
public struct ProbeReport: Sendable, Equatable {
  /// A request, and what came of it.
  public struct Exchange: Sendable, Equatable {
    public var request: String
    /// Of the request; empty = none.
    public var body: String
    /// Of HTTP, or the exit status of a line for the console; nil when no answer came.
    public var status: Int?
    /// The head of the answer, the status line first; of the console what it wrote as errors.
    public var headers: [String]
    public var answer: String
    public var took: Milliseconds
    /// Why no answer came.
    public var error: String?

    func write(to json: inout JSONWriter) {
      json.beginObject()
      json.field("request", request)
      if !body.isEmpty { json.field("body", body) }
      json.field("status", status)
      json.key("headers")
      json.beginArray()
      for line in headers { json.string(line) }
      json.endArray()
      json.field("answer", answer)
      json.key("took_ms")
      json.literal(fixed(took.rawValue, digits: 3))
      if let error { json.field("error", error) }
      json.endObject()
    }
  }

  /// A number that was measured, named with its unit.
  public struct Figure: Sendable, Equatable {
    public var name: String
    public var value: Double
  }

  /// A switch of the simulated router.
  public struct Setting: Sendable, Equatable {
    public var name: String
    public var value: String
  }

  public struct Answer: Sendable, Equatable {
    public var id: String
    public var question: String
    public var done: String
    public var exchanges: [Exchange] = []
    public var measured: [Figure] = []
    public var conclusion = "nothing could be concluded"
    public var setting: Setting?

    func write(to json: inout JSONWriter) {
      json.beginObject()
      json.field("id", id)
      json.field("question", question)
      json.field("done", done)
      json.key("exchanges")
      json.beginArray()
      for exchange in exchanges { exchange.write(to: &json) }
      json.endArray()
      json.key("measured")
      json.beginObject()
      for figure in measured {
        json.key(figure.name)
        json.literal(figure.value.isFinite ? shortestInteger(figure.value) : "null")
      }
      json.endObject()
      json.field("conclusion", conclusion)
      json.key("setting")
      if let setting {
        json.beginObject()
        json.field("name", setting.name)
        json.field("value", setting.value)
        json.endObject()
      } else {
        json.null()
      }
      json.endObject()
    }
  }

  public var time: UnixTime
  public var hasWriteTest: Bool
  public var isComplete = false
  /// Whether the limit is what it was; false only when a write test could not put it back.
  public var isRestored = true
  public var answers: [Answer] = []

  init(time: UnixTime, hasWriteTest: Bool) {
    self.time = time
    self.hasWriteTest = hasWriteTest
  }

  public func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("type", "probe")
    json.field("t", time)
    json.field("wanctl", wanctlVersion)
    json.field("write_test", hasWriteTest)
    json.field("complete", isComplete)
    json.field("restored", isRestored)
    json.key("questions")
    json.beginArray()
    for answer in answers { answer.write(to: &json) }
    json.endArray()
    json.endObject()
  }
}

import CYAML

/// What libyaml's parser reports, one piece after the other.
enum YAMLEvent {
  case streamStart
  case streamEnd
  case documentStart
  case documentEnd
  case alias(String)
  case scalar(anchor: String?, tag: String?, text: String, isPlain: Bool)
  case sequenceStart(anchor: String?, tag: String?)
  case sequenceEnd
  case mappingStart(anchor: String?, tag: String?)
  case mappingEnd
}

/// A text that is not YAML: what libyaml found, and where, both counted from 1.
struct YAMLSyntaxError: Error {
  var message: String
  var line: Int
  var column: Int
}

/// The one place that calls libyaml's parser.
struct YAMLEventReader: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  /// libyaml reads from it until the end; it does not copy.
  private let input: UnsafeMutableBufferPointer<UInt8>
  private var hasFailed = false

  init(_ bytes: [UInt8]) throws(YAMLSyntaxError) {
    parser = .allocate(capacity: 1)
    input = .allocate(capacity: bytes.count)
    _ = input.initialize(from: bytes)
    guard yaml_parser_initialize(parser) == 1 else {
      parser.deallocate()
      input.deallocate()
      throw YAMLSyntaxError(message: "out of memory", line: 1, column: 1)
    }
    yaml_parser_set_input_string(parser, UnsafePointer(input.baseAddress), bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  /// The next event and where it begins.
  mutating func next() throws(YAMLSyntaxError) -> (event: YAMLEvent, line: Int, column: Int) {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { yaml_event_delete(&event) }
    let line = Int(clamping: event.start_mark.line) + 1
    let column = Int(clamping: event.start_mark.column) + 1
    return (Self.translate(event), line, column)
  }

  private static func translate(_ event: yaml_event_t) -> YAMLEvent {
    switch event.type {
    case YAML_STREAM_START_EVENT: return .streamStart
    case YAML_DOCUMENT_START_EVENT: return .documentStart
    case YAML_DOCUMENT_END_EVENT: return .documentEnd
    case YAML_ALIAS_EVENT: return .alias(text(event.data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      return .scalar(
        anchor: text(scalar.anchor), tag: text(scalar.tag),
        text: String(decoding: bytes, as: UTF8.self), isPlain: scalar.plain_implicit != 0)
    case YAML_SEQUENCE_START_EVENT:
      let start = event.data.sequence_start
      return .sequenceStart(anchor: text(start.anchor), tag: text(start.tag))
    case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
    case YAML_MAPPING_START_EVENT:
      let start = event.data.mapping_start
      return .mappingStart(anchor: text(start.anchor), tag: text(start.tag))
    case YAML_MAPPING_END_EVENT: return .mappingEnd
    // Behind the end of the stream libyaml repeats an event without a type.
    default: return .streamEnd
    }
  }

  private static func text(_ bytes: UnsafePointer<UInt8>?) -> String? {
    bytes.map { String(cString: $0) }
  }

  private func failure() -> YAMLSyntaxError {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "not YAML"
    if parser.pointee.error == YAML_READER_ERROR {
      // The reader knows only how many bytes it had passed.
      let (line, column) = Self.position(after: input.prefix(parser.pointee.problem_offset))
      return YAMLSyntaxError(message: problem, line: line, column: column)
    }
    let context = parser.pointee.context.map { String(cString: $0) }
    let opened = Int(clamping: parser.pointee.context_mark.line) + 1
    let mark = parser.pointee.problem_mark
    var line = Int(clamping: mark.line) + 1
    var column = Int(clamping: mark.column) + 1
    if isPastTheEnd(mark) { (line, column) = Self.position(after: input.prefix(input.count)) }
    let began = context.map { " (\($0)" + (opened < line ? " from line \(opened))" : ")") } ?? ""
    return YAMLSyntaxError(message: problem + began, line: line, column: column)
  }

  /// libyaml puts the end of a last line without a line feed into a line that does not exist.
  private func isPastTheEnd(_ mark: yaml_mark_t) -> Bool {
    guard mark.column == 0, let last = input.last, last != UInt8(ascii: "\n"),
      last != UInt8(ascii: "\r")
    else { return false }
    return mark.index >= input.count { $0 & 0xC0 != 0x80 }
  }

  /// Line and column behind `passed`, in UTF-8.
  private static func position(
    after passed: Slice<UnsafeMutableBufferPointer<UInt8>>
  ) -> (line: Int, column: Int) {
    let start = passed.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? passed.startIndex
    let line = passed.count { $0 == UInt8(ascii: "\n") } + 1
    return (line, passed[start...].count { $0 & 0xC0 != 0x80 } + 1)
  }
}

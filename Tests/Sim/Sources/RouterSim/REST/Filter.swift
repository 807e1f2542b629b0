/// Which records and which of their properties a print shows.
struct Filter {
  /// Properties that must have exactly these values.
  var equals: [(name: String, value: String)] = []
  /// The words of `.query`, without the question mark of the API.
  var stack: [String] = []
  var properties: [String]?
  var countsOnly = false

  /// From the query of a GET.
  static func parse(query: Substring, plusIsSpace: Bool) throws(Refusal) -> Filter {
    var filter = Filter()
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Text.percentDecoded(parts[0], plusIsSpace: plusIsSpace),
        let value = Text.percentDecoded(
          parts.count > 1 ? parts[1] : "", plusIsSpace: plusIsSpace)
      else { throw .bad("invalid value for argument \(parts[0])") }
      if name == ".proplist" {
        filter.properties = value.split(separator: ",").map(String.init)
      } else {
        filter.equals.append((name, value))
      }
    }
    return filter
  }

  /// From the body of a POST print.
  static func parse(body: [JSON.Member]) throws(Refusal) -> Filter {
    var filter = Filter()
    for member in body {
      switch member.key {
      case ".proplist":
        filter.properties = try words(member.value, splitting: true, argument: member.key)
      case ".query": filter.stack = try words(member.value, argument: member.key)
      case "count-only": filter.countsOnly = member.value.flag ?? true
      case "stats", "detail", "without-paging": break
      default: throw .unknown(parameter: member.key)
      }
    }
    return filter
  }

  private static func words(
    _ value: JSON, splitting: Bool = false, argument: String
  ) throws(Refusal) -> [String] {
    if let text = value.text {
      return splitting ? text.split(separator: ",").map(String.init) : [text]
    }
    guard let elements = value.elements else { throw .invalid(argument: argument) }
    let words = elements.compactMap(\.text)
    guard words.count == elements.count else { throw .invalid(argument: argument) }
    return words
  }

  func matches(_ record: [String: String]) -> Bool {
    guard equals.allSatisfy({ record[$0.name] == $0.value }) else { return false }
    var results: [Bool] = []
    for word in stack {
      if word.hasPrefix("#") {
        for operation in word.dropFirst() { Filter.apply(operation, to: &results) }
      } else {
        results.append(Filter.test(word, record))
      }
    }
    return results.allSatisfy { $0 }
  }

  private static func apply(_ operation: Character, to results: inout [Bool]) {
    switch operation {
    case "!":
      if let top = results.popLast() { results.append(!top) }
    case "|", "&":
      guard let right = results.popLast(), let left = results.popLast() else { return }
      results.append(operation == "|" ? left || right : left && right)
    default: break
    }
  }

  private static func test(_ word: String, _ record: [String: String]) -> Bool {
    switch word.first {
    case "-": return record[String(word.dropFirst())] == nil
    case "<", ">":
      let parts = word.dropFirst().split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let found = record[String(parts[0])] else { return false }
      let wanted = String(parts[1])
      guard let a = Double(found), let b = Double(wanted) else {
        return word.hasPrefix("<") ? found < wanted : found > wanted
      }
      return word.hasPrefix("<") ? a < b : a > b
    default:
      let bare = word.hasPrefix("=") ? word.dropFirst() : Substring(word)
      let parts = bare.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return record[String(bare)] != nil }
      return record[String(parts[0])] == String(parts[1])
    }
  }

  /// The shown part of a record.
  func project(_ record: [String: String], keepingID: Bool) -> JSON {
    guard let properties else { return .sorted(record) }
    return .sorted(
      record.filter { properties.contains($0.key) || (keepingID && $0.key == ".id") })
  }
}

import Model
import Platform
import Router
import SSHClient

/// How the router's console answers over SSH.
extension RouterProbe {
  /// Runs a line and notes it; nil when there is no SSH.
  private func run(_ line: String, _ answer: inout ProbeReport.Answer) -> String? {
    if consoleObstacle == nil { consoleObstacle = RouterAccess(settings).obstacle(to: .ssh) }
    if let consoleObstacle {
      answer.conclusion = "not asked: \(redaction(consoleObstacle))"
      return nil
    }
    let start = Clock.monotonic()
    var exchange = ProbeReport.Exchange(
      request: redaction("EXEC \(line)"), body: "", status: nil, headers: [], answer: "",
      took: .zero)
    defer { answer.exchanges.append(exchange) }
    do throws(RouterFailure) {
      let reply = try console.send(line)
      exchange.took = Clock.monotonic() - start
      exchange.status = Int(reply.exitStatus)
      let output = String(decoding: reply.output, as: UTF8.self)
      exchange.answer = redaction(output)
      if !reply.errors.isEmpty {
        exchange.headers = ["stderr: \(redaction(String(decoding: reply.errors, as: UTF8.self)))"]
      }
      return output
    } catch {
      exchange.took = Clock.monotonic() - start
      exchange.error = redaction("\(error)")
      // Who was refused once is not to fill the router's log.
      consoleObstacle = error.message
      answer.conclusion = "not asked: \(redaction(error.message))"
      return nil
    }
  }

  /// What `print stats detail` shows of the queue that is looked at.
  private func printStatistics(_ answer: inout ProbeReport.Answer) -> String? {
    run("/queue tree print stats detail where name=\"\(queue)\"", &answer)
  }

  func askConsoleWidth() -> ProbeReport.Answer {
    var answer = begin(
      "console-width", "At which width does the console wrap lines over SSH?",
      done: "the statistics of \(queue) were printed")
    guard let text = printStatistics(&answer) else { return answer }
    switch ConsoleWidth(of: text) {
    case .unknown: break
    case .unlimited:
      answer.conclusion = "it does not"
      answer.setting = .init(name: "textWidth", value: "none")
    case .columns(let range):
      answer.measured = [
        .init(name: "columns_at_least", value: Double(range.lowerBound)),
        .init(name: "columns_at_most", value: Double(range.upperBound)),
      ]
      answer.conclusion = "at \(range.lowerBound) to \(range.upperBound) columns"
      let usual = 80
      answer.setting = .init(
        name: "textWidth", value: "\(range.contains(usual) ? usual : range.lowerBound)")
    }
    return answer
  }

  func askConsoleLegend() -> ProbeReport.Answer {
    var answer = begin(
      "console-legend", "How are the legends of flags written?",
      done: "\(queue) and mangle rules that do not exist were printed")
    // A comment that nobody has: the legend is printed all the same.
    let rules = "/ip firewall mangle print where comment=\"wanctl-probe-no-such-rule\""
    guard let queues = printStatistics(&answer), let rules = run(rules, &answer) else {
      return answer
    }
    let cases = [queues, rules].map { text -> String? in
      let legend = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Flags:") }
      return legend.map { $0.contains("DISABLED") ? "upper" : "lower" }
    }
    answer.conclusion =
      "\(cases[0] ?? "no legend") of queues, \(cases[1] ?? "no legend") of rules"
    switch (cases[0], cases[1]) {
    case ("lower", "upper"): answer.setting = .init(name: "legendCase", value: "mixed")
    case (let queues?, let rules?) where queues == rules:
      answer.setting = .init(name: "legendCase", value: queues)
    default: break
    }
    return answer
  }

  func askConsoleRates() -> ProbeReport.Answer {
    var answer = begin(
      "console-rates", "Do rates in statistics have units?",
      done: "the statistics of \(queue) were printed")
    guard let text = printStatistics(&answer) else { return answer }
    guard let rate = text.firstMatch(of: /(?:^|\s)rate=(\S+)/)?.output.1 else {
      answer.conclusion = "no rate is printed"
      return answer
    }
    let hasUnit = rate.hasSuffix("bps")
    answer.conclusion = hasUnit ? "yes" : "no"
    answer.setting = .init(name: "ratesWithSuffix", value: hasUnit ? "true" : "false")
    return answer
  }

  func askConsoleValues() -> ProbeReport.Answer {
    var answer = begin(
      "console-values", "Can values be read in forms for programs?",
      done: "\(queue) was read with as-value, and as JSON by :serialize")
    let row = "[/queue tree print as-value where name=\"\(queue)\"]"
    guard let values = run(":put \(row)", &answer),
      let json = run(":put [:serialize to=json value=\(row)]", &answer)
    else { return answer }
    answer.conclusion =
      "as-value: \(values.contains("name=\(queue)") ? "works" : "refused"); "
      + ":serialize: \(json.contains("\"\(queue)\"") ? "works" : "refused")"
    return answer
  }

  func askConsoleErrors() -> ProbeReport.Answer {
    var answer = begin(
      "console-errors", "How does the console say that something failed?",
      done: "a queue that does not exist was read")
    let line = ":put [/queue tree get [find name=\"wanctl-probe-no-such-queue\"] max-limit]"
    guard let text = run(line, &answer), let exchange = answer.exchanges.last else {
      return answer
    }
    let words = text.split(whereSeparator: \.isNewline).first.map { "'\($0)'" } ?? "nothing"
    answer.conclusion =
      "\(redaction(words)) on the standard output, "
      + (exchange.headers.isEmpty ? "nothing" : "something") + " on the other one, status "
      + "\(exchange.status ?? 0), lines end with \(text.contains("\r\n") ? "CR LF" : "LF")"
    return answer
  }
}

/// At how many columns a text was wrapped, as far as that can be seen.
enum ConsoleWidth: Equatable {
  /// Nothing was long enough.
  case unknown
  /// A line is longer than any terminal.
  case unlimited
  case columns(ClosedRange<Int>)

  /// - Parameter text: records of `print detail`, whose lines go on with an indented one.
  init(of text: String) {
    let lines = text.split(whereSeparator: \.isNewline).filter {
      !$0.hasPrefix("Flags:") && !$0.allSatisfy(\.isWhitespace)
    }
    let longest = lines.map(\.count).max() ?? 0
    var limit: Int?
    for (line, next) in zip(lines, lines.dropFirst()) where next.hasPrefix("    ") {
      // The first word of the next line and a blank had no place here.
      let words = next.drop(while: \.isWhitespace)
      guard let word = words.split(whereSeparator: \.isWhitespace).first,
        !words.hasPrefix(";;;"), !line.contains(";;;"),
        word.count(where: { $0 == "\"" }).isMultiple(of: 2)
      else { continue }
      let full = line.count + word.count
      limit = min(limit ?? full, full)
    }
    if let limit, limit >= longest {
      self = .columns(longest...limit)
    } else {
      self = longest > 150 ? .unlimited : .unknown
    }
  }
}

import ArgumentParser
import Commands
import Config
import Glibc
import History
import HistoryViews
import Terminal

/// Tells what happened in a stretch of time, WAN by WAN.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    _superCommandName: "wanctl-history",
    abstract: "Tell what happened: as text, as a page or as Markdown.")

  @OptionGroup var options: SurveyOptions

  @Option(
    help: ArgumentHelp(
      "Write one self-contained page; - is the standard output.", valueName: "FILE"),
    completion: .file(extensions: ["html"]))
  var html: String?

  @Flag(help: "Print Markdown, for issues and chats.")
  var markdown = false

  func run() throws {
    let range = options.range(default: 604_800)
    let (reader, source, settings) = try options.open()
    let report: HistoryReport
    do throws(SQLiteError) {
      report = try HistoryReport(
        reader, range: range, wan: options.wan, settings: settings, clock: .host, source: source)
    } catch {
      CommandEntry.writeRemark("\(error)")
      throw ExitCode.failure
    }
    if let html { try ViewOutput.write(report.html, to: html) }
    if markdown {
      try ViewOutput.write(report.markdown, to: "-")
    } else if html == nil {
      let environment = ProcessEnvironment.current()
      let palette = Palette(isTerminal: isTerminal(STDOUT_FILENO), environment: environment)
      let size = TerminalSize(descriptor: STDOUT_FILENO, environment: environment)
      try ViewOutput.write(report.text(columns: size.columns, palette), to: "-")
    }
  }
}

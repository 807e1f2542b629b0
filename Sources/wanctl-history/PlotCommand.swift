import ArgumentParser
import Commands
import Config
import Glibc
import History
import HistoryViews
import Model
import Terminal

/// Draws metrics over time.
struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    _superCommandName: "wanctl-history",
    abstract: "Draw latency, rates and states over time, in the terminal or as SVG.")

  @Argument(
    help: ArgumentHelp(
      "What to draw; default: RTT and baseline, both rates.", valueName: "METRIC"),
    completion: .custom { arguments, _, prefix in
      QueryDatabase.completions(of: .metric, arguments, prefix: prefix)
    })
  var metrics: [String] = []

  @OptionGroup var options: SurveyOptions

  @Option(help: ArgumentHelp("Columns; default: those of the terminal, else 80.", valueName: "N"))
  var width: Int?

  @Option(
    help: ArgumentHelp(
      "Rows for each WAN; default: those of the terminal, else 24.", valueName: "N"))
  var height: Int?

  @Option(
    help: ArgumentHelp(
      "Write a self-contained SVG instead; - is the standard output.", valueName: "FILE"),
    completion: .file(extensions: ["svg"]))
  var svg: String?

  func validate() throws {
    for (name, value) in [("--width", width), ("--height", height)] {
      if let value, !(1...1000).contains(value) {
        throw ValidationError("\(name) \(value) is not within 1 to 1000")
      }
    }
  }

  func run() throws {
    // A line of the shell stays below the plot.
    let terminal = TerminalSize(
      descriptor: STDOUT_FILENO, environment: ProcessEnvironment.current())
    let size = TerminalSize(
      columns: width ?? terminal.columns, rows: height ?? max(terminal.rows - 1, 1))
    let slots =
      svg == nil ? HistoryPlot.slots(columns: size.columns) : HistoryPlot.pictureSlots
    let axis = SlotAxis(options.range(default: 21_600), slots: slots)
    let names = metrics.isEmpty ? HistoryPlot.defaultMetrics : metrics.map { MetricName($0) }
    let (reader, _, settings) = try options.open()
    let survey: HistorySurvey
    do throws(SQLiteError) {
      survey = try HistorySurvey(
        reader, axis, metrics: names, wan: options.wan, settings: settings)
    } catch {
      CommandEntry.writeRemark("\(error)")
      throw ExitCode.failure
    }
    let plots = survey.wans.map { HistoryPlot($0, survey.axis, metrics: names, clock: .host) }
      .filter { !$0.panels.isEmpty }
    if survey.furtherWANs > 0 {
      CommandEntry.writeRemark(
        "\(survey.furtherWANs) more WANs are not drawn; --wan names the one to draw")
    }
    if let svg {
      try ViewOutput.write(
        HistoryPlot.svg(plots, title: "History of \(plots.map(\.wan).joined(separator: ", "))"),
        to: svg)
      return
    }
    guard !plots.isEmpty else {
      print("No data found for the specified time range.")
      return
    }
    let palette = Palette(
      isTerminal: isTerminal(STDOUT_FILENO), environment: ProcessEnvironment.current())
    for plot in plots { print(plot.frame(size).text(palette), terminator: "") }
  }
}

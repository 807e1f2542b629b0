import ArgumentParser
import Commands
import Config
import Glibc
import Model
import Platform
import Router
import Service
import Setup
import Terminal

/// Measures what a line carries, and at which rate its latency stays low.
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate", abstract: "Measure what a line carries with good latency.",
    discussion: """
      Loads the line, in both directions, for some minutes. The loop must not run meanwhile. The \
      limits of the queues are put back in any case; what a crash leaves is put back by the next \
      calibrate or run.
      """)

  @Option(help: ArgumentHelp("Configuration of the WAN.", valueName: "file"))
  var config: String?

  @Option(help: "Without --config: name of the WAN.")
  var wanName: String?

  @Option(help: ArgumentHelp("Without --config: the router.", valueName: "host"))
  var router: String?

  @Option(help: ArgumentHelp("Without --config: the user there.", valueName: "name"))
  var user = "admin"

  @Option(help: ArgumentHelp("Without --config: private key for SSH.", valueName: "file"))
  var sshKey: String?

  @Option(help: ArgumentHelp("Without --config: name of the queue.", valueName: "queue"))
  var downloadQueue: String?

  @Option(help: ArgumentHelp("Without --config: name of the queue.", valueName: "queue"))
  var uploadQueue: String?

  @Option(
    help: ArgumentHelp(
      "netperf:HOST, iperf3:HOST[:PORT], or a URL to download; default netperf.", valueName: "peer")
  )
  var peer: String?

  @Option(help: ArgumentHelp("netperf at this host, as --peer netperf:HOST.", valueName: "host"))
  var netperfHost = "netperf.bufferbloat.net"

  @Option(help: ArgumentHelp("With a URL: where to upload to.", valueName: "url"))
  var uploadUrl: String?

  @Option(help: ArgumentHelp("Who answers the probes.", valueName: "host"))
  var pingHost = "1.1.1.1"

  @Option(help: ArgumentHelp("Latency under load that is still good.", valueName: "ms"))
  var targetBloat = 10.0

  @Option(help: ArgumentHelp("How long one measurement loads the line.", valueName: "seconds"))
  var seconds = 15

  @Flag(help: "Take 90 % of what the line carries instead of searching.")
  var skipBinarySearch = false

  @Option(help: ArgumentHelp("Where the results go.", valueName: "folder"))
  var outputDir = "/etc/wanctl"

  @Option(help: ArgumentHelp("Without --config: folder of lock and journal.", valueName: "folder"))
  var runDirectory = "/run/wanctl"

  func validate() throws {
    if config == nil, wanName == nil || router == nil {
      throw ValidationError("give --config, or --wan-name and --router")
    }
    guard targetBloat > 0, targetBloat <= 1000 else {
      throw ValidationError("--target-bloat is from 0 to 1000 ms")
    }
    guard (2...300).contains(seconds) else {
      throw ValidationError("--seconds is from 2 to 300")
    }
    _ = try loadPeer()
  }

  private func loadPeer() throws -> LoadPeer {
    let text = peer ?? "netperf:\(netperfHost)"
    guard let peer = LoadPeer(parsing: text, upload: uploadUrl) else {
      throw ValidationError(
        "--peer: '\(text)' is not netperf:HOST, iperf3:HOST[:PORT] or a URL of http or https")
    }
    if let uploadUrl, LoadPeer(parsing: uploadUrl) == nil {
      throw ValidationError("--upload-url: '\(uploadUrl)' is no URL of http or https")
    }
    if !peer.loads(.upload), config == nil {
      throw ValidationError("a URL loads the download alone: give --upload-url too, or --config")
    }
    return peer
  }

  func run() throws {
    let stop = try StopRequest()
    var run = CalibrationRun(
      site: try site(), peer: try loadPeer(), pingHost: pingHost,
      calibration: Calibration(
        targetBloat: Milliseconds(targetBloat), skipsSearch: skipBinarySearch),
      seconds: seconds, remark: { CommandEntry.writeRemark("wanctl-loop: \($0)") },
      isStopped: { stop.isRequested })
    let isLive = isTerminal(STDERR_FILENO)
    let measured: (CalibrationResult, median: Milliseconds)
    do throws(CalibrationRun.Failure) {
      measured = try run.measure { text, isStep in
        // On a terminal one line that changes, else one line for each step.
        write(text + (isLive ? (isStep ? "\u{1B}[K\r" : "\u{1B}[K\n") : "\n"))
      }
    } catch .calibration(.interrupted) {
      CommandEntry.writeRemark("wanctl-loop: interrupted; the limits are as they were")
      throw ExitCode(130)
    } catch {
      CommandEntry.writeRemark("wanctl-loop: \(error)")
      throw ExitCode.failure
    }
    if isLive { write("\u{1B}[K") }
    try report(measured.0, median: measured.median)
  }

  /// Progress, on the standard error.
  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    // There is nobody left to tell when this fails.
    _ = try? bytes.withUnsafeBufferPointer { bytes throws(SystemError) in
      try writeAll(bytes, to: STDERR_FILENO)
    }
  }

  private func site() throws -> CalibrationSite {
    if let config {
      let result = ConfigFile.load(path: config, environment: environment).checkingStart()
      for finding in result.diagnostics { CommandEntry.writeRemark("\(finding)") }
      guard let settings = result.settings, result.runBlockers.isEmpty else {
        throw ExitCode.configuration
      }
      return CalibrationSite(settings, configuration: result)
    }
    let name = wanName ?? ""
    let cap = name.prefix(1).uppercased() + name.dropFirst().lowercased()
    guard let wan = try? Identifier(name),
      let download = try? Identifier(downloadQueue ?? "WAN-Download-\(cap)"),
      let upload = try? Identifier(uploadQueue ?? "WAN-Upload-\(cap)")
    else { throw ValidationError("a name has 1 to 64 letters, digits, '-', '_' and '.'") }
    let password = environment["ROUTER_PASSWORD"] ?? ""
    let settings = RouterSettings(
      host: router ?? "", user: user, password: Secret(password),
      transport: sshKey == nil && !password.isEmpty ? .rest : .ssh, sshKeyFile: sshKey ?? "")
    return CalibrationSite(
      wan: wan, router: settings, queues: PerDirection(download: download, upload: upload),
      lockFile: "\(runDirectory)/\(wan.text).lock")
  }

  private func report(_ result: CalibrationResult, median: Milliseconds) throws {
    let palette = Palette(isTerminal: isTerminal(STDOUT_FILENO), environment: environment)
    print(CalibrationText.report(result, median: median, palette))
    do throws(CalibrationFiles.Failure) {
      print(
        try CalibrationFiles(folder: outputDir).write(
          result, configuration: config, environment: environment), terminator: "")
    } catch {
      CommandEntry.writeRemark("wanctl-loop: \(error)")
      throw ExitCode.failure
    }
  }
}

import Alerts
import ArgumentParser
import Commands
import Config
import Model

/// Sends a test message, so that nobody learns on the worst day that alerts do not arrive.
struct AlertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alert", abstract: "Send a test message to the receiver of alerts.")

  @Option(
    help: ArgumentHelp("Configuration of a WAN, or of steering.", valueName: "file"))
  var config: String

  func run() throws {
    let loop = ConfigFile.load(path: config, environment: environment)
    let steering = SteeringConfigFile.load(path: config, environment: environment)
    let isSteering = !loop.isValid && steering.isValid
    guard loop.isValid || isSteering else {
      for finding in loop.diagnostics { CommandEntry.writeRemark("\(finding)") }
      throw ExitCode.configuration
    }
    guard let settings = isSteering ? steering.settings?.alerts : loop.settings?.alerts else {
      CommandEntry.writeRemark("\(config): alerts.enabled is not true: nobody would be told")
      throw ExitCode.configuration
    }
    let name = isSteering ? "steering" : loop.settings?.wan.text ?? ""
    let receiver: String
    do throws(Webhook.Failure) {
      receiver = try Webhook.test(settings, subject: name)
    } catch {
      CommandEntry.writeRemark("\(config): alerts: \(error)")
      throw ExitCode.failure
    }
    print("\(receiver) took the message (\(settings.format.rawValue))")
  }
}

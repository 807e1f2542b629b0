import ArgumentParser
import Commands
import Glibc
import History
import Model
import Platform

/// Does by hand what the daemons do every few minutes.
struct MaintainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "maintain",
    _superCommandName: "wanctl-history",
    abstract: "Sum old rows up to averages, and remove what is too old.")

  @OptionGroup var database: DatabaseOptions

  @Option(help: ArgumentHelp("Take this Unix time for now.", valueName: "epoch"))
  var now: Int64?

  @Option(
    help: ArgumentHelp(
      "Remove rows older than this; without it nothing is removed.", valueName: "days"))
  var retentionDays: Int?

  func validate() throws {
    if let retentionDays, !(1...730_000).contains(retentionDays) {
      throw ValidationError("--retention-days \(retentionDays) is not within 1 to 730000")
    }
  }

  func run() throws {
    let db = try database.resolve().path
    guard access(db, F_OK) == 0 else {
      throw fail("Database not found: \(db). Run wanctl to generate data.")
    }
    let result: MaintenancePass.Result?
    do throws(HistoryFailure) {
      result = try Maintenance.run(
        database: db, now: now ?? Clock.wall().wholeSeconds, retentionDays: retentionDays)
    } catch {
      throw fail("wanctl-history: \(error)")
    }
    guard let result else { throw fail("wanctl-history: another process maintains \(db) now") }
    print(
      """
      raw->1m: \(result.aggregates[.minute, default: 0])
      1m->5m: \(result.aggregates[.fiveMinutes, default: 0])
      5m->1h: \(result.aggregates[.hour, default: 0])
      removed: \(result.expiredRows)
      """)
  }

  private func fail(_ message: String) -> ExitCode {
    CommandEntry.writeRemark(message)
    return .failure
  }
}

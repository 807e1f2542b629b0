import Foundation
import TestSupport
import Testing

/// The examples of wanctl(7), run as they stand there. Only the folders are those of the test, and the
/// reflectors' addresses belong to the namespace.
@Suite struct ManualPipelineTests {
  private static let manual = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../man/wanctl.7").standardizedFileURL

  /// The literal blocks of the section EXAMPLES.
  static let examples: [String] = {
    let text = (try? String(contentsOf: manual, encoding: .utf8)) ?? ""
    let section = text.components(separatedBy: ".Sh EXAMPLES\n").last ?? ""
    return section.components(separatedBy: ".Bd -literal -offset indent\n").dropFirst().compactMap {
      $0.components(separatedBy: ".Ed\n").first
    }
  }()

  @Test func theManualHasExamples() {
    #expect(Self.examples.count >= 7)
  }

  @Test func examplesWorkWhenPasted() throws {
    let line = try SimulatedLine(
      scenario: """
        {"base_rtt_ms": 5, "download": {"capacity_mbps": 100, "load_mbps": 1},
         "upload": {"capacity_mbps": 20, "load_mbps": 1}}
        """)
    let folder = line.folder.path
    try SyntheticHistory(
      .raw2h, now: Int64(Date().timeIntervalSince1970), wans: ["wan1"], rate: 1
    ).write(to: folder + "/metrics.db")
    let file = line.folder.appending(path: "wan1.yaml")
    try String(contentsOf: file, encoding: .utf8)
      .replacing("[198.18.0.1, 198.18.0.2, 198.18.0.3]", with: "[1.1.1.1, 8.8.8.8, 9.9.9.9]")
      .write(to: file, atomically: true, encoding: .utf8)
    for example in Self.examples {
      let script = """
        set -e
        cd \(folder)
        PATH=\(Binaries.tools.path):$PATH
        for address in 1.1.1.1 8.8.8.8 9.9.9.9; do
          ip address replace $address/32 dev lo
        done
        wanctl-history() { command wanctl-history --db \(folder)/metrics.db "$@"; }
        """
      let pasted = example.replacing("/etc/wanctl/", with: folder + "/")
      // A pipeline fails with any of its parts.
      let shell = try line.start("/bin/bash", ["-c", "set -o pipefail\n\(script)\n\(pasted)"])
      #expect(shell.waitUntilExit(within: 60) == 0, "\(pasted)\(shell.remarks)")
      #expect(!shell.output.isEmpty, "\(pasted)")
      // Beside summaries there is nothing to say.
      #expect(!shell.remarks.contains("wanctl-loop: line"), "\(pasted)\(shell.remarks)")
    }
  }
}

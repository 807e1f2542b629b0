import Config
import Model
import Testing

/// The recordings hold each configuration twice: as the file and as what the original made of it.
/// Decisions are compared under the latter; here the file is shown to mean the same to us.
@Suite struct RecordedConfigurations {
  @Test(arguments: VectorFile.all("control") + VectorFile.all("apply"))
  func theFileMeansWhatTheDecisionsWereMadeBy(file: VectorFile) throws {
    if file.name.hasSuffix("fiber_below_bounds") {
      return exclude(
        file.testDescription,
        because: "bounds left to their defaults make room for the initial baseline")
    }
    let header = file.header
    let texts = try #require(
      header["configs"] as? [String] ?? (header["config"] as? String).map { [$0] })
    let meant = try #require(
      header["effective"] as? [VectorFile.Object]
        ?? (header["effective"] as? VectorFile.Object).map { [$0] })
    try #require(texts.count == meant.count)
    for (text, effective) in zip(texts, meant) {
      let result = ConfigFile.load(
        text: text.utf8, path: "\(file.name).yaml", environment: ["ROUTER_PASSWORD": "secret"])
      let findings = Comment(
        rawValue: result.diagnostics.map(\.description).joined(separator: "\n"))
      let settings = try #require(result.settings, findings)
      #expect(settings.control == Recorded.controlSettings(effective))
      #expect(settings.wan.text == effective["wan_name"] as? String)
      #expect(settings.stateFile == effective["state_file"] as? String)
      #expect(settings.probe.reflectors == effective["ping_hosts"] as? [String])
      #expect(
        settings.probe.usesMedianOfThree == Recorded.flag(effective, "use_median_of_three"))
      let fallback = Recorded.fallback(effective)
      #expect(settings.fallback.isEnabled == fallback.isEnabled)
      #expect(settings.fallback.checksGateway == fallback.checksGateway)
      #expect(settings.fallback.checksTCP == fallback.checksTCP)
      #expect(settings.fallback.mode == fallback.mode)
      #expect(settings.fallback.maximumCycles == fallback.maximumCycles)
    }
  }
}

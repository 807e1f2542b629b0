import Foundation
import Testing

/// The dashboard in a real browser.
@Suite(.serialized) struct DashboardTests {
  /// Looks until an expression is true in the page.
  private func holds(_ expression: String, in browser: Browser) -> Bool {
    eventually(within: 60) { (try? browser.evaluate(expression)) as? Bool == true }
  }

  @Test func itLoadsUpdatesAndSurvivesARestart() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "history-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let storage = "storage: {db_path: \(folder.path)/metrics.db}"
    let loop = try ObservedLoop(extra: storage)
    let browser = try Browser("http://\(loop.address)/")
    #expect(holds("document.querySelector('#wans h2')?.textContent === 'wan1'", in: browser))
    #expect(holds("state.wans.get('wan1').samples.length > 20", in: browser))
    let count = "state.wans.get('wan1').samples.at(-1)[0]"
    let before = try browser.evaluate(count) as? Double ?? 0
    #expect(holds("\(count) > \(before + 1000)", in: browser), "it goes on")
    #expect(holds("document.querySelectorAll('#log li').length > 0", in: browser))
    #expect(
      holds(
        "document.querySelector('#wans canvas').getContext('2d')"
          + ".getImageData(0, 0, 999, 99).data.some((value) => value > 0)", in: browser),
      "something is drawn")
    #expect(
      try browser.evaluate(
        "performance.getEntriesByType('resource').every((each) => each.name.startsWith(origin))")
        as? Bool == true, "nothing comes from elsewhere")

    _ = try browser.evaluate("document.querySelector('[data-range=\"6h\"]').click()")
    #expect(holds("state.stored.has('wan1')", in: browser), "history is loaded")
    _ = try browser.evaluate("document.querySelector('[data-range=\"live\"]').click()")

    loop.process.terminate()
    #expect(loop.process.waitUntilExit(within: 20) == 0)
    #expect(holds("document.querySelector('#health').className === 'pill lost'", in: browser))
    let second = try ObservedLoop.start(
      in: loop.folder, extra: storage, health: "{port: \(loop.port)}")
    defer { second.terminate() }
    #expect(
      holds(
        "document.querySelector('#health').className !== 'pill lost' && "
          + "state.wans.get('wan1').samples.length > 20", in: browser), "\(second.remarks)")
    #expect(try browser.evaluate("document.querySelectorAll('#wans section').length") as? Int == 1)
  }

  @Test func itAsksForTheToken() throws {
    let loop = try ObservedLoop(
      extra: "storage: {db_path: \"\"}", health: "{port: 0, token: t0ken}")
    let browser = try Browser("http://\(loop.address)/")
    #expect(holds("!document.querySelector('#login').hidden", in: browser))
    #expect(try browser.evaluate("state.wans.size") as? Int == 0)
    _ = try browser.evaluate(
      "document.querySelector('#token').value = 't0ken'; "
        + "document.querySelector('#login').requestSubmit()")
    #expect(holds("state.wans.size === 1 && document.querySelector('#login').hidden", in: browser))
  }
}

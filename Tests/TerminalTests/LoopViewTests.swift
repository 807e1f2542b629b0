import Model
import Testing

@testable import Terminal

@Suite struct LoopViewTests {
  private func rate(_ megabits: Double) -> BitsPerSecond {
    BitsPerSecond(Int64(megabits * 1e6))
  }

  /// A capacity that halves at second 20 and returns at 40, and a rate that follows it.
  private func view(seconds: Int, window: Double = 60_000) -> LoopView {
    var view = LoopView(
      title: "wanctl-loop simulate halves", summary: "the capacity halves under load",
      duration: Milliseconds(60_000), window: Milliseconds(window))
    view.figures = "added delay p50 0.5  p95 12.0  p99 60.0 ms"
    for cycle in 0..<(seconds * 20) {
      let time = Double(cycle) * 50
      let low = time >= 20_000 && time < 40_000
      let since = low ? (time - 20_000) / 1000 : 100
      let delta = since < 2 ? 60 * since * (2 - since) : 0.5
      let zone: Zone = delta > 45 ? .red : delta > 30 ? .softRed : delta > 12 ? .yellow : .green
      view.add(
        LoopView.Point(
          time: Milliseconds(time),
          rtt: cycle == 200 ? nil : Milliseconds(20 + delta), baseline: Milliseconds(20),
          delta: Milliseconds(delta), zones: PerDirection(download: zone, upload: .green),
          rates: PerDirection(
            download: rate(low ? max(48, 94 - 40 * since) : 95), upload: rate(19)),
          limits: PerDirection(
            download: rate(low ? max(48, 94 - 40 * since) : 94), upload: nil),
          capacities: PerDirection(download: rate(low ? 50 : 100), upload: rate(20)),
          carried: PerDirection(download: rate(low ? 48 : 94), upload: rate(0.6))))
    }
    return view
  }

  @Test func theViewIsAsDrawn() {
    let text = view(seconds: 45).frame(TerminalSize(columns: 80, rows: 24)).plainText
    #expect(text == Self.snapshot)
  }

  @Test(arguments: [(80, 24), (120, 50), (40, 16), (79, 20), (20, 5), (1, 1), (300, 100)])
  func everySizeIsFilledAndNotOverrun(columns: Int, rows: Int) {
    let frame = view(seconds: 30).frame(TerminalSize(columns: columns, rows: rows))
    #expect(frame.width == columns && frame.height == rows)
    if columns >= 40 && rows >= 7 { #expect(frame.plainText.contains("Upload")) }
    if columns >= 40 && rows >= 16 { #expect(frame.plainText.contains("●")) }
    // Without a point there is nothing to draw, and that is no error.
    let empty = LoopView(title: "t").frame(TerminalSize(columns: columns, rows: rows))
    #expect(empty.plainText.contains("t") || columns < 3)
  }

  @Test func theWindowMovesAndForgets() {
    let view = view(seconds: 300, window: 30_000)
    #expect(view.visible.count == 601)
    #expect(view.start == Milliseconds(269_950))
  }

  @Test func oddNumbersAreDrawnToo() {
    var view = LoopView(title: "odd", window: Milliseconds(-1))
    for rtt in [Double.infinity, .nan, -5, 1e300] {
      view.add(
        LoopView.Point(
          time: Milliseconds(0), rtt: Milliseconds(rtt), baseline: Milliseconds(rtt),
          delta: Milliseconds(rtt), zones: PerDirection(download: .red, upload: .green),
          rates: PerDirection(download: BitsPerSecond(.max), upload: .zero)))
    }
    #expect(view.frame(TerminalSize(columns: 80, rows: 24)).plainText.contains("odd"))
  }

  @Test func axesEndAtRoundNumbers() {
    #expect(
      [0, 0.07, 1, 1.1, 47, 50.1, 99, 940, 1e9, .nan, .infinity].map(LoopView.axisTop)
        == [1, 0.08, 1, 1.2, 50, 60, 100, 1000, 1e9, 1, 1])
  }

  private static let snapshot = """
     wanctl-loop simulate halves                                     00:45 of 01:00
     the capacity halves under load
     RTT       20.5 ms   baseline 20.0 ms   added +0.5 ms
        80│                        ⢰⢳
        ms│                        ⡼⢸⡀
          │                        ⡇ ⡇
          │                        ⡇ ⡇
          │⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠃─⠓⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒
         0│            ×
     Download  95.0 Mbit/s   router 94.0   capacity 100.0   carried 94.0    ● GREEN
       120│
      Mbit│⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉                        ⠉⠉⠉⠉⠉⠉
          │████████████████████████▁                       ██████
          │████████████████████████⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒██████
          │██████████████████████████████████████████████████████
         0│██████████████████████████████████████████████████████
     Upload    19.0 Mbit/s   capacity 20.0   carried 0.60                   ● GREEN
        25│⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀
      Mbit│██████████████████████████████████████████████████████
          │██████████████████████████████████████████████████████
         0│██████████████████████████████████████████████████████
           0 s         10 s        20 s        30 s        40 s        50 s     60 s
     added delay p50 0.5  p95 12.0  p99 60.0 ms
     ● GREEN  ● YELLOW  ● SOFT_RED  ● RED  ⠒⠒ capacity  ── baseline    any key ends

    """
}

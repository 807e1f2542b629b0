import Model
import Testing

@testable import Terminal

@Suite struct QueueViewTests {
  private func record(
    _ name: String, limit: Int64, rate: Int64? = nil, queued: Int64? = nil, leaf: String? = "cake",
    change: QueueRecord.Change? = nil, disabled: Bool = false, invalid: Bool = false
  ) -> QueueRecord {
    QueueRecord(
      time: UnixTime(microseconds: 0), wan: nil,
      row: QueueRow(
        name: name, maxLimit: BitsPerSecond(limit), rate: rate.map { BitsPerSecond($0) },
        queuedBytes: queued, isDisabled: disabled, isInvalid: invalid, leaf: leaf),
      change: change)
  }

  private var view: QueueView {
    var view = QueueView(
      title: "wanctl-cake  192.168.88.1 port 443",
      names: ["WAN-Download-1", "WAN-Upload-1", "scratch", "gone", "off"])
    for step in 1...30 {
      view.add([
        record(
          "WAN-Download-1", limit: 612_000_000, rate: Int64(step) * 20_400_000, queued: 2_754_000,
          change: .init(bytes: 76_500_000, packets: 54000, dropped: nil)),
        record(
          "WAN-Upload-1", limit: 35_500_000, rate: 48_213, queued: 0, leaf: "fq-codel",
          change: .init(bytes: 6000, packets: 41, dropped: 3)),
        record("scratch", limit: 0, leaf: nil),
        record("off", limit: 10_000_000, queued: 0, disabled: true),
      ])
    }
    return view
  }

  @Test func theRowsAreAsDrawn() {
    let text = view.heading(time: "TIME    ") + "\n" + view.rows(time: "23:31:14")
    #expect(
      text == """
        TIME      QUEUE           MAX-LIMIT       RATE     BACKLOG  LEAF            +BYTES   +PACKETS  +DROPPED
        23:31:14  WAN-Download-1       612M     612.0M     36.0 ms  cake          76500000      54000         -
        23:31:14  WAN-Upload-1       35500k       0.0M      0.0 ms  fq-codel          6000         41         3
        23:31:14  scratch         unlimited          -           -  -                    -          -         -
        23:31:14  off                   10M          -      0.0 ms  disabled             -          -         -

        """)
  }

  @Test func theScreenIsAsDrawn() {
    var view = view
    view.notice = "the router has no queue 'gone' any more"
    let text = view.frame(TerminalSize(columns: 100, rows: 16), time: "23:31:14").plainText
    let chart = String(repeating: " ", count: 52)
    #expect(
      text == """
         wanctl-cake  192.168.88.1 port 443                                                        23:31:14

         QUEUE           MAX-LIMIT       RATE     BACKLOG  LEAF            +BYTES   +PACKETS  +DROPPED
         WAN-Download-1       612M     612.0M     36.0 ms  cake          76500000      54000         -
         WAN-Upload-1       35500k       0.0M      0.0 ms  fq-codel          6000         41         3
         scratch         unlimited          -           -  -                    -          -         -
         gone
         off                   10M          -      0.0 ms  disabled             -          -         -

         WAN-Download-1  \(chart)▁▁▂▂▂▂▃▃▃▃▄▄▄▄▅▅▅▅▅▆▆▆▆▇▇▇▇███
         WAN-Upload-1    \(chart)▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
         scratch
         gone
         off

         the router has no queue 'gone' any more

        """)
  }

  @Test(arguments: [(1, 1), (20, 5), (80, 24), (300, 100)])
  func everySizeIsFilledAndNotOverrun(columns: Int, rows: Int) {
    let frame = view.frame(TerminalSize(columns: columns, rows: rows), time: "23:31:14")
    #expect(frame.width == columns && frame.height == rows)
    let empty = QueueView(title: "t", names: [])
    #expect(
      empty.frame(TerminalSize(columns: columns, rows: rows), time: "").plainText.contains("t")
        || columns < 3)
  }

  @Test func namesFromARouterCannotSteerTheTerminal() {
    var view = QueueView(title: "\u{1B}[2J", names: ["a\u{1B}[31mb"])
    view.add([record("a\u{1B}[31mb", limit: 1, leaf: "\u{7}")])
    #expect(!view.rows(time: "").contains("\u{1B}") && !view.rows(time: "").contains("\u{7}"))
    let frame = view.frame(.fallback, time: "")
    #expect(!frame.plainText.contains("\u{1B}"))
  }
}

import Model
import TestSupport
import Testing

@testable import Router

@Suite struct PrintTextTests {
  static let row = [
    "name": "WAN-Download-1", "parent": "bridge1", "packet-mark": "no-mark",
    "queue": "cake-down-wan1", "max-limit": "612M", "rate": "48.2Mbps", "packet-rate": "4211",
    "queued-bytes": "18168", "queued-packets": "12", "bytes": "272603902153",
    "packets": "184614358", "dropped": "0",
  ]

  /// Writes a row as some router would.
  static func text(
    _ row: [String: String], using random: inout SeededGenerator
  ) -> String {
    let end = Bool.random(using: &random) ? "\r\n" : " \r\n"
    let legend = [
      "Flags: X - disabled, I - invalid ", "Flags: X - DISABLED, I - INVALID; D - DYNAMIC",
    ]
    let width = Bool.random(using: &random) ? 80 : Int.max
    var lines = [legend.randomElement(using: &random)!]
    var line = " 0   "
    for (name, value) in row.shuffled(using: &random) {
      let isQuoted = name == "name" || Int.random(in: 0..<4, using: &random) == 0
      let property = isQuoted ? "\(name)=\"\(value)\"" : "\(name)=\(value)"
      if line.count + property.count > width {
        lines.append(line)
        line = "     "
      }
      line += property + " "
    }
    lines += [line, "", ""]
    let text = lines.joined(separator: end)
    return Bool.random(using: &random) ? text : text.replacing("\r", with: "")
  }

  @Test func everyLayoutIsTheSameRow() {
    for seed in UInt64(1)...500 {
      var random = SeededGenerator(seed: seed)
      let text = Self.text(Self.row, using: &random)
      let rows = PrintText.rows(text)
      #expect(rows == [PrintText.Row(properties: Self.row)], "seed \(seed): \(text)")
      if rows.count != 1 { return }
    }
  }

  @Test func flagsCommentsAndWarningsOfRules() {
    let rows = PrintText.rows(
      """
      Flags: X - DISABLED, I - INVALID; D - DYNAMIC
       0 I  ;;; infora-lb
            ;;; in/out-interface matcher not possible when interface (ether1) is slave
            chain=input action=mark-connection new-connection-mark=WAN1_conn
            passthrough=yes in-interface=ether1

       1 XD ;;; second
            chain=input

      12    chain=forward comment="a \\"b\\" \\5Bc\\_d"
      """)
    #expect(rows.map(\.comment) == ["infora-lb", "second", nil])
    #expect(rows.map(\.flags) == [["I"], ["X", "D"], []])
    #expect(rows[0].properties["in-interface"] == "ether1")
    #expect(rows[2].properties["comment"] == "a \"b\" [c d")
  }

  @Test func blanksBetweenThousandsBelongToTheNumber() {
    let rows = PrintText.rows(
      " 0 name=\"x\" bytes=272 603 902\n     153 packets=184 614 358 dropped=1 204 queued-bytes=12\n"
    )
    let row = rows.first?.properties
    #expect(rows.count == 1)
    #expect(row?["bytes"] == "272603902153" && row?["packets"] == "184614358")
    #expect(row?["dropped"] == "1204" && row?["queued-bytes"] == "12")
  }

  @Test func nothingMakesItStumble() {
    let pieces = [
      " 0 ", "1", "X", ";;;", "name=", "\"", "\\", "\\4", "\r\n", "\n", "     ", "=", "a=1",
      "272 603",
      "Flags:", "é", "\u{0}", "\t", "bytes=9",
    ]
    for seed in UInt64(1)...2000 {
      var random = SeededGenerator(seed: seed)
      let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in
        pieces.randomElement(using: &random)!
      }.joined()
      _ = PrintText.rows(text)
      _ = AsValueText.rows(text)
      _ = ConsoleText.lines(Array(text.utf8))
    }
  }
}

@Suite struct AsValueTextTests {
  @Test func rowsOfOneLineAndOfSeveral() {
    #expect(
      AsValueText.rows(".id=*1;name=a;x=1;.id=*2;name=b\n.id=*3;name=c;\n\n")
        == [
          [".id": "*1", "name": "a", "x": "1"], [".id": "*2", "name": "b"],
          [".id": "*3", "name": "c"],
        ])
    #expect(AsValueText.rows("") == [])
    #expect(AsValueText.rows("uptime=1w3d15:41:57;version=7.23.7 (long-term)")?.count == 1)
  }

  @Test func semicolonsInValuesStay() {
    #expect(
      AsValueText.rows(".id=*1;comment=a;b; c=d;policy=read;write;name=x")
        == [[".id": "*1", "comment": "a;b; c=d", "policy": "read;write", "name": "x"]])
    // A property that is there already is not told twice: this is text of the comment.
    #expect(
      AsValueText.rows(".id=*1;bytes=5;comment=;bytes=9;name=x")
        == [[".id": "*1", "bytes": "5", "comment": ";bytes=9", "name": "x"]])
  }

  @Test func whatIsNoRowIsNone() {
    for text in ["no such item", "expected end of command (line 1 column 26)", "612000000", ";"] {
      #expect(AsValueText.rows(text) == nil, "\(text)")
    }
  }
}

@Suite struct ConsoleErrorTests {
  @Test func valuesAreNoErrors() {
    for text in ["612000000", "MikroTik", "cake", "7.23.7 (long-term)", "1", "6d23h19m23s", "true"]
    {
      #expect(ConsoleError.failureClass(text) == nil, "\(text)")
    }
  }
}

import Foundation
import Model
import Testing

@testable import Terminal

@Suite struct FrameTests {
  @Test func textStandsWhereItIsPut() {
    var frame = Frame(width: 8, height: 2)
    let end = frame.put("ab", x: 1, y: 0)
    frame.put("xyz", endingAt: 8, y: 1)
    #expect(end == 3)
    #expect(frame.plainText == " ab\n     xyz\n")
  }

  @Test func whatIsOutsideIsCutOff() {
    var frame = Frame(width: 4, height: 1)
    frame.put("abcdef", x: -2, y: 0)
    frame.put("no", x: 0, y: 1)
    frame.put("no", x: 0, y: -1)
    #expect(frame.plainText == "cdef\n")
    #expect(Frame(width: -5, height: 1 << 40).plainText.count == 2 * 1000 - 1000)
  }

  @Test func nothingSteersTheTerminal() {
    var frame = Frame(width: 6, height: 1)
    frame.put("a\u{1B}[2", x: 0, y: 0)
    #expect(frame.plainText == "a\u{FFFD}[2\n")
    frame.put("漢", x: 0, y: 0)
    frame.put("e\u{301}\u{200D}x", x: 1, y: 0)
    #expect(!frame.plainText.unicodeScalars.contains("漢"))
  }

  @Test func aDrawingPaintsRunsOfOneStyle() {
    var frame = Frame(width: 6, height: 2)
    frame.put("ab", x: 0, y: 0, Style(.red, bold: true))
    frame.put("c", x: 3, y: 0, Style(.red, bold: true))
    frame.put("d", x: 4, y: 0)
    #expect(
      frame.drawing(Palette(isColored: true))
        == "\u{1B}[H\u{1B}[1;31mab c\u{1B}[0md\u{1B}[K\r\n\u{1B}[K\u{1B}[J")
    #expect(
      frame.drawing(Palette(isColored: false)) == "\u{1B}[Hab cd\u{1B}[K\r\n\u{1B}[K\u{1B}[J")
  }

  @Test func aPictureHasShapesAndEscapedText() throws {
    var frame = Frame(width: 10, height: 2)
    frame.put("<a & b>", x: 1, y: 0, Style(.green, bold: true))
    frame.put("█▁⠁⣿─│▔", x: 0, y: 1, Style(.blue))
    let picture = frame.svg(title: "1 < 2")
    #expect(picture.contains("<title>1 &lt; 2</title>"))
    #expect(picture.contains("&lt;a &amp; b&gt;"))
    #expect(picture.contains("font-weight=\"bold\""))
    #expect(!picture.contains("█") && !picture.contains("⣿"))
    // One dot and eight dots, two blocks, three lines.
    #expect(picture.components(separatedBy: "z").count - 1 >= 9 + 2 + 3)
    let depth = picture.components(separatedBy: "<text").count
    #expect(depth == picture.components(separatedBy: "</text>").count && depth == 2)
  }
}

@Suite struct PaletteTests {
  @Test(
    arguments: [
      (true, [:], true), (false, [:], false), (true, ["NO_COLOR": "1"], false),
      (true, ["NO_COLOR": ""], true), (true, ["TERM": "dumb"], false),
      (true, ["TERM": "xterm"], true),
    ] as [(Bool, [String: String], Bool)])
  func coloursBelongOnATerminal(
    isTerminal: Bool, environment: [String: String], expected: Bool
  ) {
    #expect(Palette(isTerminal: isTerminal, environment: environment).isColored == expected)
  }

  @Test func plainTextIsNotPainted() {
    let palette = Palette(isColored: true)
    #expect(palette.paint("x", .plain) == "x")
    #expect(palette.paint("x", Style(.orange)) == "\u{1B}[38;5;208mx\u{1B}[0m")
    #expect(Palette(isColored: false).paint("x", Style(.orange)) == "x")
  }

  @Test func everyZoneHasItsOwnInk() {
    #expect(Set(Zone.allCases.map { Ink($0) }).count == 4)
    #expect(Set(Ink.allCases.map(\.hexadecimal)).count == Ink.allCases.count)
    #expect(Set(Ink.allCases.map { $0.code ?? "" }).count == Ink.allCases.count)
  }
}

@Suite struct SparklineTests {
  @Test func valuesBecomeEighths() {
    #expect(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 7], columns: 8) == "▁▂▃▄▅▆▇█")
    #expect(Sparkline.text([5, 5], columns: 2) == "▁▁")
    #expect(Sparkline.text([5, 50], columns: 2, range: 0...10) == "▅█")
  }

  @Test func gapsAndFewValuesAreBlank() {
    #expect(Sparkline.text([1, nil, .nan, 2], columns: 5) == " ▁  █")
    #expect(Sparkline.text([], columns: 3) == "   ")
    #expect(Sparkline.text([nil], columns: 0) == "")
  }

  @Test func aPeakIsNeverCondensedAway() {
    var values = [Double?](repeating: 1, count: 1000)
    values[617] = 9
    let text = Sparkline.text(values, columns: 10)
    #expect(text == "▁▁▁▁▁▁█▁▁▁")
  }
}

@Suite struct BrailleTests {
  @Test func dotsLieAsUnicodeOrdersThem() {
    var canvas = BrailleCanvas(columns: 2, rows: 1)
    #expect(canvas.character(column: 0, row: 0) == nil)
    canvas.set(x: 0, y: 0)
    canvas.set(x: 1, y: 3)
    canvas.set(x: 9, y: 0)
    canvas.set(x: 0, y: -1)
    #expect(canvas.character(column: 0, row: 0) == "⢁")
    canvas.fill(x: 2, from: 5, to: -5)
    #expect(canvas.character(column: 1, row: 0) == "⡇")
    let all = BrailleCanvas.dots(ofPattern: 0xFF).map { [$0.x, $0.y] }
    #expect(Set(all).count == 8)
  }
}

@Suite struct TableTests {
  @Test func columnsAreAlignedByWidth() {
    var table = Table([.init("queue"), .init("rate", .right), .init("")])
    table.add(["漢字", "9", "x"])
    table.add(["a\u{1B}b", "1000"])
    table.add(["", "", "", "surplus"])
    #expect(table.text() == "queue  rate\n漢字      9  x\na\u{FFFD}b    1000\n\n")
    #expect(table.text(Palette(isColored: true)).hasPrefix("\u{1B}[1mqueue  rate\u{1B}[0m\n"))
    var bare = Table([.init(""), .init("")])
    bare.add(["a", "b"])
    #expect(bare.text() == "a  b\n")
  }

  @Test func widthsAreThoseOfATerminal() {
    #expect(displayWidth("abc") == 3)
    #expect(displayWidth("e\u{301}") == 1)
    #expect(displayWidth("漢字🎉") == 6)
    #expect(displayWidth("\u{200D}") == 0)
    #expect(printable("a\tb\u{9B}c") == "a\u{FFFD}b\u{FFFD}c")
  }
}

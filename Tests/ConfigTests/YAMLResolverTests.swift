import Testing

@testable import Config

/// What PyYAML's safe loader makes of a plain scalar, as observed with PyYAML 6.
@Suite struct YAMLResolverTests {
  @Test(arguments: [
    ("", YAMLValue.null), ("~", .null), ("null", .null), ("NULL", .null), ("nUll", .text("nUll")),
    ("yes", .flag(true)), ("Yes", .flag(true)), ("YES", .flag(true)), ("yEs", .text("yEs")),
    ("no", .flag(false)), ("off", .flag(false)), ("On", .flag(true)), ("True", .flag(true)),
    ("FALSE", .flag(false)), ("tRUE", .text("tRUE")), ("y", .text("y")), ("n", .text("n")),
    ("0", .integer(0)), ("12", .integer(12)), ("-12", .integer(-12)), ("+12", .integer(12)),
    ("010", .integer(8)), ("0454", .integer(300)), ("08", .text("08")), ("0_7", .integer(7)),
    ("0_", .integer(0)), ("0x10", .integer(16)), ("-0x1_F", .integer(-31)), ("0b11", .integer(3)),
    ("0o7", .text("0o7")), ("1_000", .integer(1000)), ("_1", .text("_1")),
    ("1:30", .integer(90)), ("-1:30", .integer(-90)), ("1:60", .text("1:60")),
    ("0:30", .text("0:30")), ("190:20:30", .integer(685230)),
    ("99999999999999999999", .integer(.max)), ("-99999999999999999999", .integer(-.max)),
    ("99999999999999999:59:59", .integer(.max)),
    ("1e3", .text("1e3")), ("1.0e3", .text("1.0e3")), ("1.0e+3", .number(1000)),
    ("1.5e-3", .number(0.0015)), ("1.e+3", .number(1000)), ("1.", .number(1)),
    (".5", .number(0.5)), ("-.5", .text("-.5")), ("+.5", .text("+.5")), ("._5", .text("._5")),
    (".", .text(".")), ("1_0.5_0", .number(10.5)), ("190:20:30.15", .number(685230.15)),
    ("-1:30.5", .number(-90.5)), (".inf", .number(.infinity)), ("-.INF", .number(-.infinity)),
    ("+.Inf", .number(.infinity)), (".iNf", .text(".iNf")), ("inf", .text("inf")),
    ("1.0e+999", .number(.infinity)), ("1.2.3", .text("1.2.3")), ("1.1.1.1", .text("1.1.1.1")),
    ("85%", .text("85%")), ("-", .text("-")), ("+", .text("+")), ("1a", .text("1a")),
    ("2026-01-01", .date("2026-01-01")), ("2026-1-1", .text("2026-1-1")),
    ("2026-1-1 1:00:00", .date("2026-1-1 1:00:00")),
    ("2026-01-01T10:00:00.5Z", .date("2026-01-01T10:00:00.5Z")),
    ("2026-01-01 10:00:00 +01:00", .date("2026-01-01 10:00:00 +01:00")),
    ("2026-01-01 10:00:00 -1", .date("2026-01-01 10:00:00 -1")),
    ("2026-01-01t10:00:00x", .text("2026-01-01t10:00:00x")), ("2026-01", .text("2026-01")),
  ])
  func plainScalars(text: String, expected: YAMLValue) throws {
    #expect(try YAMLResolver.plain(text) == expected)
    // In quotes everything is a text.
    #expect(try YAMLResolver.value(of: text, isPlain: false, tag: nil) == .text(text))
  }

  @Test func nan() throws {
    for text in [".nan", ".NaN", ".NAN"] {
      guard case .number(let number) = try YAMLResolver.plain(text) else {
        Issue.record("\(text) is no number")
        continue
      }
      #expect(number.isNaN)
    }
  }

  @Test(arguments: [
    ("str", "123", YAMLValue.text("123")), ("int", "010", .integer(8)),
    ("float", "1e3", .number(1000)),
    ("float", "5", .number(5)), ("float", ".5", .number(0.5)), ("bool", "YeS", .flag(true)),
    ("null", "x", .null), ("timestamp", "now", .date("now")), ("binary", "AA==", .binary),
  ])
  func explicitTags(tag: String, text: String, expected: YAMLValue) throws {
    let tag = "tag:yaml.org,2002:" + tag
    #expect(try YAMLResolver.value(of: text, isPlain: true, tag: tag) == expected)
    #expect(try YAMLResolver.value(of: text, isPlain: false, tag: tag) == expected)
  }

  @Test(arguments: [
    ("int", "1.5"), ("int", "x"), ("float", "x"), ("float", ""), ("bool", "maybe"),
    ("python/name:os.system", "x"),
  ])
  func refusedTags(tag: String, text: String) {
    #expect(throws: YAMLResolver.Failure.self) {
      try YAMLResolver.value(of: text, isPlain: true, tag: "tag:yaml.org,2002:" + tag)
    }
  }

  @Test(arguments: ["=", "<<", "0b_", "0x_", "-0x__"])
  func scalarsWithoutValue(text: String) {
    #expect(throws: YAMLResolver.Failure.self) { try YAMLResolver.plain(text) }
  }
}

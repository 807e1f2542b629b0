import Model
import Testing

@testable import Config

@Suite struct VariablesTests {
  private func replaced(
    _ yaml: String, _ environment: [String: String]
  ) throws -> YAMLScalar {
    let root = try #require(try YAMLComposer.compose(Array(yaml.utf8), file: "f").root)
    return try #require(try Variables(environment: environment).replaced(in: root).scalar)
  }

  @Test(arguments: [
    ("${A}", YAMLValue.integer(12)), ("\"${A}\"", .text("12")), ("'${A}'", .text("12")),
    ("x${A}y${B}z", .text("x12ysevenz")), ("${C:-5}", .integer(5)), ("${EMPTY:-5}", .integer(5)),
    ("${A:-5}", .integer(12)), ("${C:-}", .null), ("${EMPTY}", .null), ("${C:-yes}", .flag(true)),
    ("!!str ${A}", .text("12")), ("!!float \"${A}\"", .number(12)), ("!!int ${A}", .integer(12)),
    ("${C:-a:b-c}", .text("a:b-c")), ("0x${A}", .integer(0x12)),
    // What is no variable stays as it is.
    ("$A", .text("$A")), ("a$", .text("a$")), ("\"${\"", .text("${")), ("${}", .text("${}")),
    ("${1A}", .text("${1A}")), ("${A B}", .text("${A B}")), ("${A-5}", .text("${A-5}")),
    ("\"${A\"", .text("${A")), ("${x${A}", .text("${x12")),
  ])
  func values(yaml: String, expected: YAMLValue) throws {
    let scalar = try replaced(yaml, ["A": "12", "B": "seven", "EMPTY": ""])
    #expect(scalar.value == expected)
    #expect(scalar.unsetVariables.isEmpty)
  }

  @Test func namesStandInForWhatIsNotSet() throws {
    let scalar = try replaced("${A}-${B}-${C}-${A}", ["B": "b"])
    #expect(scalar.text == "A-b-C-A")
    #expect(scalar.unsetVariables == ["A", "C"])
    #expect(scalar.isSubstituted)
  }

  @Test func aValueThatYAMLRefusesIsNotShown() throws {
    do {
      _ = try replaced("!!int ${SECRET}", ["SECRET": "hunter2"])
      Issue.record("accepted")
    } catch let finding as ConfigDiagnostic {
      #expect(!finding.description.contains("hunter2"))
      #expect(finding.location.line == 1)
    }
  }

  @Test func numbersAndTextsInAFile() throws {
    let result = load(edited("user: wanctl", "user: wanctl\n  port: ${PORT}"))
    #expect(result.settings?.router.port == 8443)
    #expect(result.settings?.router.password == Secret("hunter2"))
    #expect(result.diagnostics.isEmpty)
    let quoted = load(edited("user: wanctl", "user: wanctl\n  port: \"${PORT}\""))
    #expect(
      quoted.errors.map(\.description) == [
        "wan1.yaml:5:9: router.port must be a whole number from 1 to 65535, "
          + "found the text \"8443\"; remove the quotes"
      ])
  }

  @Test func unsetVariablesAreWarningsThatPreventRun() throws {
    let result = load(edited("192.168.55.1", "${ROUTER}"))
    #expect(result.isValid)
    #expect(
      result.runBlockers.map(\.description) == [
        "wan1.yaml:3:9: warning: router.host: the environment has no ROUTER; "
          + "set it, or write ${ROUTER:-default}"
      ])
    #expect(load(edited("WAN-Upload-1", "WAN-${NAME}")).isValid)
  }

  @Test func anUnsetNumberHasItsDefaultOrIsMissing() throws {
    let optional = load(edited("factor_down: 0.85", "factor_down: 0.85\n    green_required: ${N}"))
    #expect(optional.settings?.control.download.greenRequired == 5)
    #expect(optional.runBlockers.count == 1)
    let required = load(edited("ceiling_mbps: 940", "ceiling_mbps: ${N}"))
    #expect(required.errors.map(\.reason) == [.missing])
    #expect(required.errors.first?.location.line == 14)
  }

  @Test func anUnsetPasswordMattersOnlyWhereItIsUsed() throws {
    let rest = load(validText, environment: [:])
    #expect(rest.isValid)
    #expect(rest.settings?.router.password.isEmpty == true)
    #expect(rest.runBlockers.count == 1)
    let ssh = load(
      edited("user: wanctl", "user: wanctl\n  transport: ssh\n  ssh_password: x"), environment: [:])
    #expect(ssh.isValid)
    #expect(ssh.warnings.contains { $0.reason == .unsetVariable })
    #expect(ssh.runBlockers.isEmpty)
    let sshPassword = load(
      edited("user: wanctl", "user: wanctl\n  transport: ssh\n  ssh_password: ${SSH}"))
    #expect(sshPassword.runBlockers.count == 1)
    let unused = load(edited("user: wanctl", "user: wanctl\n  ssh_password: ${SSH}"))
    #expect(unused.runBlockers.isEmpty)
  }

  @Test func insideOfBracketsAVariableNeedsQuotes() {
    let text = validText + "\nhealth_check: {token: "
    #expect(load(text + "${HOST}}").errors.map(\.reason) == [.syntax])
    #expect(load(text + "\"${HOST}\"}").settings?.health.token == Secret("r1.lan"))
  }

  @Test func unsetVariablesOfUnknownKeysDoNotMatter() {
    #expect(load(validText + "\nconfidence:\n  x: ${NOT_SET}").diagnostics.isEmpty)
  }
}

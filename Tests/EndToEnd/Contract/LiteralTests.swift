import Foundation
import Model
import Testing

@testable import Router

/// What a router tells, as it comes and as we understand it.
@Suite struct LiteralTests {
  /// Every value is a text, and nothing of a row is lost or changed by reading it.
  @Test func rowsAreWhatTheRouterSent() async throws {
    let menus = [
      RouterMenu.queueTree, .queueType, .mangle, .interfaces, .identity, .userGroups, .ssh,
    ]
    let told = try await aside {
      let bench = try ContractBench()
      let port = bench.port(over: .rest)
      return try menus.map { menu in
        let rows = try port.readRows(menu, properties: []).map(Self.json)
        let text = menu.isSingleton ? rows[0] : "[" + rows.joined(separator: ",") + "]"
        return (menu, ours: text, sent: try bench.router.rest(String(menu.restPath.dropFirst(6))))
      }
    }
    for (menu, ours, sent) in told { #expect(ours == sent, "\(menu)") }
  }

  /// A row as REST writes it: texts only, properties in the order of their bytes.
  private static func json(_ row: RouterRow) -> String {
    var json = JSONWriter(reserving: 1024)
    json.beginObject()
    for (key, value) in row.values.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    ) {
      json.field(key, value)
    }
    json.endObject()
    return json.withBytes { String(decoding: $0, as: UTF8.self) }
  }

  @Test func bothWaysTellTheSame() async throws {
    let menus = [RouterMenu.mangle, .queueType, .userGroups, .ipServices, .interfaces, .identity]
    let properties = ["name", "comment", "kind", "chain", "policy"]
    try await aside {
      let bench = try ContractBench()
      let (rest, ssh) = (bench.port(over: .rest), bench.port(over: .ssh))
      let names = [bench.download, try Identifier("Nobody"), try Identifier("WAN-Upload-1")]
      let rows = try ssh.readQueues(names)
      guard try rows == rest.readQueues(names), rows[0]?.queueType == "cake-down-wan1",
        rows[0]?.maxLimit == BitsPerSecond(800_000_000), rows[1] == nil
      else { throw Difference("\(rows)") }
      guard try ssh.queueNames() == rest.queueNames().sorted() else { throw Difference("names") }
      for (type, kind) in [("cake-down-wan1", "cake"), ("nothing", nil)] as [(String, String?)] {
        for port in [rest, ssh] where try port.leafKind(ofType: type) != kind {
          throw Difference("\(type) over \(port.transport)")
        }
      }
      for menu in menus {
        let told = try ssh.readRows(menu, properties: properties)
        guard try told == rest.readRows(menu, properties: properties) else {
          throw Difference("\(menu): \(told)")
        }
      }
      let (told, expected) = (try ssh.probe(), try rest.probe())
      guard told.name == expected.name, told.resource.version == expected.resource.version,
        told.resource.board == expected.resource.board, told.resource.uptime != nil,
        told.resource.sectorsWritten == expected.resource.sectorsWritten
      else { throw Difference("\(told)") }
    }
  }

  struct Difference: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
  }

  /// `disabled` is absent, `true` or `false`.
  @Test func rulesStandAsTheySay() async throws {
    let found = try await aside {
      let bench = try ContractBench()
      try bench.router.post(
        "/world", #"{"rows":{"ip/firewall/mangle":{"*1":{"comment":"never touched"}}}}"#)
      return try Transport.allCases.flatMap { way in
        let port = bench.port(over: way)
        return try [
          "never touched", "ADAPTIVE: Steer latency-sensitive to WAN2", "counted", "nobody",
        ].map { try port.ruleStatus(RuleComment($0)) }
      }
    }
    #expect(
      found == [.enabled, .disabled, .enabled, .missing, .enabled, .disabled, .enabled, .missing])
  }

  /// A queue that is not there, by its name and by the id that it had.
  @Test(arguments: Transport.allCases) func whatIsMissingIsMissing(way: Transport) async throws {
    let failures: [RouterFailure?] = try await aside {
      let bench = try ContractBench()
      let port = bench.port(over: way)
      guard try port.readQueues([Identifier("Nobody")]) == [nil] else { return [] }
      try port.setLimit(BitsPerSecond(5_000_000), of: bench.download)
      try bench.router.fault(
        #"{"fault":"V4","args":{"queue":"WAN-Download-1","kind":"deleted"}}"#)
      return [bench.download, try Identifier("Nobody")].map { queue -> RouterFailure? in
        do throws(RouterFailure) {
          try port.setLimit(BitsPerSecond(6_000_000), of: queue)
          return nil
        } catch { return error }
      }
    }
    #expect(failures.map { $0?.failureClass } == [.missing, .missing])
    #expect(failures.map { $0?.outcome } == [.notDone, .notDone])
  }

  /// What the console prints for people, where it has nothing better.
  @Test func printedStatisticsInEveryForm() async throws {
    let forms = [80, nil, 40].flatMap { width in
      ["mixed", "upper", "lower"].flatMap { legend in
        [false, true].flatMap { hasSuffix in
          [nil, 1, 7].map { piece in (width: width, legend, hasSuffix, piece: piece) }
        }
      }
    }
    let found = try await aside {
      let bench = try ContractBench()
      let names = [bench.download, try Identifier("WAN-Upload-1")]
      let expected = try bench.port(over: .rest).readQueues(names)
      let port = bench.port(over: .ssh)
      try bench.router.post(
        "/fault",
        #"{"fault":"S3","count":0,"match":{"body":"as-value"},"#
          + #""args":{"text":"bad parameter as-value (line 1 column 25)"}}"#)
      return try forms.map { form in
        let width = form.width.map { "\($0)" } ?? "\"none\""
        try bench.router.post(
          "/world",
          #"{"switches":{"textWidth":\#(width),"legendCase":"\#(form.1)","#
            + #""ratesWithSuffix":\#(form.2)}}"#)
        if let piece = form.piece {
          try bench.router.post("/fault", #"{"fault":"S7","args":{"bytes":\#(piece),"ms":0}}"#)
        }
        var rows = try port.readQueues(names)
        // A rate with a unit is rounded by the router; and nobody prints ids.
        for index in rows.indices {
          rows[index]?.id = expected[index]?.id
          if form.2 { rows[index]?.rate = expected[index]?.rate }
        }
        return (form, rows == expected)
      }
    }
    for (form, isEqual) in found { #expect(isEqual, "\(form)") }
  }
}

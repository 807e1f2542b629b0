/// One record of a menu. A reference, because the record is the same whatever its id or name become.
final class Row {
  var id: String
  /// Properties by their RouterOS names, in the form in which they read back.
  var values: [String: String]
  /// Traffic through a queue; nil for anything that is not a queue.
  var flow: Flow?

  init(id: String, values: [String: String], flow: Flow? = nil) {
    self.id = id
    self.values = values
    self.flow = flow
  }

  var name: String { values["name"] ?? "" }
}

/// A menu that holds records.
final class Table {
  /// Path below `/rest`, such as `queue/tree`.
  let path: String
  let properties: [String: Property]
  let commands: Set<String>
  var rows: [Row]
  private var nextID: UInt32

  init(
    path: String, properties: [String: Property], commands: Set<String>, firstID: UInt32 = 1,
    rows: [Row] = []
  ) {
    self.path = path
    self.properties = properties
    self.commands = commands
    self.rows = rows
    nextID = firstID
  }

  /// Whether records have unique names, by which a path may address them.
  var isNamed: Bool { properties["name"] != nil }

  func row(id: String) -> Row? { rows.first { $0.id == id } }
  func row(named name: String) -> Row? {
    isNamed ? rows.first { $0.name == name } : nil
  }

  func freshID() -> String {
    while row(id: Table.id(nextID)) != nil { nextID += 1 }
    defer { nextID += 1 }
    return Table.id(nextID)
  }

  static func id(_ number: UInt32) -> String {
    "*" + String(number, radix: 16, uppercase: true)
  }
}

import Glibc
import History
import Model
import TestSupport
import Testing

@Suite struct SQLiteTests {
  let folder: TemporaryFolder
  let database: SQLiteConnection

  init() throws {
    folder = try TemporaryFolder()
    database = try SQLiteConnection(path: folder.file("a.db"), access: .create)
    try database.execute("CREATE TABLE t (a INTEGER, b REAL, c TEXT)")
  }

  private func other(
    _ access: SQLiteConnection.Access = .readWrite, busyTimeout: Double = 0
  ) throws -> SQLiteConnection {
    try SQLiteConnection(
      path: folder.file("a.db"), access: access, busyTimeout: Milliseconds(busyTimeout))
  }

  @Test func valuesComeBackAsTheyWere() throws {
    let insertion = try database.prepare("INSERT INTO t VALUES (?, ?, ?)")
    let texts = ["", "plain", "Zürich \u{1F600}", "with\u{0}zero", nil]
    for (index, text) in texts.enumerated() {
      try insertion.bind(Int64.min + Int64(index), at: 1)
      try insertion.bind(index == 1 ? -Double.infinity : 0.1, at: 2)
      try insertion.bind(text, at: 3)
      try insertion.run()
    }
    #expect(database.changes == 1)
    let query = try database.prepare("SELECT a, b, c FROM t ORDER BY a")
    for (index, text) in texts.enumerated() {
      #expect(try query.step())
      #expect(query.integer(0) == Int64.min + Int64(index))
      #expect(query.real(1) == (index == 1 ? -Double.infinity : 0.1))
      #expect(query.text(2) == text)
      #expect(query.type(0) == .integer)
      #expect(query.type(1) == .real)
      #expect(query.type(2) == (text == nil ? .null : .text))
      #expect(query.withText(2) { $0?.count } == text?.utf8.count)
    }
    #expect(try !query.step())
    #expect(query.columnCount == 3)
    query.reset()
    #expect(try query.step())
  }

  @Test func aTransactionIsAllOrNothing() throws {
    struct Stop: Error {}
    try database.transaction { () throws(SQLiteError) in
      try database.execute("INSERT INTO t VALUES (1, 1, 'a')")
    }
    #expect(throws: SQLiteError.self) {
      try database.transaction { () throws(SQLiteError) in
        try database.execute("INSERT INTO t VALUES (2, 2, 'b')")
        try database.execute("INSERT INTO nowhere VALUES (1)")
      }
    }
    #expect(!database.isInTransaction)
    #expect(try database.integer("SELECT count(*) FROM t") == 1)
  }

  @Test func anErrorNamesFileOperationAndReason() throws {
    let error = #expect(throws: SQLiteError.self) {
      try database.prepare("SELECT x FROM nowhere")
    }
    #expect(error?.kind == .statement)
    #expect(
      error?.description
        == "\(folder.file("a.db")): prepare select: no such table: nowhere (SQLite 1)")
    try database.execute("CREATE TABLE u (a TEXT NOT NULL)")
    let insertion = try database.prepare("INSERT INTO u VALUES (?)")
    #expect(throws: SQLiteError.self) { try insertion.run() }
    #expect(throws: SQLiteError.self) { try insertion.bind("x", at: 2) }
    // The statement goes on after an error.
    try insertion.bind("x", at: 1)
    try insertion.run()
    #expect(try database.integer("SELECT count(*) FROM u") == 1)
  }

  @Test func whatCannotBeOpenedSaysWhy() throws {
    func kind(_ path: String, _ access: SQLiteConnection.Access) -> SQLiteError.Kind? {
      do {
        let connection = try SQLiteConnection(path: path, access: access)
        _ = try connection.integer("SELECT count(*) FROM sqlite_master")
        return nil
      } catch { return error.kind }
    }
    #expect(kind(folder.file("missing.db"), .readOnly) == .cannotOpen)
    #expect(kind(folder.file("missing.db"), .readWrite) == .cannotOpen)
    #expect(kind(folder.file("no/folder.db"), .create) == .cannotOpen)
    // SQLite finds out only when it reads.
    #expect(kind(folder.path, .readOnly) == .disk)
    try folder.write("this is no database, and long enough to be seen as none", to: "text.db")
    #expect(kind(folder.file("text.db"), .readOnly) == .corrupt)
    #expect(kind(folder.file("a.db"), .readOnly) == nil)
    do {
      _ = try SQLiteConnection(path: folder.file("no/folder.db"), access: .create)
      Issue.record("a file was made in a folder that is not there")
    } catch {
      #expect(error.systemCode == ENOENT)
      #expect(error.description.contains("No such file or directory"))
    }
  }

  @Test(arguments: ["a b.db", "50%.db", "what?.db", "#1.db", "file:x.db", "ü.db", "a%41?b=c.db"])
  func aPathIsTakenAsItIs(name: String) throws {
    let path = folder.file(name)
    do {
      let connection = try SQLiteConnection(path: path, access: .create)
      try connection.execute("CREATE TABLE here (a)")
    }
    #expect(try folder.names().contains(name))
    for access in [SQLiteConnection.Access.readOnly, .immutable] {
      let connection = try SQLiteConnection(path: path, access: access)
      #expect(try connection.integer("SELECT count(*) FROM here") == 0)
      let error = #expect(throws: SQLiteError.self) {
        try connection.execute("INSERT INTO here VALUES (1)")
      }
      #expect(error?.kind == .readOnly)
    }
  }

  @Test func aSecondWriterIsLockedOut() throws {
    try database.execute("BEGIN IMMEDIATE")
    let second = try other()
    let error = #expect(throws: SQLiteError.self) {
      try second.transaction { () throws(SQLiteError) in }
    }
    #expect(error?.kind == .locked)
    try database.execute("COMMIT")
    try second.transaction { () throws(SQLiteError) in
      try second.execute("INSERT INTO t VALUES (1, 2, 'three')")
    }
    #expect(try database.text("SELECT c FROM t") == "three")
  }

  @Test func aFileThatWentIsNoticed() throws {
    #expect(!database.hasMoved)
    unlink(folder.file("a.db"))
    #expect(database.hasMoved)
    _ = try other(.create).execute("CREATE TABLE t (a)")
    #expect(database.hasMoved)
  }

  @Test func theLogIsCutToNothing() throws {
    try database.execute("PRAGMA journal_mode = WAL")
    try database.execute("INSERT INTO t VALUES (1, 2, 'three')")
    func logBytes() -> Int {
      var status = stat()
      return stat(folder.file("a.db-wal"), &status) == 0 ? Int(status.st_size) : -1
    }
    #expect(logBytes() > 0)
    let reader = try other(.readOnly)
    try reader.execute("BEGIN; SELECT * FROM t")
    try database.execute("INSERT INTO t VALUES (4, 5, 'six')")
    // The reader still needs what is in the log.
    database.setBusyTimeout(.zero)
    #expect(try !database.checkpoint(.truncate))
    #expect(logBytes() > 0)
    try reader.execute("COMMIT")
    #expect(try database.checkpoint(.truncate))
    #expect(logBytes() == 0)
    #expect(try reader.integer("SELECT count(*) FROM t") == 2)
  }
}

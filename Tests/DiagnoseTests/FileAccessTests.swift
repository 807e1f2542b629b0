import Foundation
import Platform
import TestSupport
import Testing

@testable import Diagnose

/// What a service may do with files, whoever runs the tests.
@Suite struct FileAccessTests {
  private let folder: TemporaryFolder
  private let owner = Account.current
  /// Neither owner nor in a group of anything here.
  private let stranger = Account(
    name: "stranger", userID: 61_234, groupID: 61_234, groupIDs: [], home: "/nonexistent")

  init() throws {
    folder = try TemporaryFolder()
    try chmodes(folder.path, 0o755)
    try folder.write("x", to: "file")
  }

  private func chmodes(_ path: String, _ mode: Int) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  /// The owner by number, without the rights of root.
  private var plainOwner: Account {
    Account(
      name: owner.name, userID: owner.userID == 0 ? 61_235 : owner.userID,
      groupID: owner.groupID, groupIDs: owner.groupIDs, home: "/")
  }

  @Test(arguments: [(0o600, false), (0o640, false), (0o604, true), (0o000, false)])
  func othersGetTheirBits(mode: Int, isReadable: Bool) throws {
    try chmodes(folder.file("file"), mode)
    let verdict = FileAccess(account: stranger).verdict([.read], folder.file("file"))
    #expect((verdict == .granted) == isReadable)
  }

  @Test func theGroupGetsItsBits() throws {
    let group = try #require(FileFacts.at(folder.file("file"))?.groupID)
    var member = stranger
    member.groupIDs = [61_234, group]
    try chmodes(folder.file("file"), 0o640)
    #expect(FileAccess(account: member).verdict([.read], folder.file("file")) == .granted)
    #expect(FileAccess(account: member).verdict([.write], folder.file("file")) != .granted)
    // The group's bits count for its members, even where others get more.
    try chmodes(folder.file("file"), 0o604)
    #expect(FileAccess(account: member).verdict([.read], folder.file("file")) != .granted)
  }

  @Test func aFolderOnTheWayMustLetPass() throws {
    try chmodes(folder.file("file"), 0o644)
    try chmodes(folder.path, 0o750)
    let verdict = FileAccess(account: stranger).verdict([.read], folder.file("file"))
    guard case .denied(let place, let why) = verdict else {
      Issue.record("\(verdict)")
      return
    }
    #expect(place.hasSuffix(folder.path) && why.hasSuffix("0750"))
  }

  @Test func whatIsNotThereIsMissing() {
    let verdict = FileAccess(account: stranger).verdict([.read], folder.file("no/such/file"))
    #expect(verdict == .missing(folder.file("no")) || verdict == .missing("\(folder.path)/no"))
  }

  @Test func aLinkIsJudgedByWhereItLeads() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("closed"), withIntermediateDirectories: true)
    try folder.write("x", to: "closed/inside")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: folder.file("closed/inside"))
    try chmodes(folder.file("closed"), 0o700)
    #expect(FileAccess(account: stranger).verdict([.read], folder.file("link")) != .granted)
    try chmodes(folder.file("closed"), 0o755)
    #expect(FileAccess(account: stranger).verdict([.read], folder.file("link")) == .granted)
  }

  @Test func aFileOfSomebodyElseInAFolderOfOursIsFound() throws {
    // As root leaves it who runs the loop by hand.
    try chmodes(folder.path, 0o777)
    try chmodes(folder.file("file"), 0o600)
    let item = PathCheck(stranger).item(.create, folder.file("file"), name: "lock_file")
    #expect(item.findings.map(\.kind) == [.fileNotWritable])
    #expect(item.findings.first?.mending.isEmpty == false)
    try chmodes(folder.file("file"), 0o666)
    #expect(PathCheck(stranger).item(.create, folder.file("file"), name: "x").result == .ok)
  }

  @Test func aFolderThatIsNotThereIsMadeOrIsMissing() throws {
    try chmodes(folder.path, 0o777)
    let path = folder.file("new/deeper/file")
    #expect(PathCheck(stranger).item(.createWithFolder, path, name: "x").result == .ok)
    let missing = PathCheck(stranger).item(.create, path, name: "x")
    #expect(missing.findings.map(\.kind) == [.folderMissing])
    // systemd makes those of the unit.
    let unit = PathCheck(stranger, unitFolders: [folder.file("new/deeper")])
    #expect(unit.item(.create, path, name: "x").result == .ok)
    try chmodes(folder.path, 0o755)
    let denied = PathCheck(stranger).item(.create, folder.file("state"), name: "x")
    #expect(denied.findings.map(\.kind) == [.folderNotWritable])
  }

  @Test func aKeyThatOthersMayReadIsTold() throws {
    try chmodes(folder.file("file"), 0o644)
    let item = PathCheck(stranger).item(.readKey, folder.file("file"), name: "router.ssh_key")
    #expect(item.findings.map(\.kind) == [.secretExposed])
    let gone = PathCheck(stranger).item(.readKey, folder.file("gone"), name: "router.ssh_key")
    #expect(gone.findings.map(\.kind) == [.fileMissing] && gone.result == .error)
    let fallback = PathCheck(stranger).item(
      .readFallbackKey, folder.file("gone"), name: "router.ssh_key")
    #expect(fallback.findings.map(\.kind) == [.fileMissing] && fallback.result == .warning)
    let source = PathCheck(stranger).item(.follow, folder.file("gone"), name: "source")
    #expect(source.result == .warning)
  }

  @Test(arguments: [
    (0o640, 0, []), (0o644, 0, ["secret-exposed"]), (0o660, 0, ["secret-exposed"]),
    (0o600, 0, []),
  ])
  func secretsAreForTheServiceAlone(mode: Int, unset: Int, kinds: [String]) throws {
    try chmodes(folder.file("file"), mode)
    var service = stranger
    service.groupIDs.insert(try #require(FileFacts.at(folder.file("file"))?.groupID))
    service.userID = owner.userID
    let items = SecretsCheck(path: folder.file("file"), account: service).items(unset: [])
    #expect(items.flatMap(\.findings).map(\.kind.rawValue) == kinds)
  }

  @Test func wordsForAShellAreQuoted() {
    #expect(shellWord("/etc/wanctl/wan1.yaml") == "/etc/wanctl/wan1.yaml")
    #expect(shellWord("a b'c; rm -rf /") == "'a b'\\''c; rm -rf /'")
    #expect(shellWord("") == "''")
  }
}

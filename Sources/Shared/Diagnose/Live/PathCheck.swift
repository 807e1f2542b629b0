import Glibc
import Platform

/// Whether the service may do with its files and folders what it has to do.
struct PathCheck {
  enum Use {
    /// A file that must be there.
    case read
    /// The same, and nobody else may read it.
    case readKey
    /// The same, but the daemon does without.
    case readFallbackKey
    /// A file that is made in a folder which must be there.
    case create
    /// A file whose folder is made where it is missing.
    case createWithFolder
    /// The state of another daemon: it may not be there yet.
    case follow
  }

  let access: FileAccess
  let unitFolders: Set<String>

  /// Folders that systemd makes for our units when they start.
  static let unitFolders: Set<String> = ["/run/wanctl", "/var/lib/wanctl", "/var/log/wanctl"]

  init(_ account: Account, unitFolders: Set<String> = Self.unitFolders) {
    access = FileAccess(account: account)
    self.unitFolders = unitFolders
  }

  private var user: String { access.account.name }
  private var group: String { Account.groupName(access.account.groupID) }

  func item(_ use: Use, _ path: String, name: String) -> LiveItem {
    switch use {
    case .read, .readKey, .readFallbackKey, .follow: reading(use, path, name)
    case .create, .createWithFolder: writing(use, path, name)
    }
  }

  private func reading(_ use: Use, _ path: String, _ name: String) -> LiveItem {
    var findings: [Finding] = []
    switch access.verdict([.read], path) {
    case .granted: break
    case .missing(let place):
      findings.append(
        Finding(
          .fileMissing, use.isNeeded ? .error : .warning, .path(path),
          facts: [Finding.Fact("named by", name), Finding.Fact("missing", place)],
          reason: use.absence, mending: []))
    case .denied(let place, let why):
      findings.append(notReadable(use, path, name, place, why))
    case .unknown(let why): findings.append(unknown(path, name, why))
    }
    if use.isKey, let facts = FileFacts.at(path), facts.mode & 0o077 != 0 {
      findings.append(
        Finding(
          .secretExposed, .warning, .path(path),
          facts: [Finding.Fact("named by", name), Finding.Fact("mode", facts.text)],
          reason: "A private key is for its owner alone.",
          mending: [.host("chmod 0600 \(shellWord(path))")]))
    }
    return LiveItem(
      .file, path, FileFacts.at(path).map { "readable, \($0.text)" } ?? name, findings: findings)
  }

  private func notReadable(
    _ use: Use, _ path: String, _ name: String, _ place: String, _ why: String
  ) -> Finding {
    let isFolder = FileFacts.at(place)?.isFolder ?? false
    return Finding(
      .fileNotReadable, use.isNeeded ? .error : .warning, .path(path),
      facts: [
        Finding.Fact("named by", name), Finding.Fact(isFolder ? "folder" : "file", place),
        Finding.Fact("is", why),
      ],
      reason: "The service runs as \(user), who may not read it.",
      mending: [
        .host("chgrp \(shellWord(group)) \(shellWord(place))"),
        .host("chmod \(isFolder ? "g+x" : "g+r") \(shellWord(place))"),
      ])
  }

  private func writing(_ use: Use, _ path: String, _ name: String) -> LiveItem {
    let folder = Self.folder(of: path)
    var findings: [Finding] = []
    var detail = "folder writable"
    switch access.verdict([.read, .write, .search], folder) {
    case .granted: detail += FileFacts.at(folder).map { ", \($0.text)" } ?? ""
    case .missing(let place):
      if let finding = missing(folder, place, use, path, name) { findings.append(finding) }
      detail = "folder \(place) is made at the start"
    case .denied(let place, let why):
      findings.append(notWritable(place, why, path, name))
    case .unknown(let why): findings.append(unknown(path, name, why))
    }
    if findings.isEmpty, FileFacts.at(path) != nil {
      detail = "writable"
      switch access.verdict([.read, .write], path) {
      case .granted, .missing: break
      case .denied(let place, let why):
        findings.append(
          Finding(
            .fileNotWritable, .error, .path(path),
            facts: [
              Finding.Fact("named by", name), Finding.Fact("file", place), Finding.Fact("is", why),
            ],
            reason:
              "The service runs as \(user), who may not change it. Somebody else has made it, "
              + "as root does who runs the daemon by hand.",
            mending: [.host("chown \(shellWord(user)):\(shellWord(group)) \(shellWord(path))")]))
      case .unknown(let why): findings.append(unknown(path, name, why))
      }
    }
    return LiveItem(.file, path, detail, findings: findings)
  }

  /// nil when the folder is made without anybody's help.
  private func missing(
    _ folder: String, _ place: String, _ use: Use, _ path: String, _ name: String
  ) -> Finding? {
    if unitFolders.contains(folder) { return nil }
    if case .createWithFolder = use {
      let above = Self.folder(of: place)
      if access.verdict([.write, .search], above) == .granted { return nil }
    }
    return Finding(
      .folderMissing, .error, .path(path),
      facts: [Finding.Fact("named by", name), Finding.Fact("missing", place)],
      reason: "The service writes there, and cannot make it.",
      mending: [install(folder)])
  }

  private func notWritable(
    _ place: String, _ why: String, _ path: String, _ name: String
  ) -> Finding {
    Finding(
      .folderNotWritable, .error, .path(path),
      facts: [
        Finding.Fact("named by", name), Finding.Fact("folder", place), Finding.Fact("is", why),
      ],
      reason: "The service runs as \(user), who may not make files there.",
      mending: [install(place)])
  }

  private func unknown(_ path: String, _ name: String, _ why: String) -> Finding {
    Finding(
      .fileNotSeen, .note, .path(path),
      facts: [Finding.Fact("named by", name), Finding.Fact("why", why)],
      reason: "Whether \(user) may use it could not be seen; root sees more.", mending: [])
  }

  private func install(_ folder: String) -> Finding.Mending {
    .host(
      "install -d -o \(shellWord(user)) -g \(shellWord(group)) -m 0750 \(shellWord(folder))")
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

extension PathCheck.Use {
  /// Whether the daemon cannot do without it.
  fileprivate var isNeeded: Bool { self != .follow && self != .readFallbackKey }

  fileprivate var isKey: Bool { self == .readKey || self == .readFallbackKey }

  /// What it means that there is no such file.
  fileprivate var absence: String {
    switch self {
    case .follow:
      "The loop that writes it has not run yet, or writes elsewhere; steering has no baseline until "
        + "then."
    case .readFallbackKey: "When REST fails, SSH cannot take its place."
    default: "The daemon needs it, and it is not there."
    }
  }
}

import Config
import Glibc
import Platform

/// The files of an installation of the original below some folder: `/`, or a copy of another host.
struct Installation {
  /// Without a slash at its end; empty = this host.
  let root: String

  init(root: String) {
    var root = root
    while root.hasSuffix("/") { root.removeLast() }
    self.root = root
  }

  /// Whether its processes are those of this host.
  var isThisHost: Bool { root.isEmpty }

  /// Where a path of the installation is on this host.
  func place(_ path: String) -> String { root + path }

  func exists(_ path: String) -> Bool { FileFacts.at(place(path)) != nil }

  func text(_ path: String) -> String? {
    try? FileText.read(place(path), limit: 1 << 20)
  }

  /// The names in a folder, sorted; none when it cannot be read.
  func names(in folder: String) -> [String] {
    guard let stream = opendir(place(folder)) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  static let configurations = "/etc/wanctl"
  static let units = ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"]

  /// `/etc/wanctl/*.yaml`, by what they are for.
  var files: (loops: [String], steering: [String], others: [String]) {
    var loops: [String] = []
    var steering: [String] = []
    var others: [String] = []
    for name in names(in: Self.configurations) where name.hasSuffix(".yaml") {
      let path = "\(Self.configurations)/\(name)"
      let sections = Set(
        (text(path) ?? "").split(separator: "\n").compactMap { line -> Substring? in
          guard let colon = line.firstIndex(of: ":"), line.first?.isWhitespace == false else {
            return nil
          }
          return line[..<colon]
        })
      if sections.contains("topology") || sections.contains("mangle_rule")
        || sections.contains("steering")
      {
        steering.append(path)
      } else if sections.contains("continuous_monitoring") || sections.contains("extends") {
        loops.append(path)
      } else {
        others.append(path)
      }
    }
    return (loops, steering, others)
  }

  /// Whether there is anything of the original, or of us.
  var isThere: Bool {
    exists(Self.configurations) || exists("/opt/wanctl")
      || Self.units.contains { exists("\($0)/wanctl@.service") }
  }

  /// The variables of the units.
  var secrets: [String: String] {
    (try? EnvironmentFile.read(place("/etc/wanctl/secrets"))) ?? [:]
  }
}

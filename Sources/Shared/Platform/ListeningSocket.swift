import Glibc

/// Who listens on a TCP port of this host.
public struct ListeningSocket: Sendable, Equatable {
  public var processID: Int32
  /// Its arguments with blanks between them.
  public var command: String

  /// The first process found that listens on the port on any address.
  ///
  /// nil when there is none, or when this user may not look into the process that does.
  public static func holder(ofPort port: UInt16) -> ListeningSocket? {
    let inodes = ["/proc/net/tcp", "/proc/net/tcp6"].reduce(into: Set<Substring>()) {
      let table = (try? FileText.read($1, limit: 16 << 20)) ?? ""
      $0.formUnion(listening(in: table, port: port).map { Substring($0) })
    }
    guard !inodes.isEmpty else { return nil }
    for name in names(in: "/proc") {
      guard let process = Int32(name) else { continue }
      for descriptor in names(in: "/proc/\(process)/fd") {
        guard let target = link("/proc/\(process)/fd/\(descriptor)"),
          target.hasPrefix("socket:["), inodes.contains(target.dropFirst(8).dropLast())
        else { continue }
        let command = (try? FileText.read("/proc/\(process)/cmdline", limit: 4096)) ?? ""
        return ListeningSocket(
          processID: process, command: command.split(separator: "\0").joined(separator: " "))
      }
    }
    return nil
  }

  /// The inodes of the sockets of a table of `/proc/net` that listen on the port: its columns are
  /// number, local address, remote address, state (`0A` = listening), … and in the tenth the inode.
  static func listening(in table: String, port: UInt16) -> [String] {
    table.split(separator: "\n").compactMap { line in
      let columns = line.split(separator: " ")
      guard columns.count > 9, columns[3] == "0A",
        let colon = columns[1].lastIndex(of: ":"),
        UInt16(columns[1][columns[1].index(after: colon)...], radix: 16) == port
      else { return nil }
      return String(columns[9])
    }
  }

  private static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      names.append(name)
    }
    return names
  }

  private static func link(_ path: String) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let space = buffer.baseAddress else { return nil }
      let count = readlink(path, space, buffer.count)
      guard count > 0, count < buffer.count else { return nil }
      return String(
        decoding: UnsafeRawBufferPointer(start: space, count: count), as: UTF8.self)
    }
  }
}

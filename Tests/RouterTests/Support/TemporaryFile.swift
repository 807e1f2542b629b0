import Foundation

/// A file name in a folder of its own, removed at the end.
final class TemporaryFile {
  let folder: URL
  var path: String { folder.appendingPathComponent("file").path }

  init() {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "wanctl-\(UUID().uuidString)")
    try! FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var text: String? {
    get { try? String(contentsOfFile: path, encoding: .utf8) }
    set { try! Data((newValue ?? "").utf8).write(to: URL(fileURLWithPath: path)) }
  }
}

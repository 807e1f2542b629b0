public import Diagnose
public import Model

/// A download and an upload queue of one WAN.
public struct QueuePair: Sendable, Hashable {
  public var download: Identifier
  public var upload: Identifier

  public init(download: Identifier, upload: Identifier) {
    self.download = download
    self.upload = upload
  }

  /// The pairs among the queues of a router: two whose names differ only in the word for the
  /// direction. Pairs with CAKE leaves come first, then in the router's order.
  public static func proposed(_ queues: [TreeQueue], types: [QueueType]) -> [QueuePair] {
    let cakes = Set(types.filter { $0.kind == "cake" }.map(\.name))
    var found: [(pair: QueuePair, cakes: Int)] = []
    for download in queues {
      guard let stem = Stem(download.name), stem.direction == .download else { continue }
      let partner = queues.first { queue in
        guard let other = Stem(queue.name) else { return false }
        return other.direction == .upload && other.rest == stem.rest
          && other.isFullWord == stem.isFullWord
      }
      guard let upload = partner, let down = try? Identifier(download.name),
        let up = try? Identifier(upload.name)
      else { continue }
      let count = [download, upload].count { cakes.contains($0.queueType) }
      let pair = QueuePair(download: down, upload: up)
      if !found.contains(where: { $0.pair == pair }) { found.append((pair, count)) }
    }
    return found.enumerated()
      .sorted { ($1.element.cakes, $0.offset) < ($0.element.cakes, $1.offset) }
      .map(\.element.pair)
  }

  /// A queue's name without the word that tells its direction.
  private struct Stem {
    var direction: Direction
    var rest: String
    var isFullWord: Bool

    private static let words: [(word: String, direction: Direction, isFullWord: Bool)] = [
      ("download", .download, true), ("upload", .upload, true), ("down", .download, false),
      ("up", .upload, false), ("dl", .download, false), ("ul", .upload, false),
    ]

    /// nil when no part of the name is such a word.
    init?(_ name: String) {
      var parts = name.lowercased().split(
        omittingEmptySubsequences: false, whereSeparator: { "-_. ".contains($0) })
      for entry in Self.words {
        guard let index = parts.firstIndex(where: { $0 == entry.word }) else { continue }
        parts[index] = "*"
        direction = entry.direction
        rest = parts.joined(separator: "-")
        isFullWord = entry.isFullWord
        return
      }
      return nil
    }
  }
}

public import Model

/// Which troubles last, which were told, and what is to be told next: waiting times, cooldown,
/// grouping and recovery. Pure: time is an argument.
///
/// A condition is told when it has held for its waiting time without a break, and again only after
/// the cooldown. It is over when it has not held for `settling`; that is told when its beginning
/// was.
public struct AlertBook: Sendable {
  /// A trouble that comes back within this time was not over.
  public static let settling = Milliseconds(seconds: 15)
  /// More notices than this do not wait to be handed out; the oldest go.
  static let capacity = 100

  private struct Key: Hashable {
    var condition: AlertCondition
    var subject: String
  }

  private struct Entry {
    /// When it began to hold; nil while it does not.
    var began: MonotonicTime?
    var since: UnixTime
    var isTold = false
    /// When it ceased to hold after it was told.
    var ceased: MonotonicTime?
    var toldAt: MonotonicTime?
    /// Spells that lasted long enough and fell into the cooldown.
    var keptBack = 0
    var isKeptBack = false
  }

  private let cooldown: Milliseconds
  private let grouping: Milliseconds
  private let tellsRecovery: Bool
  private var entries: [Key: Entry] = [:]
  private var notices: [AlertNotice] = []
  private var groupBegan: MonotonicTime?
  /// Notices that went for newer ones.
  public private(set) var lostNotices = 0

  public init(_ settings: AlertSettings) {
    cooldown = settings.cooldown
    grouping = settings.grouping
    tellsRecovery = settings.tellsRecovery
  }

  /// Says whether a condition holds now. It has to be said again from time to time, changed or not.
  ///
  /// - Parameters:
  ///   - after: how long it must hold before it is told; nil = its rule is off.
  ///   - detail: what was seen; asked for when a notice is made of it.
  public mutating func observe(
    _ condition: AlertCondition, of subject: String, holds: Bool, after waiting: Milliseconds?,
    at now: MonotonicTime, wall: UnixTime, detail: () -> String
  ) {
    guard let waiting else { return }
    let key = Key(condition: condition, subject: subject)
    guard holds else {
      guard var entry = entries[key], entry.began != nil else { return }
      // Only what was told has an end to tell, and only that may come back in between.
      guard entry.isTold else {
        entry.began = nil
        entry.isKeptBack = false
        entries[key] = entry
        return
      }
      let ceased = entry.ceased ?? now
      entry.ceased = ceased
      if now - ceased >= Self.settling {
        if tellsRecovery {
          queue(
            AlertNotice(
              condition, subject: subject, status: .recovered, detail: detail(),
              since: entry.since, time: wall), at: now)
        }
        entry.began = nil
        entry.ceased = nil
        entry.isTold = false
      }
      entries[key] = entry
      return
    }
    var entry = entries[key] ?? Entry(since: wall)
    defer { entries[key] = entry }
    entry.ceased = nil
    if entry.began == nil {
      entry.began = now
      entry.since = wall
    }
    guard !entry.isTold, let began = entry.began, now - began >= waiting else { return }
    if let toldAt = entry.toldAt, now - toldAt < cooldown {
      if !entry.isKeptBack { entry.keptBack += 1 }
      entry.isKeptBack = true
      return
    }
    // What is told now is no longer one that was kept back.
    let repeats = entry.keptBack - (entry.isKeptBack ? 1 : 0)
    queue(
      AlertNotice(
        condition, subject: subject, status: .raised, detail: detail(), since: entry.since,
        time: wall, repeats: repeats), at: now)
    entry.isTold = true
    entry.toldAt = now
    entry.keptBack = 0
    entry.isKeptBack = false
  }

  /// The notices of a group whose time is over, oldest first; empty before.
  public mutating func due(at now: MonotonicTime) -> [AlertNotice] {
    guard let groupBegan, now - groupBegan >= grouping else { return [] }
    defer {
      notices.removeAll()
      self.groupBegan = nil
    }
    return notices
  }

  private mutating func queue(_ notice: AlertNotice, at now: MonotonicTime) {
    if notices.count == Self.capacity {
      notices.removeFirst()
      lostNotices += 1
    }
    notices.append(notice)
    if groupBegan == nil { groupBegan = now }
  }
}

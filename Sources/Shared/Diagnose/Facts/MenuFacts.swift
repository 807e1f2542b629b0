public import Model

/// A row of `/queue/tree`, as far as the checks want it.
public struct TreeQueue: Sendable, Equatable {
  public var name: String
  public var parent: String
  public var queueType: String
  /// Empty or `no-mark` where the queue takes packets without a mark.
  public var packetMark: String
  /// 0 = unlimited.
  public var maxLimit: BitsPerSecond
  /// Since boot or reset; nil where it is not told.
  public var bytes: Int64?
  public var isDisabled: Bool
  public var isInvalid: Bool

  public init(
    name: String, parent: String, queueType: String, packetMark: String = "",
    maxLimit: BitsPerSecond, bytes: Int64? = nil, isDisabled: Bool = false,
    isInvalid: Bool = false
  ) {
    self.name = name
    self.parent = parent
    self.queueType = queueType
    self.packetMark = packetMark
    self.maxLimit = maxLimit
    self.bytes = bytes
    self.isDisabled = isDisabled
    self.isInvalid = isInvalid
  }

  /// Whether the queue only gets packets that a mangle rule has marked.
  var needsMark: Bool { !packetMark.isEmpty && packetMark != "no-mark" }
}

/// A row of `/queue/type`.
public struct QueueType: Sendable, Equatable {
  public var name: String
  /// `cake`, `fq-codel`, `pfifo`, …
  public var kind: String
  /// `cake-bandwidth`; nil where the kind has none.
  public var bandwidth: BitsPerSecond?

  public init(name: String, kind: String, bandwidth: BitsPerSecond? = nil) {
    self.name = name
    self.kind = kind
    self.bandwidth = bandwidth
  }
}

/// The counters of an interface.
public struct InterfaceCounters: Sendable, Equatable {
  public var name: String
  /// Bytes that left by it since boot.
  public var sentBytes: Int64

  public init(name: String, sentBytes: Int64) {
    self.name = name
    self.sentBytes = sentBytes
  }
}

/// A rule of a firewall table.
public struct FirewallRule: Sendable, Equatable {
  public var id: String
  public var action: String
  public var comment: String
  /// `new-packet-mark`.
  public var packetMark: String?
  public var isDisabled: Bool
  /// Made by RouterOS itself: it cannot be changed.
  public var isDynamic: Bool

  public init(
    id: String, action: String, comment: String = "", packetMark: String? = nil,
    isDisabled: Bool = false, isDynamic: Bool = false
  ) {
    self.id = id
    self.action = action
    self.comment = comment
    self.packetMark = packetMark
    self.isDisabled = isDisabled
    self.isDynamic = isDynamic
  }
}

/// A row of `/user`.
public struct RouterUser: Sendable, Equatable {
  public var name: String
  public var group: String

  public init(name: String, group: String) {
    self.name = name
    self.group = group
  }
}

/// A row of `/user/group`.
public struct UserGroup: Sendable, Equatable {
  public var name: String
  /// What it allows, in the router's order; what it denies (`!write`) is left out.
  public var policies: [String]

  public init(name: String, policies: [String]) {
    self.name = name
    self.policies = policies
  }

  /// The groups that RouterOS comes with.
  var isBuiltIn: Bool { ["full", "read", "write"].contains(name) }
}

/// `/system/resource`, as far as the checks want it.
public struct RouterResourceFacts: Sendable, Equatable {
  /// E.g. `7.23.7 (long-term)`.
  public var version: String
  public var board: String
  public var uptime: Milliseconds?
  /// Sectors of the flash written since boot.
  public var sectorsWritten: Int64?
  /// 0…100, over all cores.
  public var processorLoad: Int?

  public init(
    version: String, board: String = "", uptime: Milliseconds? = nil, sectorsWritten: Int64? = nil,
    processorLoad: Int? = nil
  ) {
    self.version = version
    self.board = board
    self.uptime = uptime
    self.sectorsWritten = sectorsWritten
    self.processorLoad = processorLoad
  }
}

/// The router's clock beside that of this host, read at the same moment.
public struct ClockReading: Sendable, Equatable {
  public var router: UnixTime
  public var host: UnixTime
  /// How long the reading took: the offset is not known better than that.
  public var took: Milliseconds

  public init(router: UnixTime, host: UnixTime, took: Milliseconds = .zero) {
    self.router = router
    self.host = host
    self.took = took
  }

  /// How far the router is ahead; negative when it is behind.
  public var offset: Milliseconds { router - host }
}

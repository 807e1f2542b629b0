public import Model

/// A router as the thread that owns it sees it: each call blocks until the router has answered or
/// the operation's deadline has passed. One thread uses a port; only `interrupter` is for others.
///
/// Names reach a router only as `Identifier`, rates only as whole numbers.
public protocol RouterPort: AnyObject {
  /// The way that operations take at present.
  var transport: Transport { get }

  /// No operation is begun before this time; the caller waits. nil = at once.
  var notBefore: MonotonicTime? { get }

  /// What the port has to do beside operations; never waits. Called between two of them.
  ///
  /// - Returns: when to call it again at the latest; nil = with the next operation.
  func attend() -> MonotonicTime?

  /// How long to leave the router alone, beyond `notBefore`, after this failure without contact.
  ///
  /// - Parameter failures: of the outage so far, this one included.
  func pause(after failure: RouterFailure, failures: Int) -> Milliseconds

  /// Identity, version and uptime.
  func probe() throws(RouterFailure) -> RouterIdentity

  /// Uptime and what wears out.
  func readResource() throws(RouterFailure) -> RouterResource

  /// The rows of the named queues, in the order of `names`; nil for one that the router lacks.
  func readQueues(_ names: [Identifier]) throws(RouterFailure) -> [QueueRow?]

  /// The names of all queues of the router.
  func queueNames() throws(RouterFailure) -> [String]

  /// RouterOS's kind of a queue type: `cake`, `fq-codel`, …; nil when there is no such type.
  func leafKind(ofType queueType: String) throws(RouterFailure) -> String?

  /// Sets one queue's limit, and returns when the router has confirmed this limit for this queue.
  func setLimit(_ limit: BitsPerSecond, of queue: Identifier) throws(RouterFailure)

  /// How the rule of `/ip/firewall/mangle` with exactly this comment stands. Rules that the router
  /// made itself don't count.
  func ruleStatus(_ comment: RuleComment) throws(RouterFailure) -> RuleStatus

  /// Switches the rule, and returns when the router has confirmed it. A rule that stands as wanted
  /// is not written to; one that is missing (`.missing`) or has a twin (`.rejected`) is not touched.
  func setRule(_ comment: RuleComment, enabled: Bool) throws(RouterFailure)

  /// Removes the tracked IPv4 connections to or from these ports; returns how many.
  func flushConnections(ports: [UInt16]) throws(RouterFailure) -> Int

  /// All rows of a menu with the given properties, or with all when none is given; a singleton
  /// menu gives one row.
  func readRows(_ menu: RouterMenu, properties: [String]) throws(RouterFailure) -> [RouterRow]

  /// Closes the connection; the next operation opens a new one.
  func disconnect()

  /// Ends the operation under way, and every later one at once. May be called from any thread.
  var interrupter: @Sendable () -> Void { get }
}

extension RouterPort {
  public func attend() -> MonotonicTime? { nil }

  public func pause(after failure: RouterFailure, failures: Int) -> Milliseconds {
    FailureReaction.pause(after: failure.failureClass, failures: failures)
  }
}

/// Who a router says it is.
public struct RouterIdentity: Sendable, Equatable {
  /// `/system/identity`.
  public var name: String
  public var resource: RouterResource

  public init(name: String, resource: RouterResource) {
    self.name = name
    self.resource = resource
  }
}

/// What a router tells of itself in `/system/resource`.
public struct RouterResource: Sendable, Equatable {
  /// E.g. `7.23.7 (long-term)`.
  public var version: String
  public var board: String
  /// Since boot, in whole seconds.
  public var uptime: Milliseconds?
  /// Sectors of the flash that were written since boot.
  public var sectorsWritten: Int64?

  public init(
    version: String, board: String, uptime: Milliseconds?, sectorsWritten: Int64? = nil
  ) {
    self.version = version
    self.board = board
    self.uptime = uptime
    self.sectorsWritten = sectorsWritten
  }
}

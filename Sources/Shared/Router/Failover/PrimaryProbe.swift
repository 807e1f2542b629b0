import Model
import Platform
import Synchronization

/// Asks whether a way to the router works again, beside the operations on the other way.
protocol PrimaryProbe: AnyObject {
  /// Begins to ask; never waits.
  func begin()
  /// Whether the answer was good; nil while there is none. Once per `begin`.
  func take() -> Bool?
  /// Gives up what is under way; nothing is to be taken any more.
  func abandon()
  /// `abandon` for any thread, for good.
  var interrupter: @Sendable () -> Void { get }
}

/// A probe on a thread and a connection of its own, which both end with it.
final class BackgroundProbe: PrimaryProbe {
  /// The longest time that a probe may take.
  static let limit = Milliseconds(seconds: 2)

  private enum Result {
    case underWay
    case ended(isGood: Bool)
  }

  private struct State {
    /// Counts the probes: the answer to an abandoned one means nothing.
    var number = 0
    var result: Result?
    var interrupter: (@Sendable () -> Void)?
    var isEnded = false
  }

  /// Outlives the object while a thread is under way.
  private final class Shared: Sendable {
    let state = Mutex(State())

    func interrupt(forGood: Bool) {
      let interrupter = state.withLock { state in
        state.number += 1
        state.result = nil
        if forGood { state.isEnded = true }
        defer { state.interrupter = nil }
        return state.interrupter
      }
      interrupter?()
    }
  }

  private let shared = Shared()
  private let makePort: @Sendable () -> any RouterPort

  /// - Parameter makePort: a connection for one probe; it is made, used and ended on one thread.
  init(_ makePort: @escaping @Sendable () -> any RouterPort) { self.makePort = makePort }

  deinit { shared.interrupt(forGood: true) }

  func begin() {
    let number: Int? = shared.state.withLock { state in
      guard !state.isEnded else { return nil }
      state.number += 1
      state.result = .underWay
      return state.number
    }
    guard let number else { return }
    let (shared, makePort) = (shared, makePort)
    do throws(SystemError) {
      let thread = try Thread(name: "probe") {
        let port = makePort()
        let isWanted = shared.state.withLock { state in
          guard state.number == number else { return false }
          state.interrupter = port.interrupter
          return true
        }
        guard isWanted else { return }
        let isGood: Bool
        do throws(RouterFailure) {
          _ = try port.probe()
          isGood = true
        } catch { isGood = false }
        port.disconnect()
        shared.state.withLock { state in
          guard state.number == number else { return }
          state.interrupter = nil
          state.result = .ended(isGood: isGood)
        }
      }
      thread.detach()
    } catch {
      // No thread to be had is no sign of the router's health: the probe counts as failed.
      shared.state.withLock { $0.result = .ended(isGood: false) }
    }
  }

  func take() -> Bool? {
    shared.state.withLock { state in
      guard case .ended(let isGood) = state.result else { return nil }
      state.result = nil
      return isGood
    }
  }

  func abandon() { shared.interrupt(forGood: false) }

  var interrupter: @Sendable () -> Void {
    let shared = shared
    return { shared.interrupt(forGood: true) }
  }
}

import Glibc
import Platform

/// Reads a file of state, whatever a crash or another program may have left of it.
struct StoredState: Sendable {
  typealias Decode<State> = (
    _ bytes: [UInt8], _ defaults: State
  ) throws(JSONValue.SyntaxError) -> (state: State, findings: [StateFileFinding])

  /// A larger file is not ours.
  static let maximumBytes = 1 << 20

  let path: String

  private var backup: String { path + ".backup" }

  /// Reads the file, else the version before; a damaged file is moved to `<path>.corrupt`.
  /// - Parameter replacesMissing: the version before also stands in for a file that is not there.
  func load<State>(
    defaults: State, replacesMissing: Bool = false, decode: Decode<State>
  ) -> LoadedState<State> {
    switch read(path) {
    case .none:
      guard replacesMissing, let previous = previous(defaults: defaults, decode: decode) else {
        return LoadedState(state: defaults, isRestored: false, findings: [])
      }
      return previous
    case .unreadable(let reason):
      return LoadedState(
        state: defaults, isRestored: false, findings: [.unreadable(path: path, reason: reason)])
    case .bytes(let bytes):
      do throws(JSONValue.SyntaxError) {
        let (state, findings) = try decode(bytes, defaults)
        return LoadedState(state: state, isRestored: true, findings: findings)
      } catch {
        let damage = keepDamaged(because: error.description)
        var loaded =
          previous(defaults: defaults, decode: decode)
          ?? LoadedState(state: defaults, isRestored: false, findings: [])
        loaded.findings.insert(damage, at: 0)
        return loaded
      }
    }
  }

  /// Reads the file and leaves everything as it is.
  func peek<State>(defaults: State, decode: Decode<State>) -> LoadedState<State> {
    switch read(path) {
    case .none:
      let finding = StateFileFinding.unreadable(path: path, reason: "there is no such file")
      return LoadedState(state: defaults, isRestored: false, findings: [finding])
    case .unreadable(let reason):
      return LoadedState(
        state: defaults, isRestored: false, findings: [.unreadable(path: path, reason: reason)])
    case .bytes(let bytes):
      do throws(JSONValue.SyntaxError) {
        let (state, findings) = try decode(bytes, defaults)
        return LoadedState(state: state, isRestored: true, findings: findings)
      } catch {
        let finding = StateFileFinding.damaged(
          path: path, reason: error.description, keptAs: nil)
        return LoadedState(state: defaults, isRestored: false, findings: [finding])
      }
    }
  }

  private func keepDamaged(because reason: String) -> StateFileFinding {
    let corrupt = path + ".corrupt"
    let isKept = (try? File.rename(path, to: corrupt)) != nil
    return .damaged(path: path, reason: reason, keptAs: isKept ? corrupt : nil)
  }

  private func previous<State>(
    defaults: State, decode: Decode<State>
  ) -> LoadedState<State>? {
    guard case .bytes(let bytes) = read(backup),
      let (state, fields) = try? decode(bytes, defaults)
    else { return nil }
    return LoadedState(
      state: state, isRestored: true, findings: [.usedBackup(path: backup)] + fields)
  }

  private enum Content {
    case none
    case unreadable(String)
    case bytes([UInt8])
  }

  private func read(_ path: String) -> Content {
    do throws(SystemError) {
      let file = try File(path, flags: O_RDONLY | O_NONBLOCK)
      return .bytes(try file.read(limit: Self.maximumBytes + 1))
    } catch {
      return error.code == ENOENT ? .none : .unreadable(error.reason)
    }
  }
}

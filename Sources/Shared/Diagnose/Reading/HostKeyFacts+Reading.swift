public import Model
import Router
public import SSHClient

extension HostKeyFacts {
  /// Exchanges keys with the router, and sends neither a name nor a password.
  public init(examining settings: RouterSettings, knownHosts: KnownHosts = .standard) {
    do throws(RouterFailure) {
      let trust = try SSHTrust.examine(settings, knownHosts: knownHosts)
      let fingerprint = trust.key.fingerprint
      self =
        switch trust.standing {
        case .known: .trusted
        case .unknown: .unknown(fingerprint: fingerprint)
        case .changed(let place): .changed(fingerprint: fingerprint, place: "\(place)")
        case .revoked(let place): .changed(fingerprint: fingerprint, place: "\(place) (revoked)")
        }
    } catch {
      self = .unseen
    }
  }
}

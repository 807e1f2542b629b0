public import Model
import Platform
public import Router
public import Service

/// How steering is by what it leaves on this host: its lock, its state file, its transition log, and
/// the state file of the primary's loop. Nothing is changed by looking.
public struct SteeringOverview: Sendable, Equatable {
  /// As an exit status, like that of a Nagios plugin.
  public enum Health: Int32, Sendable, Comparable, CaseIterable {
    /// It runs, and the primary is good.
    case healthy = 0
    /// Connections are steered away, or something wants looking at.
    case degraded = 1
    /// It cannot steer.
    case unable = 2

    public var name: String { "\(self)" }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// Something that wants looking at.
  public struct Trouble: Sendable, Equatable {
    public var health: Health
    public var text: String

    public init(_ health: Health, _ text: String) {
      self.health = health
      self.text = text
    }
  }

  /// The rule of one target on the router.
  public struct Rule: Sendable, Equatable {
    public var target: String
    public var comment: RuleComment
    /// nil when the router did not tell.
    public var status: RuleStatus?

    public init(target: String, comment: RuleComment, status: RuleStatus?) {
      self.target = target
      self.comment = comment
      self.status = status
    }
  }

  public var time: UnixTime
  public var settings: SteeringControlSettings
  /// The process that holds the lock.
  public var processID: Int32?
  /// What would be gone on from; nil when there is no state file that can be read.
  public var state: SteeringState?
  public var savedAt: UnixTime?
  /// What the primary's loop says now; nil when that cannot be read.
  public var baseline: PublishedBaseline?
  /// The newest, oldest first.
  public var transitions: [SteeringTransition]
  /// nil unless the router was asked.
  public var rules: [Rule]?
  public var troubles: [Trouble]

  /// A state file of the primary's loop that is older tells nothing of now.
  public static let baselineStaleAfter = Milliseconds(seconds: 90)
  /// So is one of steering itself, while that lives.
  static let stateStaleAfter = Milliseconds(seconds: 15)

  public init(
    time: UnixTime, settings: SteeringControlSettings, processID: Int32? = nil,
    state: SteeringState? = nil, savedAt: UnixTime? = nil, baseline: PublishedBaseline? = nil,
    transitions: [SteeringTransition] = [], rules: [Rule]? = nil, troubles: [Trouble] = []
  ) {
    self.time = time
    self.settings = settings
    self.processID = processID
    self.state = state
    self.savedAt = savedAt
    self.baseline = baseline
    self.transitions = transitions
    self.rules = rules
    self.troubles = troubles
  }

  /// The worst of all that was found.
  public var health: Health {
    let steered: Health = isDegraded == true ? .degraded : .healthy
    return max(steered, troubles.map(\.health).max() ?? .healthy)
  }

  /// nil when that is not known.
  public var isDegraded: Bool? { state.flatMap { SteeringState.isDegraded($0.name) } }

  /// Where new connections that suffer from latency go; nil = by the primary.
  public var target: String? {
    guard isDegraded == true else { return nil }
    return state?.activeTarget ?? settings.targets.first?.name
  }

  /// Since when the state is what it is; nil when no file tells.
  public var since: UnixTime? {
    switch state?.lastTransition {
    case .at(let time): time
    case .text(let text): LocalTime.time(of: text)
    case nil: nil
    }
  }
}

extension SteeringOverview {
  /// Looks at the files of this host.
  ///
  /// - Parameter count: how many transitions.
  public init(of settings: SteeringSettings, transitions count: Int, at time: UnixTime) {
    self.init(time: time, settings: settings.control)
    lookAtDaemon(settings)
    lookAtState(settings)
    lookAtBaseline(settings)
    do throws(SystemError) {
      transitions = try TransitionLog(path: settings.transitionLog).newest(count)
    } catch {
      troubles.append(Trouble(.degraded, "the transition log: \(error)"))
    }
  }

  private mutating func lookAtDaemon(_ settings: SteeringSettings) {
    processID = InstanceLock.runningProcess(lockFile: settings.lockFile)
    if processID == nil {
      troubles.append(
        Trouble(.unable, "nobody steers: no live process holds \(settings.lockFile)"))
    }
  }

  private mutating func lookAtState(_ settings: SteeringSettings) {
    let file = SteeringStateFile(path: settings.stateFile)
    let loaded = file.peek(defaults: SteeringState(name: settings.control.goodName))
    savedAt = file.savedAt
    guard loaded.isRestored else {
      let reasons = loaded.findings.map { finding in
        if case .unreadable(let path, let reason) = finding {
          "\(path): \(reason)"
        } else {
          "\(finding)"
        }
      }
      troubles.append(Trouble(.unable, "no state: " + reasons.joined(separator: "; ")))
      return
    }
    state = loaded.state
    for finding in loaded.findings { troubles.append(Trouble(.degraded, "\(finding)")) }
    if processID != nil, let savedAt, time - savedAt > Self.stateStaleAfter {
      troubles.append(
        Trouble(
          .degraded, "\(settings.stateFile) was saved \(Self.duration(time - savedAt)) ago"))
    }
  }

  private mutating func lookAtBaseline(_ settings: SteeringSettings) {
    guard let path = settings.primarySources.stateFile else { return }
    do throws(PublishedBaseline.Obstacle) {
      let baseline = try PublishedBaseline.read(stateFile: path)
      self.baseline = baseline
      let bounds = settings.control.thresholds.baselineBounds
      if time - baseline.writtenAt > Self.baselineStaleAfter {
        let age = Self.duration(time - baseline.writtenAt)
        troubles.append(
          Trouble(
            .degraded,
            "the baseline is \(age) old: while its loop is silent no congestion is steered away from"
          ))
      }
      if !bounds.contains(baseline.baseline.rawValue) {
        troubles.append(
          Trouble(
            .degraded,
            "the baseline of \(fixed(baseline.baseline.rawValue, digits: 1)) ms lies outside "
              + "thresholds.baseline_rtt_bounds and is not used"))
      }
    } catch {
      let health: Health = state?.primary.baseline == nil ? .unable : .degraded
      troubles.append(Trouble(health, "no baseline: \(error)"))
    }
  }

  /// Asks the router how the rules stand, and holds them against the state.
  public mutating func ask(_ port: any RouterPort, about rules: [SteeringSettings.Rule]) {
    var found: [Rule] = []
    for rule in rules {
      var status: RuleStatus?
      do throws(RouterFailure) {
        status = try SteeringSwitch.read(rule.comment, from: port)
      } catch {
        troubles.append(Trouble(.unable, "\(error)"))
      }
      switch status {
      case .missing:
        troubles.append(
          Trouble(.unable, "the router has no rule with the comment '\(rule.comment)'"))
      case .ambiguous(let count):
        troubles.append(
          Trouble(.unable, "\(count) rules have the comment '\(rule.comment)'"))
      case .enabled where isDegraded != nil && target != rule.target:
        troubles.append(
          Trouble(.degraded, "the rule of \(rule.target) is on, and the state says otherwise"))
      case .disabled where isDegraded == true && target == rule.target:
        troubles.append(
          Trouble(.degraded, "the rule of \(rule.target) is off, and the state says otherwise"))
      case .enabled, .disabled, nil: break
      }
      found.append(Rule(target: rule.target, comment: rule.comment, status: status))
      // The others would have to wait for the same router.
      if status == nil { break }
    }
    self.rules = found
  }

  /// `97 s`, `13 min`, `5 h`, `4 days`: about so long.
  static func duration(_ time: Milliseconds) -> String {
    let seconds = max(0, time.seconds)
    return switch seconds {
    case ..<120: "\(fixed(seconds, digits: 0)) s"
    case ..<7200: "\(fixed(seconds / 60, digits: 0)) min"
    case ..<172_800: "\(fixed(seconds / 3600, digits: 0)) h"
    default: "\(fixed(seconds / 86_400, digits: 0)) days"
    }
  }
}

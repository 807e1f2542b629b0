import Logging
import Model

/// The lines of the confidence score, made of how its timers change from cycle to cycle.
struct ConfidenceBook {
  private let logger: Logger
  private var last: ConfidenceOpinion?

  init(logger: Logger) { self.logger = logger }

  mutating func take(_ decision: SteeringDecision, settings: SteeringControlSettings) {
    guard let opinion = decision.confidence else { return }
    defer { last = opinion }
    let before = last ?? ConfidenceOpinion()
    let score = "confidence=\(opinion.score.value)"
    let reasons = opinion.score.contributors.map(\.text).joined(separator: ", ")
    if let would = opinion.would { tell(would, opinion, "\(score) signals=[\(reasons)]") }
    tell("degrade_timer", before.degradeTimer, opinion.degradeTimer, "\(score) [\(reasons)]")
    tell("recovery_timer", before.recoveryTimer, opinion.recoveryTimer, score)
    switch (before.holdDown, opinion.holdDown) {
    case (nil, let left?): logger.info("[CONFIDENCE] hold_down_timer_start=\(seconds(left))")
    case (_?, nil): logger.info("[CONFIDENCE] hold_down_expired")
    default: break
    }
    if opinion.isFlapping != before.isFlapping {
      let flaps = settings.confidence?.flapDetection
      if opinion.isFlapping {
        logger.error(
          "[FLAP-BRAKE] ENGAGED: more than \(flaps?.maximumToggles ?? 0) changes in \(shortest(flaps?.windowMinutes ?? 0)) min"
        )
      } else {
        logger.warning("[FLAP-BRAKE] DISENGAGED")
      }
    }
  }

  private func tell(_ would: SteeringVerdict, _ opinion: ConfidenceOpinion, _ text: String) {
    guard opinion.decision == nil else {
      if would == .enable { logger.warning("[CONFIDENCE] degrade_timer expired: \(text)") }
      return
    }
    if would == .enable {
      logger.warning("[CONFIDENCE][DRY-RUN] WOULD_ENABLE_STEERING \(text)")
    } else {
      logger.info("[CONFIDENCE][DRY-RUN] WOULD_DISABLE_STEERING \(text)")
    }
  }

  private func tell(_ timer: String, _ before: Double?, _ now: Double?, _ text: String) {
    switch (before, now) {
    case (nil, let left?): logger.info("[CONFIDENCE] \(timer)_start=\(seconds(left)) \(text)")
    case (_?, let left?): logger.debug("[CONFIDENCE] \(timer)=\(seconds(left)) \(text)")
    case (_?, nil): logger.debug("[CONFIDENCE] \(timer)_reset \(text)")
    case (nil, nil): break
    }
  }

  private func seconds(_ value: Double) -> String { "\(fixed(value, digits: 2))s" }
}

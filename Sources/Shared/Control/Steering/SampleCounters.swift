import Model

/// Counts samples in a row: quick in, slow out. One contrary sample begins anew.
struct SampleCounters: Sendable {
  /// What one sample says of the primary.
  enum Sample: Sendable {
    case degraded
    case recovered
    case neither
  }

  var red = 0
  var good = 0
  var bad = 0

  /// Counts one sample.
  /// - Returns: what the counts ask for. They stand until that has worked, so that it is tried
  ///   again with the next sample of the kind.
  mutating func count(
    _ sample: Sample, isDegraded: Bool, settings: SteeringControlSettings
  ) -> SteeringAction.Kind? {
    let isCAKEAware = settings.isCAKEAware
    if isDegraded {
      self[degradingIn: isCAKEAware] = 0
      good = sample == .recovered ? good.counted : 0
      let limit = isCAKEAware ? settings.samples.green : settings.samples.good
      return sample == .recovered && good >= limit ? .disable : nil
    }
    good = 0
    let degrading = sample == .degraded ? self[degradingIn: isCAKEAware].counted : 0
    self[degradingIn: isCAKEAware] = degrading
    let limit = isCAKEAware ? settings.samples.red : settings.samples.bad
    return sample == .degraded && degrading >= limit ? .enable : nil
  }

  /// What the counts asked for has worked.
  mutating func changed(_ kind: SteeringAction.Kind, isCAKEAware: Bool) {
    switch kind {
    case .enable: self[degradingIn: isCAKEAware] = 0
    case .disable: good = 0
    }
  }

  /// The count that degrades: only that of the mode in use moves.
  private subscript(degradingIn isCAKEAware: Bool) -> Int {
    get { isCAKEAware ? red : bad }
    set { if isCAKEAware { red = newValue } else { bad = newValue } }
  }
}

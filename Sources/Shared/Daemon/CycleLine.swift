import Model

extension Decision {
  /// The log line of a cycle, as the original wrote it and its users' scripts read it.
  func line(wan: String) -> String {
    "\(wan): [\(directions.download.zone.name)/\(directions.upload.zone.name)] "
      + "RTT=\(fixed(rtt?.rawValue ?? load.rawValue, digits: 1))ms, "
      + "load_ewma=\(fixed(load.rawValue, digits: 1))ms, "
      + "baseline=\(fixed(baseline.rawValue, digits: 1))ms, "
      + "delta=\(fixed(delta.rawValue, digits: 1))ms | "
      + "DL=\(fixed(directions.download.rate.megabits, digits: 0))M, "
      + "UL=\(fixed(directions.upload.rate.megabits, digits: 0))M"
  }
}

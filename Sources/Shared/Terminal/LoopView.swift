public import Model

/// The live picture of one WAN: latency and both rates over the last minute, in the colours of
/// their zones. It is fed one point per cycle and draws itself on a frame.
public struct LoopView: Sendable {
  /// What is shown of one cycle.
  public struct Point: Sendable, Equatable {
    /// Since the beginning.
    public var time: Milliseconds
    /// nil = nothing answered.
    public var rtt: Milliseconds?
    public var baseline: Milliseconds
    /// The smoothed RTT less the baseline.
    public var delta: Milliseconds
    /// What the RTT would be if the limits had been left alone; nil where nobody knows.
    public var unmanaged: Milliseconds?
    public var zones: PerDirection<Zone>
    /// What was decided.
    public var rates: PerDirection<BitsPerSecond>
    /// What the router has, which follows as its writes allow; nil where nobody knows.
    public var limits: PerDirection<BitsPerSecond?>
    /// What the line could carry; nil where nobody knows.
    public var capacities: PerDirection<BitsPerSecond?>
    /// What the queue carries, averaged over a second.
    public var carried: PerDirection<BitsPerSecond?>

    public init(
      time: Milliseconds, rtt: Milliseconds?, baseline: Milliseconds, delta: Milliseconds,
      unmanaged: Milliseconds? = nil, zones: PerDirection<Zone>, rates: PerDirection<BitsPerSecond>,
      limits: PerDirection<BitsPerSecond?> = PerDirection(download: nil, upload: nil),
      capacities: PerDirection<BitsPerSecond?> = PerDirection(download: nil, upload: nil),
      carried: PerDirection<BitsPerSecond?> = PerDirection(download: nil, upload: nil)
    ) {
      self.time = time
      self.rtt = rtt
      self.baseline = baseline
      self.delta = delta
      self.unmanaged = unmanaged
      self.zones = zones
      self.rates = rates
      self.limits = limits
      self.capacities = capacities
      self.carried = carried
    }
  }

  public var title: String
  public var summary: String
  /// How long it will go on; nil = for ever.
  public var duration: Milliseconds?
  /// A line of figures below the charts.
  public var figures = ""
  /// The span of time that the charts show.
  public let window: Milliseconds
  private var points: [Point] = []
  private var first = 0

  /// - Parameter window: the time across the width of the charts, a second at least.
  public init(
    title: String, summary: String = "", duration: Milliseconds? = nil,
    window: Milliseconds = Milliseconds(60_000)
  ) {
    self.title = title
    self.summary = summary
    self.duration = duration
    self.window = max(window, Milliseconds(1000))
  }

  /// Takes the next point and forgets those that have left the window.
  /// A latency that is no number counts as lost.
  public mutating func add(_ point: Point) {
    func finite(_ value: Milliseconds) -> Milliseconds? { value.rawValue.isFinite ? value : nil }
    var point = point
    point.rtt = point.rtt.flatMap(finite)
    point.baseline = finite(point.baseline) ?? .zero
    point.delta = finite(point.delta) ?? .zero
    point.unmanaged = point.unmanaged.flatMap(finite)
    point.time = finite(point.time) ?? points.last?.time ?? .zero
    points.append(point)
    while first < points.count, points[first].time < point.time - window { first += 1 }
    if first > 4096 {
      points.removeFirst(first)
      first = 0
    }
  }

  /// The newest point.
  public var last: Point? { points.last }

  /// The points in the window.
  var visible: ArraySlice<Point> { points[first...] }

  /// When the left edge of the charts was: the beginning until the window is full.
  var start: Milliseconds {
    max(.zero, (points.last?.time ?? .zero) - window)
  }

  /// The view at a size. Below 80 by 24 less is shown, never nonsense.
  public func frame(_ size: TerminalSize) -> Frame {
    var frame = Frame(width: size.columns, height: size.rows)
    let last = points.last
    frame.put(title, x: 1, y: 0, Style(.white, bold: true))
    let clock = duration.map { "\(Self.clock(last?.time)) of \(Self.clock($0))" }
    frame.put(clock ?? Self.clock(last?.time), endingAt: frame.width - 1, y: 0, Style(.dim))
    frame.put(summary, x: 1, y: 1, Style(.dim))
    let rows = frame.height - 8
    guard rows >= 8, frame.width >= 40, let last else {
      if let last { putNumbers(last, on: &frame, y: 2) }
      return frame
    }
    let upload = rows / 4
    let download = rows * 3 / 8
    let latency = rows - upload - download
    var y = 2
    putLatencyHeading(last, on: &frame, y: y)
    drawLatency(on: &frame, top: y + 1, rows: latency)
    y += 1 + latency
    for (direction, height) in [(Direction.download, download), (.upload, upload)] {
      putHeading(direction, last, on: &frame, y: y)
      drawRates(direction, on: &frame, top: y + 1, rows: height)
      y += 1 + height
    }
    drawTimeAxis(on: &frame, y: y)
    frame.put(figures, x: 1, y: y + 1)
    putLegend(on: &frame, y: y + 2)
    return frame
  }

  /// Minutes and seconds.
  private static func clock(_ time: Milliseconds?) -> String {
    let seconds = Int(min(max((time ?? .zero).seconds, 0), 359_999).rounded())
    let rest = seconds % 60
    return "\(seconds / 60 < 10 ? "0" : "")\(seconds / 60):\(rest < 10 ? "0" : "")\(rest)"
  }
}

// MARK: - Words

extension LoopView {
  /// Where no chart has room.
  private func putNumbers(_ point: Point, on frame: inout Frame, y: Int) {
    putLatencyHeading(point, on: &frame, y: y)
    putHeading(.download, point, on: &frame, y: y + 1)
    putHeading(.upload, point, on: &frame, y: y + 2)
    frame.put(figures, x: 1, y: y + 3)
  }

  private func putLatencyHeading(_ point: Point, on frame: inout Frame, y: Int) {
    let zone = max(point.zones.download, point.zones.upload)
    var x = frame.put("RTT       ", x: 1, y: y, Style(.white, bold: true))
    let rtt = point.rtt.map { "\(fixed($0.rawValue, digits: 1)) ms" } ?? "lost"
    x = frame.put(rtt, x: x, y: y, Style(point.rtt == nil ? .red : Ink(zone), bold: true))
    x = frame.put(
      "   baseline \(fixed(point.baseline.rawValue, digits: 1)) ms   added ", x: x, y: y,
      Style(.dim))
    let sign = point.delta.rawValue >= 0 ? "+" : ""
    frame.put(
      "\(sign)\(fixed(point.delta.rawValue, digits: 1)) ms", x: x, y: y, Style(Ink(zone)))
    if let unmanaged = point.unmanaged {
      frame.put(
        "without wanctl \(fixed(unmanaged.rawValue, digits: 0)) ms", endingAt: frame.width - 1,
        y: y, Style(.dim))
    }
  }

  private func putHeading(
    _ direction: Direction, _ point: Point, on frame: inout Frame, y: Int
  ) {
    let zone = point.zones[direction]
    let name = direction == .download ? "Download  " : "Upload    "
    var x = frame.put(name, x: 1, y: y, Style(.white, bold: true))
    x = frame.put(
      "\(Self.rate(point.rates[direction])) Mbit/s", x: x, y: y, Style(Ink(zone), bold: true))
    if let limit = point.limits[direction] {
      x = frame.put("   router \(Self.rate(limit))", x: x, y: y, Style(.dim))
    }
    if let capacity = point.capacities[direction] {
      x = frame.put("   capacity \(Self.rate(capacity))", x: x, y: y, Style(.dim))
    }
    if let carried = point.carried[direction] {
      x = frame.put("   carried \(Self.rate(carried))", x: x, y: y, Style(.dim))
    }
    frame.put("● \(zone.name)", endingAt: frame.width - 1, y: y, Style(Ink(zone)))
  }

  /// Mbit/s with three digits or so.
  private static func rate(_ rate: BitsPerSecond) -> String {
    fixed(rate.megabits, digits: rate.megabits >= 1000 ? 0 : rate.megabits >= 10 ? 1 : 2)
  }

  private func putLegend(on frame: inout Frame, y: Int) {
    var x = 1
    for zone in Zone.allCases {
      x = frame.put("●", x: x, y: y, Style(Ink(zone)))
      x = frame.put(" \(zone.name)  ", x: x, y: y, Style(.dim))
    }
    if visible.contains(where: { $0.capacities.download != nil }) {
      x = frame.put("⠒⠒", x: x, y: y, Style(.white))
      x = frame.put(" capacity  ", x: x, y: y, Style(.dim))
    }
    x = frame.put("──", x: x, y: y, Style(.blue))
    frame.put(" baseline", x: x, y: y, Style(.dim))
    frame.put("any key ends", endingAt: frame.width - 1, y: y, Style(.dim))
  }
}

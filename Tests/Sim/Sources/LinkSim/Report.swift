import Glibc
import LineModel
import Model

/// The ground truth for tests: one JSON object per line.
struct Report: ~Copyable {
  private let descriptor: Int32
  var probes = 0
  var lost = 0
  private var json = JSONWriter()

  /// - Parameter output: a file, or `-` for standard output.
  init(to output: String) throws {
    descriptor =
      output == "-"
      ? 1
      : try SystemError.check("open \(output)") {
        open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
      }
  }

  /// The first line: packets are answered from now on, and the scenario begins.
  mutating func ready(device: String) {
    json.removeAll()
    json.beginObject()
    json.field("ready", true)
    json.field("device", device)
    json.field("prefix", "\(textIPv4(TunDevice.prefix))/\(TunDevice.prefixLength)")
    json.field("address", textIPv4(TunDevice.local))
    json.endObject()
    flush()
  }

  mutating func line(time: Milliseconds, truth: PerDirection<LinkTruth>) {
    json.removeAll()
    json.beginObject()
    json.field("t", Double(time.microseconds) / 1e6)
    for direction in Direction.allCases {
      let link = truth[direction]
      json.key(direction.name)
      json.beginObject()
      json.field("capacity_bps", link.capacity)
      json.field("load_bps", link.load)
      json.field("shaper_bps", link.shaper)
      json.field("backlog_bytes", link.bufferedBytes)
      json.field("delay_ms", link.bloat)
      json.field("carried_bytes", link.carriedBytes)
      json.endObject()
    }
    json.field("probes", probes)
    json.field("lost", lost)
    json.endObject()
    flush()
  }

  private mutating func flush() {
    json.newline()
    // Nobody may read any more (SIGPIPE is ignored then): the line goes on.
    json.withBytes { _ = write(descriptor, $0.baseAddress, $0.count) }
  }
}

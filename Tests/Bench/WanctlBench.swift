import Glibc
import Model

/// Measures the hot paths: `wanctl-bench [NAME…]`. Not installed; `make bench` runs it.
///
/// CPU time is that of the thread (`CLOCK_THREAD_CPUTIME_ID`), so that other processes disturb it
/// little; allocations are counted by a malloc of our own in front of that of the C library.
@main
struct WanctlBench {
  static func main() {
    let wanted = CommandLine.arguments.dropFirst()
    for name in wanted where !Benchmark.all.contains(where: { $0.name == name }) {
      let names = Benchmark.all.map(\.name).joined(separator: ", ")
      put("wanctl-bench: there is no '\(name)', only \(names)\n", on: .error)
      exit(2)
    }
    var failed = false
    for benchmark in Benchmark.all where wanted.isEmpty || wanted.contains(benchmark.name) {
      do {
        print(benchmark, try benchmark.run())
      } catch {
        put("wanctl-bench: \(benchmark.name): \(error)\n", on: .error)
        failed = true
      }
    }
    exit(failed ? 1 : 0)
  }

  private static func print(_ benchmark: Benchmark, _ rows: [Benchmark.Row]) {
    var text = "\(benchmark.name): goal \(benchmark.goal)\n"
    var hasHead = false
    for row in rows {
      switch row.result {
      case .figures(let figures): text += "  \(padded(row.operation, to: 46)) \(figures)\n"
      case .cost(let cost):
        if !hasHead { text += head }
        hasHead = true
        text += "  " + padded(row.operation, to: 34)
        text += fixed(cost.median, digits: 0).leftPadded(to: 12)
        text += fixed(cost.lowest, digits: 0).leftPadded(to: 11)
        text += fixed(cost.highest, digits: 0).leftPadded(to: 11)
        text += fixed(cost.allocations, digits: 2).leftPadded(to: 13) + "\n"
      }
    }
    put(text + "\n", on: .output)
  }

  private static var head: String {
    "  " + padded("", to: 34) + "CPU ns/op".leftPadded(to: 12) + "lowest".leftPadded(to: 11)
      + "highest".leftPadded(to: 11) + "mallocs/op".leftPadded(to: 13) + "\n"
  }

  private enum Stream: Int32 {
    case output = 1
    case error = 2
  }

  private static func put(_ text: String, on stream: Stream) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { write(stream.rawValue, $0.baseAddress, $0.count) }
      guard written > 0 else { return }
      bytes = bytes.dropFirst(written)
    }
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

extension String {
  func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}

import FoundationEssentials
public import Model

/// Whom data are exchanged with to load the line.
public enum LoadPeer: Sendable, Equatable {
  case netperf(host: String)
  case iperf3(host: String, port: Int)
  /// A file to download again and again, and where to upload to.
  case url(download: String, upload: String?)

  /// Reads `netperf:HOST`, `iperf3:HOST`, `iperf3:HOST:PORT`, `iperf3:[ADDRESS]:PORT`, `https://…`.
  ///
  /// nil for anything else: a host is a name or an address, and never looks like an option.
  public init?(parsing text: String, upload: String? = nil) {
    if text.hasPrefix("http://") || text.hasPrefix("https://") {
      self = .url(download: text, upload: upload)
      return
    }
    guard let colon = text.firstIndex(of: ":") else { return nil }
    var host = String(text[text.index(after: colon)...])
    var port = 5201
    if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
      let rest = host[host.index(after: end)...]
      host = String(host[host.index(after: host.startIndex)..<end])
      if !rest.isEmpty {
        guard rest.hasPrefix(":"), let number = Int(rest.dropFirst()) else { return nil }
        port = number
      }
    } else if host.count(where: { $0 == ":" }) == 1, let last = host.lastIndex(of: ":") {
      guard let number = Int(host[host.index(after: last)...]) else { return nil }
      port = number
      host = String(host[..<last])
    }
    guard Self.isHost(host), (1...65535).contains(port) else { return nil }
    switch text[..<colon] {
    case "netperf": self = .netperf(host: host)
    case "iperf3": self = .iperf3(host: host, port: port)
    default: return nil
    }
  }

  /// Letters, digits and `.:-_%`, beginning with no dash: it is an argument of a program.
  private static func isHost(_ text: String) -> Bool {
    guard (1...253).contains(text.utf8.count), !text.hasPrefix("-") else { return false }
    return text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || ".:-_%".utf8.contains(byte)
    }
  }

  /// Whether this direction can be loaded.
  public func loads(_ direction: Direction) -> Bool {
    if case .url(_, nil) = self { direction == .download } else { true }
  }

  /// The program and its arguments; nil where we do it ourselves.
  public func command(_ direction: Direction, seconds: Int) -> [String]? {
    switch self {
    case .netperf(let host):
      [
        "netperf", "-H", host, "-t", direction == .download ? "TCP_MAERTS" : "TCP_STREAM", "-l",
        "\(seconds)", "-v", "2",
      ]
    case .iperf3(let host, let port):
      ["iperf3", "-c", host, "-p", "\(port)", "-t", "\(seconds)", "-J"]
        + (direction == .download ? ["-R"] : [])
    case .url: nil
    }
  }

  /// What the program says was carried; nil when it does not say.
  public func rate(_ output: String) -> BitsPerSecond? {
    switch self {
    case .netperf: Self.netperfRate(output)
    case .iperf3: Self.iperfRate(output)
    case .url: nil
    }
  }

  /// The fifth field of the first line of three whole numbers and two with decimals, in Mbit/s.
  static func netperfRate(_ output: String) -> BitsPerSecond? {
    for line in output.split(whereSeparator: \.isNewline) {
      let fields = line.split(separator: " ")
      guard fields.count == 5, fields.prefix(3).allSatisfy({ Int($0) != nil }),
        fields.suffix(2).allSatisfy({ $0.contains(".") }), let rate = Double(fields[4])
      else { continue }
      return positive(rate * 1e6)
    }
    return nil
  }

  private struct Report: Decodable {
    struct End: Decodable {
      struct Sum: Decodable {
        var rate: Double

        enum CodingKeys: String, CodingKey { case rate = "bits_per_second" }
      }
      /// What arrived: that is what the line carried.
      var received: Sum?

      enum CodingKeys: String, CodingKey { case received = "sum_received" }
    }
    var end: End?
    var error: String?
  }

  static func iperfRate(_ output: String) -> BitsPerSecond? {
    guard let report = try? JSONDecoder().decode(Report.self, from: Data(output.utf8)) else {
      return nil
    }
    return report.end?.received.flatMap { positive($0.rate) }
  }

  /// What iperf3 says went wrong.
  static func iperfError(_ output: String) -> String? {
    (try? JSONDecoder().decode(Report.self, from: Data(output.utf8)))?.error
  }

  private static func positive(_ rate: Double) -> BitsPerSecond? {
    guard rate.isFinite, rate > 0, rate < 1e15 else { return nil }
    return BitsPerSecond(Int64(rate))
  }
}

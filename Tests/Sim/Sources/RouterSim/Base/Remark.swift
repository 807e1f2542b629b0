import Glibc

/// Remarks for a human, on stderr.
enum Remark {
  static func write(_ text: String) {
    let line = Array("routersim: \(text)\n".utf8)
    _ = line.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
  }
}

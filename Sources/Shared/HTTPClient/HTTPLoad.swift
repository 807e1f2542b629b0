import CCurl
import Glibc
public import Model

/// Loads the line by HTTP: the same address is downloaded, or uploaded to, over several connections
/// for as long as it takes, and the bytes are counted and forgotten.
public final class HTTPLoad {
  /// What keeps the line from being loaded.
  public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
  }

  /// One connection is often limited by its own window.
  static let connections = 4

  /// Where curl writes to, or reads from; the count is all that is kept.
  struct Counter {
    var bytes: Int64 = 0
  }

  private let url: String
  private let isUpload: Bool
  private let multi: UnsafeMutableRawPointer
  private var handles: [UnsafeMutableRawPointer] = []
  private let counter: UnsafeMutablePointer<Counter>

  /// - Parameters:
  ///   - url: `http` or `https`; its certificate is verified.
  ///   - uploads: send instead of receive.
  public init(url: String, uploads: Bool) throws(Failure) {
    guard Self.isReady, let multi = curl_multi_init() else {
      throw Failure(description: "libcurl cannot be initialised")
    }
    self.url = url
    isUpload = uploads
    self.multi = multi
    counter = .allocate(capacity: 1)
    counter.initialize(to: Counter())
    for _ in 0..<Self.connections {
      guard let easy = curl_easy_init() else { continue }
      configure(easy)
      handles.append(easy)
    }
  }

  deinit {
    for easy in handles { curl_easy_cleanup(easy) }
    curl_multi_cleanup(multi)
    counter.deinitialize(count: 1)
    counter.deallocate()
  }

  private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  private func configure(_ easy: UnsafeMutableRawPointer) {
    _ = wanctl_curl_set_string(easy, CURLOPT_URL, url)
    _ = wanctl_curl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
    _ = wanctl_curl_set_string(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
    _ = wanctl_curl_set_long(easy, CURLOPT_FOLLOWLOCATION, isUpload ? 0 : 1)
    _ = wanctl_curl_set_long(easy, CURLOPT_MAXREDIRS, 5)
    _ = wanctl_curl_set_long(easy, CURLOPT_FAILONERROR, 1)
    _ = wanctl_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    _ = wanctl_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT, 10)
    _ = wanctl_curl_set_long(easy, CURLOPT_HTTP_VERSION, wanctl_curl_http_1_1)
    // The proxies of the environment would be measured, not the line.
    _ = wanctl_curl_set_string(easy, CURLOPT_PROXY, "")
    _ = wanctl_curl_set_pointer(easy, CURLOPT_WRITEDATA, isUpload ? nil : counter)
    _ = wanctl_curl_set_writer(easy) { _, size, count, counter in
      let length = size &* count
      counter?.assumingMemoryBound(to: Counter.self).pointee.bytes &+= Int64(length)
      return length
    }
    guard isUpload else { return }
    _ = wanctl_curl_set_long(easy, CURLOPT_POST, 1)
    _ = wanctl_curl_set_long(easy, CURLOPT_POSTFIELDSIZE, -1)
    _ = wanctl_curl_set_pointer(easy, CURLOPT_READDATA, counter)
    _ = wanctl_curl_set_reader(easy) { buffer, size, count, counter in
      let length = size &* count
      guard let buffer, let counter else { return 0 }
      // A link that compresses would carry zeros for nothing.
      for index in 0..<length {
        buffer[index] = CChar(truncatingIfNeeded: (index &* 2_654_435_761) >> 13)
      }
      counter.assumingMemoryBound(to: Counter.self).pointee.bytes &+= Int64(length)
      return length
    }
  }

  /// Loads the line until the time is up.
  ///
  /// - Parameters:
  ///   - warmUp: at the beginning, which is not counted: connections begin slowly.
  ///   - isCancelled: is asked several times a second; what was carried until then counts.
  /// - Returns: what was carried on average after the warm-up.
  public func run(
    warmUp: Milliseconds, duration: Milliseconds, now: () -> MonotonicTime,
    isCancelled: () -> Bool
  ) throws(Failure) -> BitsPerSecond {
    for easy in handles { curl_multi_add_handle(multi, easy) }
    defer { for easy in handles { curl_multi_remove_handle(multi, easy) } }
    let began = now()
    var counted: (since: MonotonicTime, bytes: Int64)?
    var failures = 0
    counter.pointee = Counter()
    while true {
      var running: Int32 = 0
      guard curl_multi_perform(multi, &running) == CURLM_OK else {
        throw Failure(description: "libcurl failed")
      }
      failures += try takeEnds(failures: failures)
      let time = now()
      if counted == nil, time - began >= warmUp { counted = (time, counter.pointee.bytes) }
      if time - began >= duration || isCancelled() { break }
      _ = curl_multi_poll(multi, nil, 0, 100, nil)
    }
    let span = now() - (counted?.since ?? began)
    let bytes = counter.pointee.bytes - (counted?.bytes ?? 0)
    guard span.seconds > 0 else { return .zero }
    let rate = Double(bytes) * 8 / span.seconds
    return BitsPerSecond(rate.isFinite && rate < 1e15 ? Int64(rate) : 0)
  }

  /// Begins again what has ended.
  private func takeEnds(failures: Int) throws(Failure) -> Int {
    var rest: Int32 = 0
    var failed = 0
    while let message = curl_multi_info_read(multi, &rest) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else {
        continue
      }
      let code = message.pointee.data.result
      if code != CURLE_OK {
        failed += 1
        guard failures + failed < 8 else {
          throw Failure(description: "\(url): \(String(cString: curl_easy_strerror(code)))")
        }
      }
      curl_multi_remove_handle(multi, easy)
      curl_multi_add_handle(multi, easy)
    }
    return failed
  }
}

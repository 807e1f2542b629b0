import CCurl
import Glibc
import Synchronization

/// Ends a request of an `HTTPClient` from another thread, and every later one at once.
public final class HTTPCanceller: Sendable {
  /// Waking is the one thing that curl allows from another thread.
  struct Wakeable: @unchecked Sendable {
    let multi: UnsafeMutableRawPointer
  }

  private struct State {
    var isCancelled = false
    /// nil when the client is gone.
    var wakeable: Wakeable?
  }

  private let state = Mutex(State())

  init() {}

  /// May be called from any thread, at any time.
  public func cancel() {
    state.withLock { state in
      state.isCancelled = true
      if let wakeable = state.wakeable { _ = curl_multi_wakeup(wakeable.multi) }
    }
  }

  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  func watch(_ wakeable: Wakeable?) {
    state.withLock { $0.wakeable = wakeable }
  }
}

/// One easy handle with the connection that it keeps, and the memory that curl writes into.
final class CurlHandles {
  let easy: UnsafeMutableRawPointer
  private(set) var multi: UnsafeMutableRawPointer
  let canceller = HTTPCanceller()
  let body: UnsafeMutablePointer<BodyBuffer>
  let errorText: UnsafeMutablePointer<CChar>
  private let headers: UnsafeMutablePointer<curl_slist>?
  /// The head of the answer; nil until `keepHeaders`.
  private(set) var head: UnsafeMutablePointer<BodyBuffer>?

  private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  init(headers names: [String]) {
    // Only a lack of memory makes these fail, and Swift cannot go on without memory either.
    guard Self.isReady, let easy = curl_easy_init(), let multi = curl_multi_init() else {
      fatalError("libcurl cannot be initialised")
    }
    self.easy = easy
    self.multi = multi
    headers = names.reduce(nil) { curl_slist_append($0, $1) }
    body = .allocate(capacity: 1)
    body.initialize(to: BodyBuffer())
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    setUpMulti()
    set(CURLOPT_HTTPHEADER, headers)
    set(CURLOPT_ERRORBUFFER, errorText)
    set(CURLOPT_WRITEDATA, body)
    _ = wanctl_curl_set_writer(easy) { bytes, size, count, buffer in
      guard let buffer, let bytes else { return 0 }
      let length = size &* count
      let isTaken = buffer.assumingMemoryBound(to: BodyBuffer.self).pointee.append(bytes, length)
      return isTaken ? length : 0
    }
  }

  deinit {
    canceller.watch(nil)
    curl_multi_cleanup(multi)
    curl_easy_cleanup(easy)
    curl_slist_free_all(headers)
    body.deinitialize(count: 1)
    body.deallocate()
    head?.deinitialize(count: 1)
    head?.deallocate()
    errorText.deallocate()
  }

  /// The head of each answer is kept from now on.
  func keepHeaders() {
    guard head == nil else { return }
    let buffer = UnsafeMutablePointer<BodyBuffer>.allocate(capacity: 1)
    buffer.initialize(to: BodyBuffer())
    head = buffer
    set(CURLOPT_HEADERDATA, buffer)
    _ = wanctl_curl_set_header_writer(easy) { bytes, size, count, buffer in
      guard let buffer, let bytes else { return 0 }
      let length = size &* count
      let isTaken = buffer.assumingMemoryBound(to: BodyBuffer.self).pointee.append(bytes, length)
      return isTaken ? length : 0
    }
  }

  /// The socket of the last transfer, while it is in the multi handle; nil = none.
  var socket: CInt? {
    var socket: curl_socket_t = -1
    _ = wanctl_curl_get_socket(easy, &socket)
    return socket >= 0 ? socket : nil
  }

  /// Closes the connection, if there is one.
  func disconnect() {
    guard let fresh = curl_multi_init() else { fatalError("libcurl cannot be initialised") }
    canceller.watch(nil)
    curl_multi_cleanup(multi)
    multi = fresh
    setUpMulti()
  }

  private func setUpMulti() {
    _ = wanctl_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 1)
    canceller.watch(HTTPCanceller.Wakeable(multi: multi))
  }

  @discardableResult
  func set(_ option: CURLoption, _ value: Int) -> Bool {
    wanctl_curl_set_long(easy, option, value) == CURLE_OK
  }

  @discardableResult
  func set(_ option: CURLoption, _ value: String) -> Bool {
    wanctl_curl_set_string(easy, option, value) == CURLE_OK
  }

  @discardableResult
  func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) -> Bool {
    wanctl_curl_set_pointer(easy, option, value) == CURLE_OK
  }

  func number(_ info: CURLINFO) -> Int {
    var value = 0
    _ = wanctl_curl_get_long(easy, info, &value)
    return value
  }

  /// Microseconds.
  func time(_ info: CURLINFO) -> Int64 {
    var value: curl_off_t = 0
    _ = wanctl_curl_get_time(easy, info, &value)
    return Int64(value)
  }
}

/// What has come of an answer's body.
struct BodyBuffer {
  private(set) var bytes: [UInt8] = []
  private(set) var isTooLarge = false

  mutating func begin() {
    bytes.removeAll(keepingCapacity: true)
    isTooLarge = false
  }

  mutating func append(_ start: UnsafePointer<CChar>, _ count: Int) -> Bool {
    guard bytes.count + count <= HTTPClient.maximumBodyBytes else {
      isTooLarge = true
      bytes = []
      return false
    }
    bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
    return true
  }
}

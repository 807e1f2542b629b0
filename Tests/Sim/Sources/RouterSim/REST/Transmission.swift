import Glibc

/// Puts an answer on the wire in the way that its faults want.
struct Transmission {
  let reply: Reply
  let exchange: Exchange
  let server: RestServer

  func send() {
    let body = reply.body
    let head = reply.head(
      length: body.count, style: server.world.switches.headers, date: Self.date())
    let connection = exchange.connection
    switch exchange.plan.delivery {
    case .whole:
      connection.write(head + body)
      server.completed(exchange)
    case .reset:
      exchange.record.outcome = "reset"
      connection.reset()
    case .cut(let count):
      exchange.record.outcome = "cut"
      let kept = min(max(count ?? body.count / 2, 0), body.count)
      connection.write(head + body.prefix(kept)) { connection.end() }
    case .nothing:
      exchange.record.outcome = "unanswered"
    case .drip(let bytes, let every):
      exchange.record.outcome = "dripping"
      drip(ArraySlice(head + body), bytes: bytes, every: every)
    }
  }

  private func drip(_ rest: ArraySlice<UInt8>, bytes: Int, every: Nanoseconds) {
    guard !exchange.isLost, !exchange.isAborted else { return }
    exchange.connection.write(Array(rest.prefix(bytes)))
    let left = rest.dropFirst(bytes)
    if left.isEmpty { return server.completed(exchange) }
    server.clock.after(max(every, 1000)) { drip(left, bytes: bytes, every: every) }
  }

  private static func date() -> String {
    var now = time(nil)
    var parts = tm()
    guard gmtime_r(&now, &parts) != nil else { return "" }
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) "
      + "\(parts.tm_year + 1900) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
  }
}

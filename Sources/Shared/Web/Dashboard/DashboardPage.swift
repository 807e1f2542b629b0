import FoundationEssentials
import Model

/// The dashboard: one page with its style and its script in it, and nothing from anywhere else.
struct DashboardPage: Sendable {
  static let shared = DashboardPage(
    html: text(PackageResources.page_html), css: text(PackageResources.page_css),
    js: text(PackageResources.page_js))

  private let body: String
  /// Allows this style, this script and this origin; nothing else.
  let policy: String

  init(html: String, css: String, js: String) {
    body =
      Self.replaced("/*STYLE*/", by: css, in: Self.replaced("/*SCRIPT*/", by: js, in: html))
    policy = [
      "default-src 'none'", "style-src '\(Self.source(css))'", "script-src '\(Self.source(js))'",
      "connect-src 'self'", "img-src data:", "base-uri 'none'", "form-action 'none'",
      "frame-ancestors 'none'",
    ].joined(separator: "; ")
  }

  func response(_ status: HTTPResponse.Status) -> HTTPResponse {
    HTTPResponse(
      status, type: "text/html; charset=utf-8", body: body,
      headers: [
        .init(name: "Content-Security-Policy", value: policy),
        .init(name: "Referrer-Policy", value: "no-referrer"),
        .init(name: "X-Frame-Options", value: "DENY"),
      ])
  }

  /// How a policy names a text that stands in the page.
  private static func source(_ text: String) -> String {
    "sha256-" + Data(SHA256.hash(text.utf8)).base64EncodedString()
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func replaced(_ mark: String, by text: String, in page: String) -> String {
    guard let place = page.firstRange(of: mark) else { return page }
    return page[..<place.lowerBound] + text + page[place.upperBound...]
  }
}
